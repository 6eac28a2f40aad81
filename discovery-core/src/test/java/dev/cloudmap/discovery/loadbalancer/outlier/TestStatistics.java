package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;

/**
 * Statistics with a manual clock.
 */
public class TestStatistics {

	public static final OutlierPolicy POLICY = new OutlierPolicy(true, 2, 5, 0.5, 20, Duration.ofSeconds(10),
			Duration.ofSeconds(1), Duration.ofSeconds(30), 5, Duration.ofMillis(100), 0.5);

	public static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	/** Shortly before the nanosecond clock overflows. */
	public final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(20).toNanos());

	public OutlierPolicy policy = POLICY;

	Prober prober = Prober.NONE;

	public ServiceStatistics worker() {
		return worker(CallListener.NONE);
	}

	ServiceStatistics worker(CallListener listener) {
		return new ServiceStatistics(WORKER, this.policy, listener, this.prober, this.nanos::get, () -> Instant.EPOCH);
	}

	/**
	 * Begins a call in the statistics of its instance.
	 */
	public static void begin(Candidate candidate, long now) {
		candidate.statistics().begin(now);
	}

	/**
	 * Ends a call in the statistics of its instance.
	 */
	public static void end(Candidate candidate, CallOutcome outcome, long began, long now) {
		candidate.statistics().end(outcome, began, now, InstanceStatistics.FAILURE_NANOS);
	}

	/**
	 * Begins a call.
	 */
	public static void begin(ServiceStatistics service, Candidate candidate, long now) {
		service.begin(candidate, now);
	}

	/**
	 * Ends a call.
	 */
	public static void end(ServiceStatistics service, Candidate candidate, CallOutcome outcome, long began, long now) {
		service.end(candidate, outcome, began, now);
	}

	public long now() {
		return this.nanos.get();
	}

	public void advance(Duration duration) {
		this.nanos.addAndGet(duration.toNanos());
	}

	/**
	 * Creates instances with the ids 0, 1, 2...
	 */
	public static List<ServiceInstance> instances(int count) {
		return IntStream.range(0, count).mapToObj((i) -> instance(String.valueOf(i), Map.of())).toList();
	}

	public static ServiceInstance instance(String id, Map<String, String> metadata) {
		return new DefaultServiceInstance(id, "worker", "10.0.0.1", 1 + id.hashCode() % 1000, false, metadata);
	}

}
