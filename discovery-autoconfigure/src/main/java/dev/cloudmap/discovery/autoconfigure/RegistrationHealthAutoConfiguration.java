package dev.cloudmap.discovery.autoconfigure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.actuate.HealthGroupProbe;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Registration.Health;
import dev.cloudmap.discovery.registration.HealthMonitor;
import dev.cloudmap.discovery.registration.HealthMonitorSettings;
import dev.cloudmap.discovery.registration.HealthProbe;
import dev.cloudmap.discovery.registration.InstanceHealth;
import dev.cloudmap.discovery.registration.Standing;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Auto-configuration of the health of what is registered: a health group of Actuator
 * decides, where Actuator's health endpoint is there.
 */
@AutoConfiguration(after = RegistrationAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration")
@ConditionalOnBean(InstanceHealth.class)
public final class RegistrationHealthAutoConfiguration {

	/** The group that Spring Boot has unless it is told otherwise. */
	private static final String READINESS = "readiness";

	private static final String HOW_TO_HAVE_THE_ENDPOINT = "spring-boot-starter-actuator, with health among"
			+ " management.endpoints.web.exposure.include";

	private static final Logger logger = LoggerFactory.getLogger(RegistrationHealthAutoConfiguration.class);

	/**
	 * Readiness itself is heard of by its events.
	 */
	@Bean
	@ConditionalOnMissingBean
	HealthProbe readinessAlone(DiscoveryProperties properties) {
		String name = properties.registration().health().group();
		if (!name.equals(READINESS)) {
			throw new DiscoveryException(
					"discovery.registration.health.group is '" + name
							+ "', but Actuator's health endpoint, which has the groups, is not there",
					"Add " + HOW_TO_HAVE_THE_ENDPOINT + ", or leave the group out", null);
		}
		logger.info("The health of this application is not checked, its readiness alone counts: Actuator's health"
				+ " endpoint is not there. It comes with {}", HOW_TO_HAVE_THE_ENDPOINT);
		return () -> Standing.HEALTHY;
	}

	@Bean
	@ConditionalOnMissingBean
	HealthMonitor discoveryHealthMonitor(HealthProbe probe, DiscoveryProperties properties, DiscoveryThreads threads,
			InstanceHealth health) {
		Health settings = properties.registration().health();
		return new HealthMonitor(probe, new HealthMonitorSettings(settings.interval(), settings.failureThreshold(),
				settings.successThreshold()), threads.health(), threads.timer(), health::checked);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthEndpoint.class)
	@ConditionalOnBean(HealthEndpoint.class)
	static class OfGroup {

		@Bean
		@ConditionalOnMissingBean
		HealthProbe discoveryHealthProbe(HealthEndpoint endpoint, HealthEndpointGroups groups,
				DiscoveryProperties properties) {
			String name = properties.registration().health().group();
			HealthEndpointGroup group = groups.get(name);
			if (group != null) {
				return new HealthGroupProbe(endpoint, group, name);
			}
			if (name.equals(READINESS)) {
				// readiness itself is heard of by its events
				return () -> Standing.HEALTHY;
			}
			throw new DiscoveryException(
					"discovery.registration.health.group is '" + name + "': expected one of " + groups.getNames(),
					"Correct it, or define the group with management.endpoint.health.group." + name + ".include", null);
		}

	}

}
