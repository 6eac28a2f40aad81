package dev.cloudmap.discovery.actuate;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.CompletionContext.Status;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.ResponseData;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.servlet.function.ServerResponse;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RequestMetricsTests {

	private final ManualTimer timer = new ManualTimer();

	private final MockClock clock = new MockClock();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry(SimpleConfig.DEFAULT, this.clock);

	private int instances = 2;

	private final InstanceCatalog catalog = TestCatalog.of((service) -> CompletableFuture.completedFuture(set(service)),
			this.timer);

	private final RequestMetrics metrics = new RequestMetrics(this.meters, this.catalog, this.timer);

	@Test
	void requestsAreTimedByServiceInstanceAndOutcome() {
		Request<Object> request = begin(instance("worker", 0));
		assertThat(active("worker", "i-0")).isOne();
		this.clock.add(Duration.ofMillis(30));
		complete(request, status(200), null);
		assertThat(active("worker", "i-0")).isZero();
		Timer timer = this.meters.get("discovery.client.requests")
			.tags("service", "worker", "namespace", "corp", "instance", "i-0", "outcome", "2xx")
			.timer();
		assertThat(timer.count()).isOne();
		assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(30);
	}

	@ParameterizedTest
	@CsvSource({ "200, 2xx", "302, 3xx", "404, 4xx", "503, 5xx" })
	void anAnswerIsTheClassOfItsStatus(int status, String outcome) {
		complete(begin(instance("worker", 0)), status(status), null);
		assertThat(count("worker", "i-0", outcome)).isOne();
		complete(begin(instance("worker", 0)), ServerResponse.status(status).build(), null);
		assertThat(count("worker", "i-0", outcome)).isEqualTo(2);
	}

	@Test
	void aFailureIsOfItsKind() {
		complete(begin(instance("worker", 0)), null, new ConnectException());
		complete(begin(instance("worker", 0)), null, new SocketTimeoutException("Read timed out"));
		complete(begin(instance("worker", 0)), null, new IOException("reset"));
		complete(begin(instance("worker", 0)), null, new IllegalStateException());
		assertThat(List.of("not-connected", "timeout", "io-error", "unknown"))
			.allMatch((outcome) -> count("worker", "i-0", outcome) == 1);
	}

	@Test
	void anInstanceThatAGatewayHasWrappedIsTheSame() {
		ServiceInstance own = instance("worker.partner", 1);
		complete(begin(new DefaultServiceInstance(null, "worker", own.getHost(), own.getPort(), false)), status(200),
				null);
		assertThat(this.meters.get("discovery.client.requests")
			.tags("namespace", "partner", "instance", "i-1")
			.timer()
			.count()).isOne();
		begin(new DefaultServiceInstance(null, "worker", "10.9.9.9", 1, false));
		assertThat(this.meters.find("discovery.client.requests.active").gauges()).hasSize(1);
	}

	@Test
	void aSweepThatFailsIsNotTheLast() {
		RuntimeException failure = new IllegalStateException("a listener of the meter registry");
		AtomicInteger failures = new AtomicInteger();
		this.meters.config().onMeterRemoved((meter) -> {
			if (failures.getAndIncrement() == 0) {
				throw failure;
			}
		});
		complete(begin(instance("worker", 0)), status(200), null);
		complete(begin(instance("worker", 1)), status(200), null);
		this.instances = 1;
		assertThatThrownBy(() -> this.timer.advance(Duration.ofMinutes(3))).isSameAs(failure);
		this.timer.advance(Duration.ofMinutes(3));
		assertThat(this.meters.find("discovery.client.requests").tags("instance", "i-1").timers()).isEmpty();
		assertThat(count("worker", "i-0", "2xx")).isOne();
	}

	@Test
	void whatWasNotSentIsNotCounted() {
		Request<Object> request = new DefaultRequest<>();
		this.metrics.onStart(request);
		this.metrics.onStartRequest(request, new EmptyResponse());
		this.metrics.onComplete(new CompletionContext<>(Status.DISCARD, request, new EmptyResponse()));
		this.metrics.onComplete(new CompletionContext<>(Status.FAILED, new ConnectException(), request,
				new DefaultResponse(instance("worker", 0))));
		assertThat(this.meters.getMeters()).isEmpty();
	}

	@Test
	void anInstanceThatHasLeftIsRemovedWhenItsLastMetersWereSeen() {
		complete(begin(instance("worker", 0)), status(200), null);
		complete(begin(instance("worker", 1)), status(200), null);
		Request<Object> late = begin(instance("worker", 1));
		this.instances = 1;
		this.timer.advance(Duration.ofSeconds(50));
		assertThat(count("worker", "i-1", "2xx")).isOne();
		this.timer.advance(Duration.ofMinutes(2));
		assertThat(this.meters.find("discovery.client.requests").tag("instance", "i-1").meters()).isEmpty();
		assertThat(this.meters.find("discovery.client.requests.active").tag("instance", "i-1").meters()).isEmpty();
		complete(late, status(200), null);
		assertThat(this.meters.find("discovery.client.requests").tag("instance", "i-1").meters()).isEmpty();
		assertThat(count("worker", "i-0", "2xx")).isOne();
	}

	@Test
	void theMetersOfAServiceThatNobodyCallsAreRemoved() {
		complete(begin(instance("worker", 0)), status(200), null);
		this.timer.advance(Duration.ofMinutes(15));
		assertThat(this.catalog.watched()).isEmpty();
		assertThat(this.meters.getMeters()).isEmpty();
	}

	@Test
	void instancesBeyondTheLimitShareTheirMeters() {
		this.instances = RequestMetrics.MAX_INSTANCES + 5;
		IntStream.range(0, this.instances).forEach((i) -> complete(begin(instance("worker", i)), status(200), null));
		assertThat(this.meters.find("discovery.client.requests").timers()).hasSize(RequestMetrics.MAX_INSTANCES + 1);
		assertThat(count("worker", "other", "2xx")).isEqualTo(5);
	}

	@Test
	void aCallThatIsCancelledCountsUntilNobodyKnowsIt() {
		begin(instance("worker", 0));
		assertThat(active("worker", "i-0")).isOne();
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			System.gc();
			complete(begin(instance("worker", 1)), status(200), null);
			return active("worker", "i-0") == 0;
		});
	}

	private Request<Object> begin(ServiceInstance instance) {
		Request<Object> request = new DefaultRequest<>();
		this.metrics.onStartRequest(request, new DefaultResponse(instance));
		return request;
	}

	private void complete(Request<Object> request, Object response, Throwable failure) {
		this.metrics.onComplete(
				(failure != null) ? new CompletionContext<>(Status.FAILED, failure, request, new EmptyResponse())
						: new CompletionContext<>(Status.SUCCESS, request, new EmptyResponse(), response));
	}

	private static ResponseData status(int status) {
		return new ResponseData(HttpStatusCode.valueOf(status), HttpHeaders.EMPTY, null, null);
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
