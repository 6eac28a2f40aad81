package dev.cloudmap.discovery.actuate.metrics;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RequestMetricsTests {

	private final ManualTimer timer = new ManualTimer();

	private final MockClock clock = new MockClock();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry(SimpleConfig.DEFAULT, this.clock);

	private int instances = 2;

	private final InstanceCatalog catalog = TestCatalog.of((service) -> CompletableFuture.completedFuture(set(service)),
			this.timer);

	private final RequestMetrics metrics = new RequestMetrics(this.meters, this.catalog, this.timer,
			this.clock::monotonicTime);

	@Test
	void timesRequestsByServiceInstanceAndOutcome() {
		long began = begin(instance("worker", 0));
		assertThat(active("worker", "i-0")).isOne();
		this.clock.add(Duration.ofMillis(30));
		complete(instance("worker", 0), began, 200, null);
		assertThat(active("worker", "i-0")).isZero();
		Timer timer = this.meters.get("discovery.client.requests")
			.tags("service", "worker", "namespace", "corp", "instance", "i-0", "outcome", "2xx")
			.timer();
		assertThat(timer.count()).isOne();
		assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(30);
	}

	@ParameterizedTest
	@CsvSource({ "200, 2xx", "302, 3xx", "404, 4xx", "503, 5xx" })
	void outcomeOfResponseIsStatusClass(int status, String outcome) {
		answer(instance("worker", 0), status);
		assertThat(count("worker", "i-0", outcome)).isOne();
	}

	@Test
	void outcomeOfFailureIsItsKind() {
		for (Exception failure : List.of(new ConnectException(), new SocketTimeoutException("Read timed out"),
				new IOException("reset"), new IllegalStateException())) {
			complete(instance("worker", 0), begin(instance("worker", 0)), 0, failure);
		}
		assertThat(List.of("not-connected", "timeout", "io-error", "unknown"))
			.allMatch((outcome) -> count("worker", "i-0", outcome) == 1);
	}

	@Test
	void separatesMetersByNamespace() {
		answer(instance("worker.partner", 1), 200);
		assertThat(this.meters.get("discovery.client.requests")
			.tags("namespace", "partner", "instance", "i-1")
			.timer()
			.count()).isOne();
	}

	@Test
	void continuesSweepsAfterFailure() {
		RuntimeException failure = new IllegalStateException("a listener of the meter registry");
		AtomicInteger failures = new AtomicInteger();
		this.meters.config().onMeterRemoved((meter) -> {
			if (failures.getAndIncrement() == 0) {
				throw failure;
			}
		});
		answer(instance("worker", 0), 200);
		answer(instance("worker", 1), 200);
		this.instances = 1;
		assertThatThrownBy(() -> this.timer.advance(Duration.ofMinutes(3))).isSameAs(failure);
		this.timer.advance(Duration.ofMinutes(3));
		assertThat(this.meters.find("discovery.client.requests").tags("instance", "i-1").timers()).isEmpty();
		assertThat(count("worker", "i-0", "2xx")).isOne();
	}

	@Test
	void removesMetersOfDepartedInstanceWithDelay() {
		answer(instance("worker", 0), 200);
		answer(instance("worker", 1), 200);
		ServiceInstance leaving = instance("worker", 1);
		long late = begin(leaving);
		this.instances = 1;
		this.timer.advance(Duration.ofSeconds(50));
		assertThat(count("worker", "i-1", "2xx")).isOne();
		this.timer.advance(Duration.ofMinutes(2));
		assertThat(this.meters.find("discovery.client.requests").tag("instance", "i-1").meters()).isEmpty();
		assertThat(this.meters.find("discovery.client.requests.active").tag("instance", "i-1").meters()).isEmpty();
		complete(leaving, late, 200, null);
		assertThat(this.meters.find("discovery.client.requests").tag("instance", "i-1").meters()).isEmpty();
		assertThat(count("worker", "i-0", "2xx")).isOne();
	}

	@Test
	void removesMetersOfUnusedService() {
		answer(instance("worker", 0), 200);
		this.timer.advance(Duration.ofMinutes(15));
		assertThat(this.catalog.watched()).isEmpty();
		assertThat(this.meters.getMeters()).isEmpty();
	}

	@Test
	void instancesBeyondLimitShareMeters() {
		this.instances = RequestMetrics.MAX_INSTANCES + 5;
		IntStream.range(0, this.instances).forEach((i) -> answer(instance("worker", i), 200));
		assertThat(this.meters.find("discovery.client.requests").timers()).hasSize(RequestMetrics.MAX_INSTANCES + 1);
		assertThat(count("worker", "other", "2xx")).isEqualTo(5);
	}

	@Test
	void expiresRequestThatNeverCompletes() {
		begin(instance("worker", 0));
		assertThat(active("worker", "i-0")).isOne();
		this.clock.add(Duration.ofMinutes(2));
		assertThat(active("worker", "i-0")).isZero();
	}

	private void answer(ServiceInstance instance, int status) {
		complete(instance, begin(instance), status, null);
	}

	private long begin(ServiceInstance instance) {
		long now = this.clock.monotonicTime();
		this.metrics.began(((CatalogServiceInstance) instance).service(), instance.getInstanceId(), now);
		return now;
	}

	private void complete(ServiceInstance instance, long began, int status, @Nullable Exception failure) {
		CallOutcome outcome = (failure != null) ? CallOutcome.ofFailure(failure) : CallOutcome.ofStatus(status);
		this.metrics.ended(((CatalogServiceInstance) instance).service(), instance.getInstanceId(),
				new Attempt.Ending(outcome, status, began, this.clock.monotonicTime()));
	}

	private double active(String service, String instance) {
		return this.meters.get("discovery.client.requests.active")
			.tags("service", service, "instance", instance)
			.gauge()
			.value();
	}

	private long count(String service, String instance, String outcome) {
		return this.meters.get("discovery.client.requests")
			.tags("service", service, "instance", instance, "outcome", outcome)
			.timer()
			.count();
	}

	private ServiceInstance instance(String serviceId, int index) {
		return this.catalog.service(serviceId).instances().join().get(index);
	}

	private InstanceSet set(ServiceName service) {
		return new InstanceSet(service,
				IntStream.range(0, this.instances)
					.mapToObj((i) -> new Instance(service, "i-" + i, "10.0.0.1", 1 + i, HealthStatus.UNKNOWN, Map.of()))
					.toList(),
				"test");
	}

}
