package dev.cloudmap.discovery.autoconfigure;

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
import dev.cloudmap.discovery.autoconfigure.LoadBalancerProperties.Outlier;
import dev.cloudmap.discovery.autoconfigure.LoadBalancerProperties.Retry;
import dev.cloudmap.discovery.autoconfigure.LoadBalancerProperties.Timeout;
import dev.cloudmap.discovery.thread.Durations;

/**
 * What is set of calls, for each service. What is not set for one is as it is for all,
 * value by value.
 *
 * @param general what is set for all; never null
 * @param byService what is set for those of which anything is, completed by what is set
 * for all; never null, immutable
 * @param places where it is set for those; never null, immutable
 */
record ServiceLoadBalancerProperties(LoadBalancerProperties general, Map<ServiceName, LoadBalancerProperties> byService,
		Map<ServiceName, String> places) {

	private static final String SERVICES = LoadBalancerProperties.PREFIX + ".services";

	ServiceLoadBalancerProperties {
		byService = Map.copyOf(byService);
		places = Map.copyOf(places);
	}

	/**
	 * What is set of a service's calls.
	 */
	LoadBalancerProperties of(ServiceName service) {
		return this.byService.getOrDefault(service, this.general);
	}

	/**
	 * What is set of a service's calls, with what its owner has set for all its callers:
	 * that comes before what is set here for all services, and after what is set for this
	 * one.
	 * @param service the service; not null
	 * @param owners what its owner has set, by the names that follow
	 * {@code discovery.load-balancer.}; not null
	 * @param environment where the rest is set; not null
	 * @throws RuntimeException if a value makes no sense
	 */
	LoadBalancerProperties of(ServiceName service, Map<String, String> owners, Environment environment) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		String place = this.places.get(service);
		if (place != null) {
			sources.addAll(sources(environment, place));
		}
		sources.add(new MapConfigurationPropertySource(owners));
		sources.addAll(sources(environment, LoadBalancerProperties.PREFIX));
		LoadBalancerProperties settings = bind(sources, environment);
		require("the service attribute", settings);
		return settings;
	}

	/**
	 * Reads what is set.
	 * @param general what is set for all
	 * @param namespaces what names of services mean
	 * @param environment where it is set
	 * @throws DiscoveryException if a name can't be a service's, two are the same
	 * service's, or a value makes no sense
	 */
	static ServiceLoadBalancerProperties of(LoadBalancerProperties general, Namespaces namespaces,
			Environment environment) {
		require(LoadBalancerProperties.PREFIX, general);
		Map<ServiceName, LoadBalancerProperties> byService = new LinkedHashMap<>();
		Map<ServiceName, String> places = new LinkedHashMap<>();
		Binder.get(environment)
			.bind(SERVICES, Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of())
			.keySet()
			.forEach((name) -> {
				String prefix = SERVICES + "[" + name + "]";
				LoadBalancerProperties settings = read(environment, prefix);
				require(prefix, settings);
				ServiceName service = serviceName(namespaces, name);
				places.put(service, prefix);
				if (byService.put(service, settings) != null) {
					throw new DiscoveryException(
							SERVICES + " has several entries for service " + service + ", one of them '" + name + "'",
							"Write all of them under one name, such as " + SERVICES + "[" + service + "]", null);
				}
			});
		return new ServiceLoadBalancerProperties(general, byService, places);
	}

	/**
	 * Each value from where it is set for the service, else from where it is for all.
	 */
	private static LoadBalancerProperties read(Environment environment, String prefix) {
		List<ConfigurationPropertySource> sources = new ArrayList<>(sources(environment, prefix));
		sources.addAll(sources(environment, LoadBalancerProperties.PREFIX));
		return bind(sources, environment);
	}

	private static List<ConfigurationPropertySource> sources(Environment environment, String place) {
		List<ConfigurationPropertySource> sources = new ArrayList<>();
		ConfigurationPropertySources.get(environment).forEach((source) -> sources.add(source.withPrefix(place)));
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
					"Write the name by which the service is called: " + SERVICES + ".worker.balancing, or with dots "
							+ SERVICES + "[worker.partner].balancing",
					ex);
		}
	}

	private static void require(String place, LoadBalancerProperties settings) {
		require(place, settings.outlier());
		require(place, settings.retry());
		Timeout timeout = settings.timeout();
		requireLongEnoughOrNone(place + ".timeout.connect", timeout.connect());
		requireLongEnoughOrNone(place + ".timeout.request", timeout.request());
		requireLongEnoughOrNone(place + ".timeout.idle", timeout.idle());
	}

	private static void require(String place, Retry retry) {
		String prefix = place + ".retry.";
		requireNotNegative(prefix + "max-retries", retry.maxRetries());
		requireNotNegative(prefix + "budget-per-second", retry.budgetPerSecond());
		requirePart(prefix + "budget-ratio", retry.budgetRatio());
	}

	private static void requireNotNegative(String property, int value) {
		if (value < 0) {
			throw new DiscoveryException(property + " is " + value + ": expected 0 or more", "Correct " + property,
					null);
		}
	}

	private static void requireLongEnoughOrNone(String property, Duration duration) {
		if (!duration.isZero()) {
			Durations.requireLongEnough(property, duration);
		}
	}

	private static void require(String place, Outlier outlier) {
		String prefix = place + ".outlier.";
		requireOneOrMore(prefix + "connect-failures", outlier.connectFailures());
		requireOneOrMore(prefix + "consecutive-failures", outlier.consecutiveFailures());
		requireOneOrMore(prefix + "minimum-requests", outlier.minimumRequests());
		requireOneOrMore(prefix + "silent-calls", outlier.silentCalls());
		Durations.requireLongEnough(prefix + "silence", outlier.silence());
		requirePart(prefix + "failure-ratio", outlier.failureRatio());
		requirePart(prefix + "max-ejected", outlier.maxEjected());
		Durations.requireLongEnough(prefix + "window", outlier.window());
		Durations.requireLongEnough(prefix + "base-ejection", outlier.baseEjection());
		requireNoShorter(prefix, outlier.baseEjection(), outlier.maxEjection());
	}

	private static void requireOneOrMore(String property, int value) {
		if (value < 1) {
			throw new DiscoveryException(property + " is " + value + ": expected 1 or more", "Correct " + property,
					null);
		}
	}

	private static void requirePart(String property, double value) {
		if (!(value >= 0 && value <= 1)) {
			throw new DiscoveryException(property + " is " + value + ": expected a part, from 0 to 1",
					"Correct " + property + ", such as 0.5 for a half", null);
		}
	}

	private static void requireNoShorter(String prefix, Duration base, Duration max) {
		if (max.compareTo(base) < 0) {
			throw new DiscoveryException(prefix + "max-ejection is " + max.toMillis()
					+ "ms: expected no less than base-ejection, which is " + base.toMillis() + "ms",
					"Correct " + prefix + "max-ejection", null);
		}
	}

}
