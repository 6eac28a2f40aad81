package dev.cloudmap.discovery.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.cloudmap.discovery.loadbalancer.call.CallSettings;
import dev.cloudmap.discovery.loadbalancer.call.CallTimeouts;
import dev.cloudmap.discovery.loadbalancer.call.RetryPolicy;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingAlgorithm;
import dev.cloudmap.discovery.loadbalancer.choice.BalancingSettings;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;

/**
 * What a user can set of calls, for all services and for each.
 *
 * @param balancing How one of several instances is chosen.
 * @param outlier When instances whose calls fail are not called for a while.
 * @param retry Which calls that have failed are sent to another instance.
 * @param timeout How long calls wait.
 * @param zone Zone whose instances are called first; empty for none. By default
 * spring.cloud.loadbalancer.zone, else the availability zone that this application is
 * registered with.
 * @param subset Which of a service's instances are called.
 * @param services The same for single services, by the names by which they are called;
 * names with dots, such as those in another namespace, in brackets. What is not set for
 * one is as it is for all.
 */
@ConfigurationProperties(LoadBalancerProperties.PREFIX)
public record LoadBalancerProperties(@DefaultValue("round-robin") BalancingAlgorithm balancing,
		@DefaultValue Outlier outlier, @DefaultValue Retry retry, @DefaultValue Timeout timeout, @Nullable String zone,
		@DefaultValue Subset subset, @DefaultValue Map<String, LoadBalancerProperties> services) {

	static final String PREFIX = "discovery.load-balancer";

	/**
	 * Whether only those instances are called whose metadata is as wanted.
	 */
	boolean choosesByMetadata() {
		return !this.subset.metadata().isEmpty() || !this.subset.headers().isEmpty();
	}

	/**
	 * How calls are balanced.
	 * @param own tells the zone where none is set
	 */
	BalancingSettings balancing(Supplier<@Nullable String> own) {
		String set = this.zone;
		Supplier<@Nullable String> zone = (set == null) ? own : () -> set.isBlank() ? null : set.trim();
		return new BalancingSettings(this.balancing, this.outlier.policy(), zone,
				new dev.cloudmap.discovery.loadbalancer.choice.Subset(this.subset.metadata(), this.subset.headers()));
	}

	/**
	 * How services are called.
	 * @param usual whether calls are sent again where nothing is said of that
	 */
	CallSettings calls(boolean usual) {
		Boolean enabled = this.retry.enabled();
		return new CallSettings(this.timeout.timeouts(),
				((enabled != null) ? enabled : usual) ? this.retry.policy() : RetryPolicy.NEVER);
	}

	/**
	 * When instances whose calls fail are not called for a while.
	 *
	 * @param enabled Whether instances whose calls fail are ejected: not called for a
	 * while.
	 * @param connectFailures Calls in a row that could not connect, after which an
	 * instance is ejected.
	 * @param consecutiveFailures Calls in a row that were answered with 5xx, timed out or
	 * could not connect, after which an instance is ejected.
	 * @param failureRatio Part of an instance's calls within the window, above which it
	 * is ejected when they have failed.
	 * @param minimumRequests Calls within the window that an instance must have had
	 * before the ratio counts.
	 * @param window Time over which the ratio is taken.
	 * @param baseEjection Duration of a first ejection. Each one that follows takes twice
	 * as long.
	 * @param maxEjection Longest duration of an ejection.
	 * @param silentCalls Calls after which an instance is ejected that has answered none
	 * of them, while others of its service answer. It is called again when it answers
	 * one.
	 * @param silence Time for which it has to have answered none, at least. It is ten
	 * times as long as its calls take where that is more.
	 * @param maxEjected Part of a service's instances that may be ejected at a time. The
	 * last one never is.
	 */
	public record Outlier(@DefaultValue("true") boolean enabled, @DefaultValue("2") int connectFailures,
			@DefaultValue("5") int consecutiveFailures, @DefaultValue("0.5") double failureRatio,
			@DefaultValue("20") int minimumRequests, @DefaultValue("10s") Duration window,
			@DefaultValue("1s") Duration baseEjection, @DefaultValue("30s") Duration maxEjection,
			@DefaultValue("5") int silentCalls, @DefaultValue("100ms") Duration silence,
			@DefaultValue("0.5") double maxEjected) {

		OutlierPolicy policy() {
			return new OutlierPolicy(this.enabled, this.connectFailures, this.consecutiveFailures, this.failureRatio,
					this.minimumRequests, this.window, this.baseEjection, this.maxEjection, this.silentCalls,
					this.silence, this.maxEjected);
		}

	}

	/**
	 * Which calls that have failed are sent to another instance.
	 *
	 * @param enabled Whether any is. By default, unless
	 * spring.cloud.loadbalancer.retry.enabled is set, with which Spring Cloud's own
	 * retries are used or none.
	 * @param maxRetries Times that a call is sent again at most, each time to an instance
	 * that it was not sent to.
	 * @param statuses HTTP statuses that count as a failure.
	 * @param methods HTTP methods that may be sent again though an instance may have seen
	 * the request. One that could not connect is sent again whatever its method.
	 * @param budgetRatio Retries that there are at most within a second, as a part of the
	 * requests.
	 * @param budgetPerSecond Retries that there are at most within a second in addition
	 * to that.
	 */
	public record Retry(@Nullable Boolean enabled, @DefaultValue("2") int maxRetries, @DefaultValue( {
			"502", "503", "504" }) Set<Integer> statuses,
			@DefaultValue({ "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" }) Set<String> methods,
			@DefaultValue("0.2") double budgetRatio, @DefaultValue("3") int budgetPerSecond){

		RetryPolicy policy() {
			Set<String> methods = this.methods.stream()
				.map((method) -> method.trim().toUpperCase(Locale.ROOT))
				.collect(Collectors.toUnmodifiableSet());
			return new RetryPolicy(this.maxRetries, this.statuses, methods,
					new RetryPolicy.Budget(this.budgetRatio, this.budgetPerSecond));
		}

	}

	/**
	 * How long calls wait. 0 is without limit.
	 *
	 * @param connect Time for a connection.
	 * @param request Time for the response's status and headers, over all attempts.
	 * @param idle Time for more of the response's body.
	 */
	public record Timeout(@DefaultValue("2s") Duration connect, @DefaultValue("60s") Duration request,
			@DefaultValue("5m") Duration idle) {

		CallTimeouts timeouts() {
			return new CallTimeouts(limit(this.connect), limit(this.request), limit(this.idle));
		}

		private static @Nullable Duration limit(Duration set) {
			return set.isZero() ? null : set;
		}

	}

	/**
	 * Which of a service's instances are called.
	 *
	 * @param metadata Metadata of the instances that are called, as long as any has it.
	 * @param headers Request headers whose value says what an attribute of the instances
	 * must be, as long as any has it: the attributes by the headers.
	 */
	public record Subset(@DefaultValue Map<String, String> metadata, @DefaultValue Map<String, String> headers) {
	}

}
