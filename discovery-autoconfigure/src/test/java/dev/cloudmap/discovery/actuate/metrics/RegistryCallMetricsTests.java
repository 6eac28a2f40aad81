package dev.cloudmap.discovery.actuate.metrics;

import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.registry.CallCounts;
import dev.cloudmap.discovery.registry.CallCounts.Count;
import dev.cloudmap.discovery.registry.FakeRegistry;

import static org.assertj.core.api.Assertions.assertThat;

class RegistryCallMetricsTests {

	private CallCounts counts = new CallCounts(
			Map.of("DiscoverInstances", new Count(0, 0, 0), "ListServices", new Count(0, 0, 0)));

	@Test
	void countsCallsByOperationAndOutcome() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		new RegistryCallMetrics(new FakeRegistry() {

			@Override
			public CallCounts calls() {
				return RegistryCallMetricsTests.this.counts;
			}

		}).bindTo(meters);
		this.counts = new CallCounts(Map.of("DiscoverInstances", new Count(10, 3, 2)));
		assertThat(value(meters, "DiscoverInstances", "success")).isEqualTo(7);
		assertThat(value(meters, "DiscoverInstances", "failure")).isEqualTo(3);
		assertThat(value(meters, "DiscoverInstances", "refused")).isEqualTo(2);
		assertThat(value(meters, "ListServices", "success")).isZero();
	}

	private static double value(SimpleMeterRegistry meters, String operation, String outcome) {
		return meters.get("discovery.registry.calls")
			.tags("operation", operation, "outcome", outcome)
			.functionCounter()
			.count();
	}

}
