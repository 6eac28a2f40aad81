package dev.cloudmap.discovery.autoconfigure.properties;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.properties.LoadBalancerProperties.Outlier;
import dev.cloudmap.discovery.autoconfigure.properties.LoadBalancerProperties.Retry;
import dev.cloudmap.discovery.autoconfigure.properties.LoadBalancerProperties.Timeout;
import dev.cloudmap.discovery.thread.Durations;

/**
 * The properties below {@code discovery.load-balancer} by service. A property that is not
 * set for a service has the value for all services.
 *
 * @param general the properties for all services
 * @param byService the properties of the services that have any of their own,
 * complemented by those for all services
 * @param prefixes the prefixes of the properties of these services
 */
public record ServiceLoadBalancerProperties(LoadBalancerProperties general,
		Map<ServiceName, LoadBalancerProperties> byService, Map<ServiceName, String> prefixes) {

	private static final String SERVICES = LoadBalancerProperties.PREFIX + ".services";

	public ServiceLoadBalancerProperties {
		byService = Map.copyOf(byService);
		prefixes = Map.copyOf(prefixes);
	}

	/**
	 * Returns the properties of a service.
	 */
	public LoadBalancerProperties of(ServiceName service) {
		return this.byService.getOrDefault(service, this.general);
	}

	/**
	 * Returns the properties of a service, including those that its owner has set for all
	 * callers. Properties for this service take precedence over those of the owner, which
	 * take precedence over those for all services.
	 * @param service the service
	 * @param owners the properties that the owner has set, by the names that follow
	 * {@code discovery.load-balancer.}
	 * @param environment the environment that holds the other properties
	 * @throws RuntimeException if a value is invalid
	 */
	public LoadBalancerProperties of(ServiceName service, Map<String, String> owners, Environment environment) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		String ownPrefix = this.prefixes.get(service);
		if (ownPrefix != null) {
			sources.addAll(sources(environment, ownPrefix));
		}
		sources.add(new MapConfigurationPropertySource(owners));
		sources.addAll(sources(environment, LoadBalancerProperties.PREFIX));
		LoadBalancerProperties settings = bind(sources, environment);
		require("the service attribute", settings);
		return settings;
	}

	/**
	 * Reads the properties of all services.
	 * @param general the properties for all services
	 * @param namespaces the namespaces that resolve names of services
	 * @param environment the environment
	 * @throws DiscoveryException if a name is not that of a service, two names refer to
	 * the same service, or a value is invalid
	 */
	public static ServiceLoadBalancerProperties of(LoadBalancerProperties general, Namespaces namespaces,
			Environment environment) {
		require(LoadBalancerProperties.PREFIX, general);
		Map<ServiceName, LoadBalancerProperties> byService = new LinkedHashMap<>();
		Map<ServiceName, String> prefixes = new LinkedHashMap<>();
		Binder.get(environment)
			.bind(SERVICES, Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of())
			.keySet()
			.forEach((name) -> {
				String prefix = SERVICES + "[" + name + "]";
				// each property for the service, otherwise for all services
				List<ConfigurationPropertySource> sources = new ArrayList<>(sources(environment, prefix));
				sources.addAll(sources(environment, LoadBalancerProperties.PREFIX));
				LoadBalancerProperties settings = bind(sources, environment);
				require(prefix, settings);
				ServiceName service = serviceName(namespaces, name);
				prefixes.put(service, prefix);
				if (byService.put(service, settings) != null) {
					throw new DiscoveryException(
							SERVICES + " has several entries for service " + service + ", one of them '" + name + "'",
							"Use one name for all of them, such as " + SERVICES + "[" + service + "]", null);
				}
			});
		return new ServiceLoadBalancerProperties(general, byService, prefixes);
	}

	private static List<ConfigurationPropertySource> sources(Environment environment, String prefix) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		ConfigurationPropertySources.get(environment).forEach((source) -> {
			sources.add(source.withPrefix(prefix));
			// a name with a dash in brackets differs from the same name without brackets
			int bracket = prefix.indexOf('[');
			String plain = prefix.replace('[', '.').replace("]", "");
			if (bracket >= 0 && prefix.indexOf('.', bracket) < 0 && ConfigurationPropertyName.isValid(plain)) {
				sources.add(source.withPrefix(plain));
			}
		});
		return sources;
	}

	private static LoadBalancerProperties bind(List<ConfigurationPropertySource> sources, Environment environment) {
		return new Binder(sources, new PropertySourcesPlaceholdersResolver(environment))
			.bindOrCreate(ConfigurationPropertyName.EMPTY, Bindable.of(LoadBalancerProperties.class), null);
	}

	private static ServiceName serviceName(Namespaces namespaces, String name) {
		try {
			return namespaces.serviceName(name);
		}
		catch (InvalidNameException ex) {
			throw new DiscoveryException(SERVICES + " has an entry '" + name + "', but " + ex.getDescription(),
					"Use the name by which the service is called: " + SERVICES + ".worker.balancing, or with dots "
							+ SERVICES + "[worker.partner].balancing",
					ex);
		}
	}

	private static void require(String prefix, LoadBalancerProperties settings) {
		require(prefix, settings.outlier());
		require(prefix, settings.retry());
		Timeout timeout = settings.timeout();
		requireLongEnoughOrNone(prefix + ".timeout.connect", timeout.connect());
		requireLongEnoughOrNone(prefix + ".timeout.request", timeout.request());
		requireLongEnoughOrNone(prefix + ".timeout.idle", timeout.idle());
	}

	private static void require(String parent, Retry retry) {
		String prefix = parent + ".retry.";
		require(retry.maxRetries() >= 0, prefix + "max-retries", retry.maxRetries(), "0 or more");
		require(retry.budgetPerSecond() >= 0, prefix + "budget-per-second", retry.budgetPerSecond(), "0 or more");
		requireRatio(prefix + "budget-ratio", retry.budgetRatio());
	}

	private static void require(String parent, Outlier outlier) {
		String prefix = parent + ".outlier.";
		requireOneOrMore(prefix + "connect-failures", outlier.connectFailures());
		requireOneOrMore(prefix + "consecutive-failures", outlier.consecutiveFailures());
		requireOneOrMore(prefix + "minimum-requests", outlier.minimumRequests());
		requireOneOrMore(prefix + "silent-calls", outlier.silentCalls());
		Durations.requireLongEnough(prefix + "silence", outlier.silence());
		requireRatio(prefix + "failure-ratio", outlier.failureRatio());
		requireRatio(prefix + "max-ejected", outlier.maxEjected());
		Durations.requireLongEnough(prefix + "window", outlier.window());
		Durations.requireLongEnough(prefix + "base-ejection", outlier.baseEjection());
		require(outlier.maxEjection().compareTo(outlier.baseEjection()) >= 0, prefix + "max-ejection",
				outlier.maxEjection().toMillis() + "ms",
				"no less than base-ejection, which is " + outlier.baseEjection().toMillis() + "ms");
	}

	private static void requireLongEnoughOrNone(String property, Duration duration) {
		if (!duration.isZero()) {
			Durations.requireLongEnough(property, duration);
		}
	}

	private static void requireOneOrMore(String property, int value) {
		require(value >= 1, property, value, "1 or more");
	}

	private static void requireRatio(String property, double value) {
		require(value >= 0 && value <= 1, property, value, "a ratio from 0 to 1, for example 0.5");
	}

	private static void require(boolean valid, String property, Object value, String expected) {
		if (!valid) {
			throw new DiscoveryException(property + " is " + value + ": expected " + expected, "Correct " + property,
					null);
		}
	}

}
