package dev.cloudmap.discovery.autoconfigure.properties;

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
import dev.cloudmap.discovery.loadbalancer.name.CallBy;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;

/**
 * Properties below {@code discovery.load-balancer}: settings of calls, for all services
 * and for single ones.
 *
 * @param balancing Algorithm that chooses one of several instances.
 * @param callBy Host in the URL of a call to an instance. With name, the attribute
 * discovery.tls-name of the instance, otherwise its name in DNS, so that TLS certificates
 * can be verified.
 * @param outlier Ejection of instances whose calls fail.
 * @param retry Retries of failed calls on another instance.
 * @param timeout Timeouts of calls.
 * @param zone Zone whose instances are called first. Empty for no zone. By default,
 * spring.cloud.loadbalancer.zone, otherwise the availability zone with which this
 * application is registered.
 * @param subset Subset of a service's instances that is called.
 * @param services Settings of single services, by the name by which each is called. A
 * name with dots is written in brackets. A property that is not set for a service has the
 * value for all services.
 */
@ConfigurationProperties(LoadBalancerProperties.PREFIX)
public record LoadBalancerProperties(@DefaultValue("round-robin") BalancingAlgorithm balancing,
		@DefaultValue("address") CallBy callBy, @DefaultValue Outlier outlier, @DefaultValue Retry retry,
		@DefaultValue Timeout timeout, @Nullable String zone, @DefaultValue Subset subset,
		@DefaultValue Map<String, LoadBalancerProperties> services) {

	static final String PREFIX = "discovery.load-balancer";

	/**
	 * Whether a subset is selected by metadata.
	 */
	public boolean choosesByMetadata() {
		return !this.subset.metadata().isEmpty() || !this.subset.headers().isEmpty();
	}

	/**
	 * Returns the settings of balancing.
	 * @param own supplies the zone if none is set
	 */
	public BalancingSettings balancing(Supplier<@Nullable String> own) {
		String set = this.zone;
		Supplier<@Nullable String> zone = (set == null) ? own : () -> set.isBlank() ? null : set.trim();
		return new BalancingSettings(this.balancing, this.outlier.policy(), zone,
				new dev.cloudmap.discovery.loadbalancer.choice.Subset(this.subset.metadata(), this.subset.headers()),
				this.callBy);
	}

	/**
	 * Returns the settings of calls.
	 * @param retryByDefault whether calls are retried if {@code retry.enabled} is not set
	 */
	public CallSettings calls(boolean retryByDefault) {
		Boolean enabled = this.retry.enabled();
		return new CallSettings(this.timeout.timeouts(),
				((enabled != null) ? enabled : retryByDefault) ? this.retry.policy() : RetryPolicy.NEVER);
	}

	/**
	 * Ejection of instances whose calls fail.
	 *
	 * @param enabled Whether to eject instances whose calls fail. An ejected instance is
	 * not called for some time.
	 * @param connectFailures Number of consecutive calls without a connection after which
	 * an instance is ejected.
	 * @param consecutiveFailures Number of consecutive failed calls after which an
	 * instance is ejected. A call fails if its status is 5xx, it times out or it cannot
	 * connect.
	 * @param failureRatio Ratio of failed calls within the window above which an instance
	 * is ejected.
	 * @param minimumRequests Minimum number of calls within the window that failure-ratio
	 * requires.
	 * @param window Time over which failure-ratio is computed.
	 * @param baseEjection Duration of the first ejection. Each further ejection is twice
	 * as long.
	 * @param maxEjection Maximum duration of an ejection.
	 * @param silentCalls Number of unanswered calls after which an unresponsive instance
	 * is ejected while other instances of its service answer. The ejection ends when the
	 * instance answers.
	 * @param silence Minimum time without an answer after which an instance is
	 * unresponsive. Ten times the usual duration of its calls, if that is longer.
	 * @param maxEjected Maximum ratio of a service's instances that are ejected at the
	 * same time. The last instance is never ejected.
	 */
	public record Outlier(@DefaultValue("true") boolean enabled, @DefaultValue("2") int connectFailures,
			@DefaultValue("5") int consecutiveFailures, @DefaultValue("0.5") double failureRatio,
			@DefaultValue("20") int minimumRequests, @DefaultValue("10s") Duration window,
			@DefaultValue("1s") Duration baseEjection, @DefaultValue("30s") Duration maxEjection,
			@DefaultValue("5") int silentCalls, @DefaultValue("100ms") Duration silence,
			@DefaultValue("0.5") double maxEjected) {

		/**
		 * Returns the policy with these properties.
		 */
		public OutlierPolicy policy() {
			return new OutlierPolicy(this.enabled, this.connectFailures, this.consecutiveFailures, this.failureRatio,
					this.minimumRequests, this.window, this.baseEjection, this.maxEjection, this.silentCalls,
					this.silence, this.maxEjected);
		}

	}

	/**
	 * Retries of failed calls on another instance.
	 *
	 * @param enabled Whether to retry failed calls on another instance. By default, true
	 * unless spring.cloud.loadbalancer.retry.enabled is set.
	 * @param maxRetries Maximum number of retries of a call. Each retry uses another
	 * instance.
	 * @param statuses HTTP statuses that are retried.
	 * @param methods HTTP methods that may be retried after the request was sent. A call
	 * that could not connect is retried regardless of its method.
	 * @param budgetRatio Retries allowed within a second, as a ratio of the requests.
	 * @param budgetPerSecond Retries allowed per second on top of budget-ratio.
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
	 * Timeouts of calls. Zero means no limit.
	 *
	 * @param connect Time to connect. With 0, there is no limit.
	 * @param request Time to the response's status and headers, over all attempts. With
	 * 0, there is no limit.
	 * @param idle Time between two parts of a response body. With 0, there is no limit.
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
	 * Subset of a service's instances that is called.
	 *
	 * @param metadata Metadata of the instances that are called. Ignored if no instance
	 * has it.
	 * @param headers Request headers, each with the attribute whose value must equal that
	 * of the header. Ignored if no instance matches.
	 */
	public record Subset(@DefaultValue Map<String, String> metadata, @DefaultValue Map<String, String> headers) {
	}

}
