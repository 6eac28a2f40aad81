package dev.cloudmap.discovery.loadbalancer.choice;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.loadbalancer.outlier.OutlierPolicy;

/**
 * The load balancing settings of a service.
 *
 * @param algorithm chooses one of several instances
 * @param outlier ejects instances
 * @param zone supplies the local zone, whose instances are called first; null to ignore
 * zones
 * @param subset selects the instances that are called
 */
public record BalancingSettings(BalancingAlgorithm algorithm, OutlierPolicy outlier, Supplier<@Nullable String> zone,
		Subset subset) {
}
