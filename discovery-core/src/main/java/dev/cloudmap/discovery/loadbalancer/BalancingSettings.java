package dev.cloudmap.discovery.loadbalancer;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * How the calls of a service are balanced.
 *
 * @param algorithm how one of several instances is chosen; never null
 * @param outlier which of them are not called for a while; never null
 * @param zone tells the caller's zone, whose instances are called first: null if it is
 * not known or does not matter; never null
 * @param subset which of the instances are called; never null
 */
public record BalancingSettings(BalancingAlgorithm algorithm, OutlierPolicy outlier, Supplier<@Nullable String> zone,
		Subset subset) {
}
