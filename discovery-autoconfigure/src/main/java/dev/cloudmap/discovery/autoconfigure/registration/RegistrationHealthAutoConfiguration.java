package dev.cloudmap.discovery.autoconfigure.registration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.health.registry.ReactiveHealthContributorRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.actuate.HealthGroupProbe;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.Registration.Health;
import dev.cloudmap.discovery.lifecycle.AvailabilityListener;
import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.health.ApplicationHealth;
import dev.cloudmap.discovery.registration.health.HealthMonitor;
import dev.cloudmap.discovery.registration.health.HealthMonitorSettings;
import dev.cloudmap.discovery.registration.health.HealthMonitorSettings.SlowCheck;
import dev.cloudmap.discovery.registration.health.HealthProbe;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.health.ReportedHealth.Origin;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy.Action;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Auto-configuration of the health checks of what is registered: the health of the
 * application as a whole, or a health group that the user has chosen, where Actuator's
 * health endpoint is available.
 */
@AutoConfiguration(after = RegistrationAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration")
@ConditionalOnBean(value = ApplicationHealth.class, search = SearchStrategy.CURRENT)
public final class RegistrationHealthAutoConfiguration {

	/** The group that Spring Boot defines by default. */
	private static final String READINESS = "readiness";

	private static final String GROUP = "discovery.registration.health.group";

	private static final String HOW_TO_HAVE_THE_ENDPOINT = "spring-boot-starter-actuator, with health among"
			+ " management.endpoints.web.exposure.include";

	private static final Logger logger = LoggerFactory.getLogger(RegistrationHealthAutoConfiguration.class);

	/**
	 * The readiness itself is reported by its events.
	 */
	@Bean
	@ConditionalOnMissingBean
	HealthProbe readinessAlone(DiscoveryProperties properties) {
		String name = properties.registration().health().group();
		if (name != null && !name.equals(READINESS)) {
			throw new DiscoveryException(
					GROUP + " is '" + name + "', but Actuator's health endpoint, which has the groups, is missing",
					"Add " + HOW_TO_HAVE_THE_ENDPOINT + ", or leave the group out", null);
		}
		logger.info("The health of this application is not checked, only its readiness is registered: Actuator's health"
				+ " endpoint is missing. To add it: {}", HOW_TO_HAVE_THE_ENDPOINT);
		return () -> ReportedHealth.HEALTHY;
	}

	/**
	 * Each check reads the availability again, too: it may change without an event, or a
	 * multicaster of the user's may deliver its event to the registration first.
	 */
	@Bean
	@ConditionalOnMissingBean
	HealthMonitor discoveryHealthMonitor(HealthProbe probe, DiscoveryProperties properties, DiscoveryThreads threads,
			ApplicationHealth health, ObjectProvider<DiscoveryAutoServiceRegistration> registration,
			ObjectProvider<AvailabilityListener> availability) {
		HealthProbe both = () -> {
			registration.ifAvailable(DiscoveryAutoServiceRegistration::leaveFailedContext);
			availability.ifAvailable(AvailabilityListener::readAvailability);
			return probe.check();
		};
		Health settings = properties.registration().health();
		boolean overall = probe instanceof HealthGroupProbe && settings.group() == null;
		return new HealthMonitor(both,
				new HealthMonitorSettings(settings.interval(), settings.failureThreshold(), settings.successThreshold(),
						overall ? SlowCheck.KEEPS_LAST_HEALTH : SlowCheck.FAILS),
				threads.health(), threads.timer(), health::checks);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthEndpoint.class)
	@ConditionalOnBean(HealthEndpoint.class)
	static class OfGroup {

		@Bean
		@ConditionalOnMissingBean
		HealthProbe discoveryHealthProbe(HealthContributorRegistry contributors,
				ObjectProvider<ReactiveHealthContributorRegistry> reactiveContributors, HealthEndpointGroups groups,
				DiscoveryProperties properties) {
			Health settings = properties.registration().health();
			String name = settings.group();
			HealthEndpointGroup group = (name != null) ? groups.get(name) : groups.getPrimary();
			if (group != null) {
				HealthGroupProbe probe = new HealthGroupProbe(contributors, reactiveContributors.getIfAvailable(),
						group, (name != null) ? Origin.CHOSEN_CHECK : Origin.OVERALL_HEALTH,
						(name != null) ? "health group " + name : "its health");
				String when = (settings.action() == Action.DEREGISTER)
						? "at once, by discovery.registration.health.action"
						: "after " + settings.deregisterAfter().toSeconds() + " s";
				logger.info(
						"The registered health of this application is {}: that of {}, without {}. While it is down,"
								+ " the instance is UNHEALTHY in the registry{} ({})",
						(name != null) ? "its health group " + name : "its overall health", probe.included(),
						probe.ignored(),
						(name != null) ? ", and is deregistered"
								: ". The instance is deregistered only while readiness is refused, or for a health"
										+ " group in " + GROUP,
						when);
				return probe;
			}
			if (READINESS.equals(name)) {
				logger.info("The registered health of this application is its readiness: there is no health group {}",
						name);
				return () -> ReportedHealth.HEALTHY;
			}
			throw new DiscoveryException(GROUP + " is '" + name + "': expected one of " + groups.getNames(),
					"Correct it, or define the group with management.endpoint.health.group." + name + ".include", null);
		}

	}

}
