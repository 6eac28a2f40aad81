package dev.cloudmap.discovery.actuate.metrics;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;

import static org.assertj.core.api.Assertions.assertThat;

class FailureMetricsTests {

	private static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final FailureMetrics metrics = new FailureMetrics(this.meters);

	@Test
	void countsRetriesAndEjectionsByService() {
		this.metrics.ejected(WORKER);
		this.metrics.retried(WORKER, CallOutcome.NOT_CONNECTED);
		this.metrics.retried(WORKER, CallOutcome.NOT_CONNECTED);
		this.metrics.retried(WORKER, CallOutcome.SERVER_ERROR);
		this.metrics.retryDenied(WORKER);
		assertThat(count("discovery.client.ejections")).isOne();
		assertThat(count("discovery.client.retries", "outcome", "not-connected")).isEqualTo(2);
		assertThat(count("discovery.client.retries", "outcome", "server-error")).isOne();
		assertThat(count("discovery.client.retries.denied")).isOne();
	}

	private double count(String name, String... tags) {
		return this.meters.get(name).tags("service", "worker", "namespace", "corp").tags(tags).counter().count();
	}

}
