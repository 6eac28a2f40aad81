package dev.cloudmap.discovery.autoconfigure.registration;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationAutoConfiguration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.autoconfigure.TestContexts;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.lifecycle.AvailabilityListener;
import dev.cloudmap.discovery.lifecycle.HostServer;
import dev.cloudmap.discovery.lifecycle.RegistrationMoment;
import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.Drain;
import dev.cloudmap.discovery.registration.GracefulDeregistration;
import dev.cloudmap.discovery.registration.RegistrationEvents;
import dev.cloudmap.discovery.registration.ServingContext;
import dev.cloudmap.discovery.registration.health.ApplicationHealth;
import dev.cloudmap.discovery.registration.health.HealthMonitor;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Auto-configuration of automatic registration: from when the application is ready until
 * it stops. Without it, as with {@code @EnableDiscoveryClient(autoRegister = false)},
 * registration is manual.
 */
@AutoConfiguration(after = { RegistrationAutoConfiguration.class, AutoServiceRegistrationAutoConfiguration.class,
		ApplicationAvailabilityAutoConfiguration.class })
@ConditionalOnBean(value = { RegistrationReconciler.class, AutoServiceRegistrationProperties.class },
		search = SearchStrategy.CURRENT)
public final class AutoRegistrationAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(AutoRegistrationAutoConfiguration.class);

	/** How long Spring waits for each phase of the shutdown. */
	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);

	@Bean
	GracefulDeregistration gracefulDeregistration(Registry registry, RegistrationReconciler reconciler,
			RegistrationEvents events, DiscoveryThreads threads, DiscoveryProperties properties,
			Environment environment, ApplicationContext context, ObjectProvider<HostServer> server) {
		Drain drain = drain(properties, environment, context.getClassLoader(), server.getIfAvailable());
		Duration timeout = Binder.get(environment).bind(PHASE_TIMEOUT, Duration.class).orElse(DEFAULT_PHASE_TIMEOUT);
		drain.flaw(registry.info(), timeout)
			.ifPresent((flaw) -> logger.warn("{}: set {} to more", flaw, PHASE_TIMEOUT));
		return new GracefulDeregistration(registry, reconciler, events, threads.timer(), drain);
	}

	/**
	 * A test has no drain unless it sets one. Nor has a WAR, which receives no requests
	 * while it is stopped.
	 */
	private static Drain drain(DiscoveryProperties properties, Environment environment,
			@Nullable ClassLoader classLoader, @Nullable HostServer server) {
		Duration configured = properties.registration().drain();
		if (Devtools.restarts(classLoader)
				|| (configured == null && (server != null || TestContexts.isMarked(environment)))) {
			return Drain.NONE;
		}
		return new Drain(configured, properties.registration().ttl(), properties.lookup().refresh());
	}

	/**
	 * Spring Boot's own, where its auto-configuration is excluded.
	 */
	@Bean
	@ConditionalOnMissingBean(ApplicationAvailability.class)
	ApplicationAvailabilityBean applicationAvailability() {
		return new ApplicationAvailabilityBean();
	}

	@Bean
	@Fallback
	@ConditionalOnMissingBean
	DiscoveryAutoServiceRegistration discoveryAutoServiceRegistration(DiscoveryRegistration registration,
			RegistrationReconciler reconciler, ObjectProvider<HealthMonitor> monitor,
			AutoServiceRegistrationProperties autoRegistration, RegistrationEvents events,
			GracefulDeregistration deregistration, ServingContext serving) {
		// the monitor depends on all health contributors and is created last
		return new DiscoveryAutoServiceRegistration(registration, reconciler, monitor::getIfAvailable, autoRegistration,
				events, deregistration, serving);
	}

	@Bean
	AvailabilityListener registrationAvailabilityListener(ApplicationAvailability availability,
			ApplicationHealth health, ServingContext serving, ObjectProvider<HostServer> server,
			DiscoveryAutoServiceRegistration registration) {
		return new AvailabilityListener(availability, health, serving, server.getIfAvailable(() -> HostServer.NONE),
				registration);
	}

	/**
	 * Deregisters this application when the child context that has its web server is
	 * closed.
	 */
	@Bean
	GenericApplicationListener webContextCloseListener(ObjectProvider<DiscoveryAutoServiceRegistration> registration) {
		return GenericApplicationListener.forEventType(ContextClosedEvent.class,
				(event) -> registration.ifAvailable((automatic) -> automatic.leave(event.getApplicationContext())));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebServerInitializedEvent.class)
	static class OnWebServer {

		/**
		 * Registers this application when its web server listens. The management server
		 * has a namespace.
		 */
		@Bean
		GenericApplicationListener webServerStartListener(DiscoveryProperties properties, ServingContext serving,
				ObjectProvider<DiscoveryAutoServiceRegistration> registration) {
			boolean onWebServer = properties.registration().when() == RegistrationMoment.WEB_SERVER;
			return GenericApplicationListener.forEventType(WebServerInitializedEvent.class, (event) -> {
				WebServerApplicationContext context = event.getApplicationContext();
				if (onWebServer && context.getServerNamespace() == null && context == serving.get()) {
					registration.ifAvailable(DiscoveryAutoServiceRegistration::begin);
				}
			});
		}

	}

}
