package dev.cloudmap.discovery.loadbalancer.choice;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.TestStatistics;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;

/**
 * Balancing settings that a test can change.
 */
public final class TestBalancing extends TestStatistics {

	public BalancingAlgorithm algorithm = BalancingAlgorithm.ROUND_ROBIN;

	public @Nullable String zone;

	public Subset subset = Subset.ALL;

	public CallStatistics statistics() {
		return new CallStatistics(
				(service) -> new BalancingSettings(this.algorithm, this.policy, () -> this.zone, this.subset),
				CallListener.NONE, Prober.NONE, this.nanos::get, () -> Instant.EPOCH);
	}

	/**
	 * Returns the statistics of the service {@link #WORKER}.
	 */
	public static ServiceStatistics worker(CallStatistics statistics) {
		return statistics.of(WORKER).statistics();
	}

}
