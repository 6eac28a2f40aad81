package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.loadbalancer.name.CallBy;
import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;

/**
 * The load balancing settings of a service.
 *
 * @param algorithm chooses one of several instances
 * @param outlier ejects instances
 * @param zone supplies the local zone, whose instances are called first; null to ignore
 * zones
 * @param subset selects the instances that are called
 * @param callBy the host in the URLs of calls
 */
public record BalancingSettings(BalancingAlgorithm algorithm, OutlierPolicy outlier, Supplier<@Nullable String> zone,
		Subset subset, CallBy callBy) {

	/**
	 * Settings of calls by address.
	 */
	public BalancingSettings(BalancingAlgorithm algorithm, OutlierPolicy outlier, Supplier<@Nullable String> zone,
			Subset subset) {
		this(algorithm, outlier, zone, subset, CallBy.ADDRESS);
	}

}
