package dev.cloudmap.discovery.autoconfigure.loadbalancer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClientsProperties;
import org.springframework.cloud.client.loadbalancer.LoadBalancerEagerLoadProperties;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClientSpecification;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.cache.LoadBalancerCacheManager;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.properties.ServiceLoadBalancerProperties;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.loadbalancer.CacheEviction;
import dev.cloudmap.discovery.loadbalancer.CallObserver;
import dev.cloudmap.discovery.loadbalancer.CatalogLoadBalancer;
import dev.cloudmap.discovery.loadbalancer.EvictingLoadBalancerClientFactory;
import dev.cloudmap.discovery.loadbalancer.EvictingLoadBalancerClientFactory.Defaults;
import dev.cloudmap.discovery.loadbalancer.EvictingLoadBalancerClientFactory.Names;
import dev.cloudmap.discovery.loadbalancer.LoadBalancerDefaultsOrder;
import dev.cloudmap.discovery.loadbalancer.OwnZone;
import dev.cloudmap.discovery.loadbalancer.call.NoInstancesDiagnosis;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.name.InstanceNames;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;
import dev.cloudmap.discovery.loadbalancer.probe.TcpProber;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * Auto-configuration of Spring Cloud LoadBalancer with the catalog's instances, without
 * its cache, and with outlier detection.
 */
@AutoConfiguration(after = { DiscoveryClientAutoConfiguration.class, RegistrationAutoConfiguration.class },
		before = LoadBalancerAutoConfiguration.class)
@ConditionalOnClass(LoadBalancerClientFactory.class)
@ConditionalOnBean(InstanceCatalog.class)
@ConditionalOnBooleanProperty(name = "spring.cloud.loadbalancer.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ LoadBalancerClientsProperties.class, LoadBalancerEagerLoadProperties.class })
@Import(CallByNameConfiguration.class)
@LoadBalancerClients(defaultConfiguration = CatalogLoadBalancerConfiguration.class)
public final class DiscoveryLoadBalancerAutoConfiguration {

	/** Processes other beans, and so must not cause any to be created. */
	@Bean
	static LoadBalancerDefaultsOrder discoveryLoadBalancerDefaultsOrder() {
		return new LoadBalancerDefaultsOrder(DiscoveryLoadBalancerAutoConfiguration.class);
	}

	/**
	 * In place of Spring Cloud's. Ahead-of-time processing creates this bean, and so its
	 * dependencies are resolved later.
	 */
	@Bean
	@ConditionalOnMissingBean(LoadBalancerClientFactory.class)
	LoadBalancerClientFactory loadBalancerClientFactory(LoadBalancerClientsProperties properties,
			LoadBalancerEagerLoadProperties eager, ObjectProvider<LoadBalancerClientSpecification> configurations,
			BeanFactory beans, Environment environment) {
		ObjectProvider<InstanceCatalog> catalog = beans.getBeanProvider(InstanceCatalog.class);
		ObjectProvider<OtherDiscoveryClients> others = beans.getBeanProvider(OtherDiscoveryClients.class);
		Names names = new Names(
				(name) -> eager.getClients().contains(name) || properties.getClients().containsKey(name),
				(name) -> catalog.getObject().hasInstances(name) || others.getObject().hasInstances(name));
		Defaults defaults = new Defaults(CatalogLoadBalancerConfiguration.class,
				(name) -> new CatalogLoadBalancer(name, catalog.getObject(), beans.getBean(CallStatistics.class),
						beans.getBeanProvider(NoInstancesDiagnosis.class).getIfAvailable(), others.getObject()));
		LoadBalancerClientFactory factory = new EvictingLoadBalancerClientFactory(properties,
				EvictingLoadBalancerClientFactory.MAX_CONTEXTS, names, defaults, System::nanoTime);
		List<LoadBalancerClientSpecification> specifications = new ArrayList<>(configurations.stream().toList());
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			addGeneratedContexts(specifications, environment);
		}
		factory.setConfigurations(discoveryLoadBalancerDefaultsOrder().inOrder(specifications));
		return factory;
	}

	/**
	 * Spring Cloud generates the contexts of names with specifications and of
	 * {@code spring.cloud.loadbalancer.eager-load.clients}.
	 */
	private static void addGeneratedContexts(List<LoadBalancerClientSpecification> specifications,
			Environment environment) {
		Set<String> names = new LinkedHashSet<>(Binder.get(environment)
			.bind("spring.cloud.loadbalancer", LoadBalancerClientsProperties.class)
			.map((bound) -> bound.getClients().keySet())
			.orElse(Set.of()));
		names.add(EvictingLoadBalancerClientFactory.ANY_OTHER_NAME);
		specifications.forEach((specification) -> names.remove(specification.getName()));
		names.forEach((name) -> specifications.add(new LoadBalancerClientSpecification(name, new Class<?>[0])));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean({ Namespaces.class, ServiceList.class })
	NoInstancesDiagnosis discoveryNoInstances(Namespaces namespaces, ServiceList services, OtherDiscoveryClients others,
			DiscoveryThreads threads) {
		return new NoInstancesDiagnosis(namespaces, services, others, new LogLimit(threads.timer()));
	}

	@Bean
	@ConditionalOnMissingBean
	Prober discoveryProber(DiscoveryThreads threads) {
		return new TcpProber(threads.timer(), threads.answers());
	}

	@Bean
	@ConditionalOnMissingBean
	InstanceNames discoveryInstanceNames() {
		return new InstanceNames();
	}

	/**
	 * Shared by all names of a service, which have load balancers of their own.
	 */
	@Bean
	@ConditionalOnMissingBean
	CallStatistics discoveryCallStatistics(ServiceLoadBalancerProperties settings, Environment environment,
			ObjectProvider<RegistrationReconciler> registration, ObjectProvider<CallListener> listeners, Prober prober,
			InstanceNames names) {
		// resolved once, since each choice asks for the zone while there is none
		SingletonSupplier<Optional<RegistrationReconciler>> reconciler = SingletonSupplier
			.of(() -> Optional.ofNullable(registration.getIfAvailable()));
		OwnZone zone = new OwnZone(environment.getProperty("spring.cloud.loadbalancer.zone"),
				() -> registeredZone(reconciler.obtain().orElse(null)));
		return new CallStatistics((service) -> settings.of(service).balancing(zone),
				CallListener.all(listeners.orderedStream().toList()), prober, names, System::nanoTime, Instant::now);
	}

	private static @Nullable String registeredZone(@Nullable RegistrationReconciler registration) {
		InstanceRegistration instance = (registration != null) ? registration.state().instance() : null;
		return (instance != null) ? instance.attributes().get(InstanceAttributes.AVAILABILITY_ZONE) : null;
	}

	@Bean
	@ConditionalOnMissingBean
	CallObserver discoveryCallObserver(InstanceCatalog catalog, ObjectProvider<CallListener> listeners) {
		return new CallObserver(catalog, CallListener.all(listeners.orderedStream().toList()), System::nanoTime);
	}

	/**
	 * The caches are no candidates for injection, and the catalog needs its listeners
	 * first: both are looked for when something has changed.
	 */
	@Bean
	@ConditionalOnMissingBean
	CacheEviction discoveryCacheEviction(BeanFactory beans) {
		return new CacheEviction(beans.getBeanProvider(InstanceCatalog.class)::getObject,
				beans.getBeanProvider(LoadBalancerCacheManager.class)::getIfAvailable);
	}

}
