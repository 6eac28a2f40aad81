package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.TestCatalog;

/**
 * The usual settings, and a clock that stands still until a test turns it on.
 */
final class TestBalancing {

	static final OutlierPolicy POLICY = new OutlierPolicy(true, 2, 5, 0.5, 20, Duration.ofSeconds(10),
			Duration.ofSeconds(1), Duration.ofSeconds(30), 5, Duration.ofMillis(100), 0.5);

	static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	/** Some time before nanoseconds overflow, as they may. */
	final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(20).toNanos());

	BalancingAlgorithm algorithm = BalancingAlgorithm.ROUND_ROBIN;

	OutlierPolicy policy = POLICY;

	@Nullable String zone;

	Subset subset = Subset.ALL;

	BalancingSettings settings() {
		return new BalancingSettings(this.algorithm, this.policy, () -> this.zone, this.subset);
	}

	CallStatistics statistics() {
		return new CallStatistics((service) -> settings(), this.nanos::get, () -> Instant.EPOCH);
	}

	long now() {
		return this.nanos.get();
	}

	void advance(Duration duration) {
		this.nanos.addAndGet(duration.toNanos());
	}

	/**
	 * Instances with the ids 0, 1, 2...
	 */
	static List<ServiceInstance> instances(int count) {
		return IntStream.range(0, count).mapToObj((i) -> instance(String.valueOf(i), Map.of())).toList();
	}

	static ServiceInstance instance(String id, Map<String, String> metadata) {
		return new DefaultServiceInstance(id, "worker", "10.0.0.1", 1 + id.hashCode() % 1000, false, metadata);
	}

}
