package dev.cloudmap.benchmarks.scenario;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.stoyanr.evictor.ConcurrentMapWithTimedEviction;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.retry.support.RetryTemplate;

import dev.cloudmap.benchmarks.scenario.process.Addition;

/**
 * The callers: the starter, and Spring Cloud LoadBalancer on the same
 * {@code DiscoveryClient} with the class path of
 * {@code spring-cloud-starter-loadbalancer}.
 */
final class Peers {

	static final int PER_SECOND = 200;

	private static final Addition IN_ALL = addition(ScenarioBackend.class);

	/**
	 * Disables stack traces in all callers, because a stack trace for a failed request
	 * takes longer than the request.
	 */
	private static final String NO_STACK_TRACES = "--logging.level.org.apache.catalina.core.ContainerBase=off";

	/** The starter with its defaults. */
	static final Caller STARTER = new Caller("starter", List.of(NO_STACK_TRACES), IN_ALL, PER_SECOND);

	/** Spring Cloud LoadBalancer with its defaults, including its cache of 35 seconds. */
	static final Caller PLAIN = new Caller("plain", withoutOurs("--spring.cloud.loadbalancer.retry.enabled=false"),
			with(CacheAutoConfiguration.class, ConcurrentMapWithTimedEviction.class), PER_SECOND);

	/** Spring Cloud LoadBalancer with an expert configuration. */
	static final Caller TUNED = new Caller("tuned",
			withoutOurs("--spring.cloud.loadbalancer.cache.ttl=1s", "--spring.cloud.loadbalancer.retry.enabled=true",
					"--spring.cloud.loadbalancer.retry.max-retries-on-next-service-instance=2",
					"--spring.cloud.loadbalancer.retry.retryable-status-codes=502,503,504",
					"--" + ScenarioBackend.TIMEOUT + "=1s"),
			with(CacheAutoConfiguration.class, Caffeine.class, CaffeineCacheManager.class, RetryTemplate.class),
			PER_SECOND);

	private Peers() {
	}

	/**
	 * Returns the callers with the given names.
	 * @param names names, separated by commas
	 */
	static List<Caller> named(String names) {
		Map<String, Caller> known = Stream.of(STARTER, PLAIN, TUNED)
			.collect(Collectors.toMap(Caller::name, Function.identity()));
		return Stream.of(names.split(",")).map((name) -> {
			Caller caller = known.get(name);
			if (caller == null) {
				throw new IllegalArgumentException("There is no caller '" + name + "', only " + known.keySet());
			}
			return caller;
		}).toList();
	}

	/**
	 * Returns the addition of a class of this module to a sample.
	 */
	static Addition addition(Class<?> source) {
		return new Addition(List.of(location(source)), List.of(source.getName()));
	}

	private static List<String> withoutOurs(String... options) {
		List<String> all = new ArrayList<>(List.of(options));
		all.add(NO_STACK_TRACES);
		all.add("--spring.autoconfigure.exclude="
				+ "dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration");
		return all;
	}

	private static Addition with(Class<?>... libraries) {
		return new Addition(
				Stream.concat(IN_ALL.classPath().stream(), Stream.of(libraries).map(Peers::location)).toList(),
				IN_ALL.sources());
	}

	private static Path location(Class<?> type) {
		try {
			return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
