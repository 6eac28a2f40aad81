package dev.cloudmap.discovery.autoconfigure.client;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.ConditionalOnBlockingDiscoveryEnabled;
import org.springframework.cloud.client.ConditionalOnReactiveDiscoveryEnabled;
import org.springframework.cloud.client.ReactiveCommonsClientAutoConfiguration;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Flux;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.autoconfigure.ConditionalOnDiscovery;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.Lookup;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.CatalogListener;
import dev.cloudmap.discovery.catalog.CatalogSettings;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.catalog.attribute.ServiceAttributes;
import dev.cloudmap.discovery.catalog.entry.CatalogSnapshot;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.client.CatalogReactiveDiscoveryClient;
import dev.cloudmap.discovery.client.HeartbeatPublisher;
import dev.cloudmap.discovery.client.OtherClientBeans;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.LookupListener;
import dev.cloudmap.discovery.lookup.ReportingInstanceSource;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for lookups: catalog, list of
 * services and discovery clients.
 */
@AutoConfiguration(after = RegistryAutoConfiguration.class,
		before = { CommonsClientAutoConfiguration.class, ReactiveCommonsClientAutoConfiguration.class,
				SimpleDiscoveryClientAutoConfiguration.class, SimpleReactiveDiscoveryClientAutoConfiguration.class })
@ConditionalOnDiscovery
@Import({ LookupConfiguration.class, ChangeConfiguration.class })
public final class DiscoveryClientAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	InstanceCatalog instanceCatalog(Namespaces namespaces, InstanceSource source, AttributeSource attributes,
			ChangeSignal signal, DiscoveryThreads threads, DiscoveryProperties properties, CallableInstances callable,
			ObjectProvider<CatalogListener> listeners, ObjectProvider<LookupListener> lookupListeners) {
		Lookup lookup = properties.lookup();
		CatalogSnapshot snapshot = (lookup.snapshot() != null)
				? new CatalogSnapshot(lookup.snapshot(), threads.timer(), threads.lookups(), callable) : null;
		return new InstanceCatalog(namespaces,
				new ReportingInstanceSource(source, lookupListeners.orderedStream().toList(), threads.timer()::steady),
				attributes, signal, threads.timer(), settings(lookup), snapshot,
				listeners.orderedStream()
					.map((listener) -> CatalogListener.withoutDelayingLookups(listener, threads.listeners()))
					.toList());
	}

	private static CatalogSettings settings(Lookup lookup) {
		return new CatalogSettings(lookup.timeout(), lookup.refresh(), lookup.fullRefresh(), lookup.idle(),
				lookup.maxStaleness());
	}

	@Bean
	@ConditionalOnMissingBean
	ServiceList serviceList(Namespace namespace, Registry registry, ChangeSignal signal, DiscoveryThreads threads,
			DiscoveryProperties properties) {
		return new ServiceList(namespace, registry, signal, threads.lookups(), threads.timer(),
				settings(properties.lookup()));
	}

	@Bean
	@ConditionalOnMissingBean
	NamespaceServices namespaceServices(Namespaces namespaces, ServiceList own, Registry registry, ChangeSignal signal,
			DiscoveryThreads threads, DiscoveryProperties properties) {
		return new NamespaceServices(namespaces, own,
				namespaces.others()
					.stream()
					.filter((namespace) -> !namespace.equals(namespaces.byDefault()))
					.distinct()
					.map((namespace) -> new NamespaceServices.Further(namespace,
							new ServiceList(namespace, registry, signal, threads.lookups(), threads.timer(),
									settings(properties.lookup()))))
					.toList());
	}

	@Bean
	@ConditionalOnMissingBean
	OtherDiscoveryClients otherDiscoveryClients(ObjectProvider<DiscoveryClient> blocking,
			ObjectProvider<ReactiveDiscoveryClient> reactive, Namespaces namespaces, DiscoveryThreads threads,
			DiscoveryProperties properties) {
		CatalogSettings settings = settings(properties.lookup());
		return new OtherDiscoveryClients(new OtherClientBeans(blocking, reactive, settings.timeout()), namespaces,
				threads.clients(), threads.timer(), settings, properties.order());
	}

	@Bean
	@ConditionalOnMissingBean
	ServiceAttributes serviceAttributes(Registry registry, InstanceCatalog catalog, DiscoveryThreads threads,
			DiscoveryProperties properties) {
		return new ServiceAttributes(registry::attributes, catalog::hasInstances, threads.lookups(), threads.timer(),
				properties.lookup().serviceAttributes());
	}

	/**
	 * A hierarchy of contexts has one publisher, in the context of the catalog.
	 */
	@Bean
	@ConditionalOnMissingBean
	HeartbeatPublisher discoveryHeartbeatPublisher(ApplicationContext context, DiscoveryThreads threads,
			ObjectProvider<InstanceCatalog> catalog, ObjectProvider<NamespaceServices> services) {
		return new HeartbeatPublisher(context, threads.listeners(), catalog::getObject, services::getObject);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBlockingDiscoveryEnabled
	static class Blocking {

		@Bean
		@ConditionalOnMissingBean
		CatalogDiscoveryClient catalogDiscoveryClient(InstanceCatalog catalog, NamespaceServices services,
				OtherDiscoveryClients others) {
			return new CatalogDiscoveryClient(catalog, services, others);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Flux.class)
	@ConditionalOnReactiveDiscoveryEnabled
	static class Reactive {

		@Bean
		@ConditionalOnMissingBean
		CatalogReactiveDiscoveryClient catalogReactiveDiscoveryClient(InstanceCatalog catalog,
				NamespaceServices services, OtherDiscoveryClients others) {
			return new CatalogReactiveDiscoveryClient(catalog, services, others);
		}

	}

}
