package dev.cloudmap.discovery.autoconfigure;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Defaults for properties that are not ours; whatever the user sets comes before them.
 */
class DiscoveryDefaults implements EnvironmentPostProcessor {

	/**
	 * Spring Cloud LoadBalancer tries another instance by default, but with a WebClient
	 * only if told so.
	 */
	private static final Map<String, Object> DEFAULTS = Map.of("spring.cloud.loadbalancer.retry.enabled", "true");

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		environment.getPropertySources().addLast(new MapPropertySource("discoveryDefaults", DEFAULTS));
	}

}
