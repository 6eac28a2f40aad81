package dev.cloudmap.discovery.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.cloudmap.discovery.loadbalancer.BalancingAlgorithm;
import dev.cloudmap.discovery.loadbalancer.BalancingSettings;
import dev.cloudmap.discovery.loadbalancer.OutlierPolicy;

/**
 * What a user can set of calls, for all services and for each.
 *
 * @param balancing How one of several instances is chosen.
 * @param outlier When instances whose calls fail are not called for a while.
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
		@DefaultValue Outlier outlier, @Nullable String zone, @DefaultValue Subset subset,
		@DefaultValue Map<String, LoadBalancerProperties> services) {

	static final String PREFIX = "discovery.load-balancer";

	/**
	 * Whether instances' metadata is wanted, which only the API tells.
	 */
	boolean usesMetadata() {
		return (this.zone != null && !this.zone.isBlank()) || !this.subset.metadata().isEmpty()
				|| !this.subset.headers().isEmpty();
	}

	/**
	 * How calls are balanced.
	 * @param own tells the zone where none is set
	 */
	BalancingSettings balancing(Supplier<@Nullable String> own) {
		String set = this.zone;
		Supplier<@Nullable String> zone = (set == null) ? own : () -> set.isBlank() ? null : set.trim();
		return new BalancingSettings(this.balancing, this.outlier.policy(), zone,
				new dev.cloudmap.discovery.loadbalancer.Subset(this.subset.metadata(), this.subset.headers()));
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
	 * @param maxEjected Part of a service's instances that may be ejected at a time. The
	 * last one never is.
	 */
	public record Outlier(@DefaultValue("true") boolean enabled, @DefaultValue("2") int connectFailures,
			@DefaultValue("5") int consecutiveFailures, @DefaultValue("0.5") double failureRatio,
			@DefaultValue("20") int minimumRequests, @DefaultValue("10s") Duration window,
			@DefaultValue("1s") Duration baseEjection, @DefaultValue("30s") Duration maxEjection,
			@DefaultValue("0.5") double maxEjected) {

		OutlierPolicy policy() {
			return new OutlierPolicy(this.enabled, this.connectFailures, this.consecutiveFailures, this.failureRatio,
					this.minimumRequests, this.window, this.baseEjection, this.maxEjection, this.maxEjected);
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
