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

import dev.cloudmap.benchmarks.scenario.process.ExtraClasses;

/**
 * The compared callers: the starter, and Spring Cloud LoadBalancer with the same
 * {@code DiscoveryClient} and the class path of
 * {@code spring-cloud-starter-loadbalancer}.
 */
final class ComparedCallers {

	static final int PER_SECOND = 200;

	private static final ExtraClasses COMMON = extraClasses(ScenarioBackend.class);

	/**
	 * Disables the logging of stack traces in all callers, because it takes longer than a
	 * request.
	 */
	private static final String NO_STACK_TRACES = "--logging.level.org.apache.catalina.core.ContainerBase=off";

	/** The starter with its defaults. */
	static final Caller STARTER = new Caller("starter", List.of(NO_STACK_TRACES), COMMON, PER_SECOND);

	/** Spring Cloud LoadBalancer with its defaults, including its cache of 35 seconds. */
	static final Caller PLAIN = new Caller("plain",
			withoutThisLoadBalancer("--spring.cloud.loadbalancer.retry.enabled=false"),
			with(CacheAutoConfiguration.class, ConcurrentMapWithTimedEviction.class), PER_SECOND);

	/** Spring Cloud LoadBalancer with an expert configuration. */
	static final Caller TUNED = new Caller("tuned",
			withoutThisLoadBalancer("--spring.cloud.loadbalancer.cache.ttl=1s",
					"--spring.cloud.loadbalancer.retry.enabled=true",
					"--spring.cloud.loadbalancer.retry.max-retries-on-next-service-instance=2",
					"--spring.cloud.loadbalancer.retry.retryable-status-codes=502,503,504",
					"--" + ScenarioBackend.TIMEOUT + "=1s"),
			with(CacheAutoConfiguration.class, Caffeine.class, CaffeineCacheManager.class, RetryTemplate.class),
			PER_SECOND);

	private ComparedCallers() {
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
				throw new IllegalArgumentException("Unknown caller '" + name + "'; expected one of " + known.keySet());
			}
			return caller;
		}).toList();
	}

	/**
	 * Returns a configuration class of this module for a sample.
	 */
	static ExtraClasses extraClasses(Class<?> source) {
		return new ExtraClasses(List.of(location(source)), List.of(source.getName()));
	}

	private static List<String> withoutThisLoadBalancer(String... options) {
		List<String> all = new ArrayList<>(List.of(options));
		all.add(NO_STACK_TRACES);
		all.add("--spring.autoconfigure.exclude="
				+ "dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration");
		return all;
	}

	private static ExtraClasses with(Class<?>... libraries) {
		return new ExtraClasses(
				Stream.concat(COMMON.classPath().stream(), Stream.of(libraries).map(ComparedCallers::location))
					.toList(),
				COMMON.sources());
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
