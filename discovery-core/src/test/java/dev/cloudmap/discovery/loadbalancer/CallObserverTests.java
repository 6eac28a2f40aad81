package dev.cloudmap.discovery.loadbalancer;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.CompletionContext.Status;
import org.springframework.cloud.client.loadbalancer.DefaultRequest;
import org.springframework.cloud.client.loadbalancer.DefaultResponse;
import org.springframework.cloud.client.loadbalancer.EmptyResponse;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.ResponseData;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.servlet.function.ServerResponse;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.TestStatistics;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class CallObserverTests {

	private final ManualTimer timer = new ManualTimer();

	private int lookups;

	private final InstanceCatalog catalog = TestCatalog.of((service) -> {
		this.lookups++;
		return CompletableFuture.completedFuture(new InstanceSet(service,
				List.of(new Instance(service, "a", "127.0.0.1", 1, HealthStatus.UNKNOWN, Map.of())), "test"));
	}, this.timer);

	private final TestStatistics balancing = new TestStatistics();

	private final ServiceStatistics worker = this.balancing.worker();

	private final List<String> events = new ArrayList<>();

	private final CallObserver observer = new CallObserver(this.catalog, new Events(), this.balancing.nanos::get);

	static Stream<Exception> connectFailures() {
		return Stream.of(new ConnectException("Connection refused"), new NoRouteToHostException(),
				new UnknownHostException("worker-1"), new HttpConnectTimeoutException("HTTP connect timed out"),
				new SocketTimeoutException("Connect timed out"),
				new SocketTimeoutException("Connect to http://10.0.0.1 failed: Read timed out"),
				new ResourceAccessException("I/O error", new ConnectException()),
				new WebClientRequestException(new ConnectException(), HttpMethod.GET, URI.create("http://worker/"),
						HttpHeaders.EMPTY),
				new IllegalStateException(new IOException(new ConnectException())));
	}

	static Stream<Exception> otherFailures() {
		IOException circular = new IOException();
		circular.initCause(new IOException(circular));
		return Stream.of(new SocketTimeoutException("Read timed out"), new SocketTimeoutException(),
				new HttpTimeoutException("request timed out"), new SocketException("Connection reset"),
				new IOException("broken pipe"), new IllegalStateException(), circular);
	}

	@ParameterizedTest
	@MethodSource("connectFailures")
	void connectFailureTriggersLookup(Exception failure) {
		complete("worker.corp", Status.FAILED, failure);
		assertThat(this.lookups).isEqualTo(2);
	}

	@ParameterizedTest
	@MethodSource("otherFailures")
	void otherFailureTriggersNoLookup(Exception failure) {
		complete("worker", Status.FAILED, failure);
		assertThat(this.lookups).isEqualTo(1);
	}

	@Test
	void otherOutcomesTriggerNoLookup() {
		complete("worker", Status.SUCCESS, null);
		complete("worker", Status.DISCARD, new ConnectException());
		complete("worker", Status.FAILED, null);
		this.observer.onComplete(new CompletionContext<>(Status.FAILED, new ConnectException(),
				new DefaultRequest<Object>(), new EmptyResponse()));
		this.observer.onComplete(new CompletionContext<>(Status.FAILED, new DefaultRequest<Object>()));
		assertThat(this.lookups).isEqualTo(1);
	}

	@Test
	void looksUpInTheNamespaceOfTheInstance() {
		this.catalog.service("worker");
		complete("worker.partner", Status.FAILED, new ConnectException());
		// one each at first, and one of the right one
		assertThat(this.lookups).isEqualTo(3);
	}

	@Test
	void ejectionTriggersLookup() {
		ServiceInstance known = known();
		this.timer.advance(Duration.ofSeconds(1));
		this.worker.instances(List.of(known, TestStatistics.instance("other", Map.of())));
		for (int i = 0; i < 4; i++) {
			answer(chosen(), 500);
		}
		assertThat(this.lookups).isEqualTo(1);
		answer(chosen(), 503);
		assertThat(this.lookups).isEqualTo(2);
		assertThat(this.worker.reports()).hasSize(1);
	}

	@Test
	void openWebSocketIsNotUnresponsive() {
		ServiceInstance instance = known();
		ServiceInstance other = TestStatistics.instance("other", Map.of());
		this.worker.instances(List.of(instance, other));
		HttpHeaders headers = new HttpHeaders();
		headers.setUpgrade("WebSocket");
		for (int i = 0; i < 10; i++) {
			begin(chosen(), headers);
			answered(other);
		}
		assertThat(statistics(instance).inFlight(this.balancing.now())).isEqualTo(10);
		assertThat(this.worker.reports()).isEmpty();
		for (int i = 0; i < 10; i++) {
			begin(chosen(), HttpHeaders.EMPTY);
			answered(other);
		}
		assertThat(this.worker.reports()).hasSize(1);
	}

	private void answered(ServiceInstance instance) {
		new Attempt((CatalogServiceInstance) known(), this.catalog.service("worker"), this.worker,
				Candidate.of(instance, this.worker))
			.close(CallOutcome.ofStatus(200), 200);
		this.balancing.advance(Duration.ofSeconds(2));
	}

	private void begin(ServiceInstance instance, HttpHeaders headers) {
		RequestData data = new RequestData(HttpMethod.GET, URI.create("http://worker/"), headers, null, Map.of());
		this.observer.onStartRequest(new DefaultRequest<>(new RequestDataContext(data)), new DefaultResponse(instance));
	}

	@Test
	void requestIsInFlightUntilComplete() {
		this.worker.instances(List.of(known()));
		InstanceStatistics known = statistics(known());
		ServiceInstance instance = chosen();
		DefaultRequest<Object> request = new DefaultRequest<>();
		this.observer.onStart(request);
		this.observer.onStartRequest(request, new DefaultResponse(instance));
		assertThat(known.inFlight(this.balancing.now())).isOne();
		this.balancing.advance(Duration.ofMillis(70));
		this.observer
			.onComplete(new CompletionContext<>(Status.SUCCESS, request, new DefaultResponse(instance), response(200)));
		assertThat(known.inFlight(this.balancing.now())).isZero();
		assertThat(known.latency(this.balancing.now())).isEqualTo((double) Duration.ofMillis(70).toNanos());
	}

	@ParameterizedTest
	@CsvSource({ "200, ANSWERED 200", "404, ANSWERED 404", "503, SERVER_ERROR 503" })
	void reportsRequestsOfAnotherLoadBalancer(int status, String reported) {
		for (Object response : List.of(response(status), ServerResponse.status(status).build())) {
			this.events.clear();
			ServiceInstance wrapped = new DefaultServiceInstance(null, "worker", known().getHost(), known().getPort(),
					false);
			DefaultRequest<Object> request = new DefaultRequest<>(new RequestDataContext());
			this.observer.onStartRequest(request, new DefaultResponse(wrapped));
			this.observer
				.onComplete(new CompletionContext<>(Status.SUCCESS, request, new DefaultResponse(wrapped), response));
			assertThat(this.events).containsExactly("a began", "a ended " + reported);
		}
	}

	@Test
	void doesNotReportUnsentRequest() {
		DefaultRequest<Object> request = new DefaultRequest<>(new RequestDataContext());
		this.observer.onStart(request);
		this.observer.onStartRequest(request, new EmptyResponse());
		this.observer.onComplete(new CompletionContext<>(Status.DISCARD, request, new EmptyResponse()));
		this.observer.onComplete(
				new CompletionContext<>(Status.FAILED, new ConnectException(), request, new DefaultResponse(known())));
		assertThat(this.events).isEmpty();
	}

	private void answer(ServiceInstance instance, int status) {
		DefaultRequest<Object> request = new DefaultRequest<>();
		this.observer.onStartRequest(request, new DefaultResponse(instance));
		this.observer.onComplete(
				new CompletionContext<>(Status.SUCCESS, request, new DefaultResponse(instance), response(status)));
		this.timer.advance(Duration.ofMillis(1));
	}

	private ServiceInstance known() {
		return this.catalog.service("worker").instances().join().get(0);
	}

	private ServiceInstance chosen() {
		CatalogServiceInstance known = (CatalogServiceInstance) known();
		return new Attempt(known, this.catalog.service("worker"), this.worker, Candidate.of(known, this.worker));
	}

	private InstanceStatistics statistics(ServiceInstance instance) {
		return Candidate.of(instance, this.worker).statistics();
	}

	private static ResponseData response(int status) {
		return new ResponseData(HttpStatusCode.valueOf(status), HttpHeaders.EMPTY, null, null);
	}

	private void complete(String serviceId, Status status, Exception failure) {
		ServiceInstance instance = this.catalog.service(serviceId).instances().join().get(0);
		this.timer.advance(Duration.ofSeconds(1));
		this.observer.onComplete(new CompletionContext<Object, ServiceInstance, Object>(status, failure,
				new DefaultRequest<>(), new DefaultResponse(instance)));
		this.timer.advance(Duration.ofMillis(1));
	}

	private final class Events implements CallListener {

		@Override
		public void began(ServiceName service, String instance, long now) {
			CallObserverTests.this.events.add(instance + " began");
		}

		@Override
		public void ended(ServiceName service, String instance, Attempt.Ending ending) {
			CallObserverTests.this.events.add(instance + " ended " + ending.outcome() + " " + ending.status());
		}

	}

}
