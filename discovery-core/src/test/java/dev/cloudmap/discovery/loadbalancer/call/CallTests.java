package dev.cloudmap.discovery.loadbalancer.call;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

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
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.outlier.Attempt;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;
import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.TestStatistics;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class CallTests {

	private static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	private static final RetryPolicy POLICY = new RetryPolicy(2, Set.of(502, 503, 504), Set.of("GET", "PUT"),
			new RetryPolicy.Budget(0, 10));

	private final ConnectException refused = new ConnectException("refused");

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());

	private final List<String> told = new ArrayList<>();

	private RetryPolicy policy = POLICY;

	private @Nullable Duration limit;

	private InstanceCatalog catalog;

	@Test
	void retriesTwiceAtMost() {
		Call call = call("POST", 5);
		for (int i = 0; i < 3; i++) {
			call.sentTo(instance(i));
			assertThat(call.retries(this.refused, Call.Body.REPEATABLE)).isEqualTo(i < 2);
		}
		assertThat(call.attempts()).isEqualTo(3);
		assertThat(this.told).containsExactly("retried NOT_CONNECTED", "retried NOT_CONNECTED");
	}

	@Test
	void doesNotRetryTheLastInstance() {
		Call call = call("GET", 2);
		call.sentTo(instance(0));
		assertThat(call.retries(this.refused, Call.Body.REPEATABLE)).isTrue();
		call.sentTo(instance(1));
		assertThat(call.retries(this.refused, Call.Body.REPEATABLE)).isFalse();
	}

	@Test
	void doesNotRetryAnUnsentCall() {
		assertThat(call("GET", 2).retries(503, Call.Body.REPEATABLE)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "GET, 503, true", "PUT, 502, true", "GET, 504, true", "POST, 503, false", "GET, 500, false",
			"GET, 429, false", "GET, 200, false" })
	void retriesByStatusAndMethod(String method, int status, boolean again) {
		Call call = call(method, 2);
		call.sentTo(instance(0));
		assertThat(call.retries(status, Call.Body.REPEATABLE)).isEqualTo(again);
	}

	@ParameterizedTest
	@CsvSource({ "GET, true", "POST, false" })
	void retriesBrokenConnectionForRetryableMethods(String method, boolean again) {
		Call call = call(method, 2);
		call.sentTo(instance(0));
		assertThat(call.retries(new IOException("reset"), Call.Body.REPEATABLE)).isEqualTo(again);
	}

	@Test
	void doesNotRetryFailureOfTheCaller() {
		Call call = call("GET", 2);
		call.sentTo(instance(0));
		assertThat(call.retries(new IllegalStateException("a bug"), Call.Body.REPEATABLE)).isFalse();
	}

	@Test
	void sendsNoRetryAfterInterrupt() {
		Call call = call("GET", 2);
		call.sentTo(instance(0));
		Thread.currentThread().interrupt();
		try {
			assertThat(call.retries(this.refused, Call.Body.REPEATABLE)).isFalse();
			assertThat(call.retries(503, Call.Body.REPEATABLE)).isFalse();
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
		assertThat(call.retries(503, Call.Body.REPEATABLE)).isTrue();
	}

	@Test
	void doesNotRetrySpentBody() {
		Call call = call("PUT", 2);
		call.sentTo(instance(0));
		assertThat(call.retries(503, Call.Body.SPENT)).isFalse();
	}

	@Test
	void doesNotRetryAfterTheTimeout() {
		this.limit = Duration.ofSeconds(2);
		Call call = call("GET", 3);
		call.sentTo(instance(0));
		advance(Duration.ofMillis(1500));
		assertThat(call.remaining()).hasMillis(500);
		assertThat(call.retries(503, Call.Body.REPEATABLE)).isTrue();
		call.sentTo(instance(1));
		advance(Duration.ofMillis(600));
		assertThat(call.remaining()).isZero();
		assertThat(call.retries(503, Call.Body.REPEATABLE)).isFalse();
	}

	@Test
	void hasNoDeadlineWithoutLimit() {
		assertThat(call("GET", 1).remaining()).isNull();
	}

	@Test
	void reportsExhaustedBudget() {
		this.policy = new RetryPolicy(2, Set.of(503), Set.of("GET"), new RetryPolicy.Budget(0, 1));
		Calls calls = calls(3);
		for (int i = 0; i < 2; i++) {
			Call call = calls.begin("worker", "GET");
			call.sentTo(instance(0));
			assertThat(call.retries(503, Call.Body.REPEATABLE)).isEqualTo(i == 0);
		}
		assertThat(this.told).containsExactly("retried SERVER_ERROR", "denied");
	}

	@Test
	void namesOfAServiceShareItsBudget() {
		this.policy = new RetryPolicy(2, Set.of(503), Set.of("GET"), new RetryPolicy.Budget(0, 1));
		Calls calls = calls(3);
		Call one = calls.begin("worker", "GET");
		one.sentTo(instance(0));
		assertThat(one.retries(503, Call.Body.REPEATABLE)).isTrue();
		Call other = calls.begin("worker.corp", "GET");
		other.sentTo(instance(0));
		assertThat(other.retries(503, Call.Body.REPEATABLE)).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "GET, 1", "HEAD, 1", "OPTIONS, 1", "PUT, 0", "DELETE, 0", "POST, 0" })
	void safeRequestsAreAbandoned(String method, int abandoned) {
		this.policy = new RetryPolicy(2, Set.of(), Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE"),
				new RetryPolicy.Budget(0, 10));
		assertThat(abandonments(call(method, 3))).isEqualTo(abandoned);
		assertThat(this.told).isEmpty();
	}

	@Test
	void abandonedRequestIsSentAgainWithinTheBudget() {
		this.policy = new RetryPolicy(2, Set.of(503), Set.of("GET"), new RetryPolicy.Budget(0, 1));
		Calls calls = calls(3);
		Call call = calls.begin("worker", "GET");
		assertThat(abandonments(call)).isOne();
		IOException failure = new IOException(call.abandoned());
		assertThat(call.retries(failure, Call.Body.REPEATABLE)).isTrue();
		assertThat(this.told).containsExactly("retried TIMED_OUT");
		assertThat(abandonments(calls.begin("worker", "GET"))).isZero();
		assertThat(this.told).containsExactly("retried TIMED_OUT", "denied");
	}

	@Test
	void requestThatCannotBeRepeatedIsNotAbandoned() {
		assertThat(abandonments(call("GET", 1))).isZero();
		assertThat(abandonments(call("GET", 3), Call.Body.SPENT)).isZero();
		this.policy = RetryPolicy.NEVER;
		assertThat(abandonments(call("GET", 3))).isZero();
	}

	@Test
	void requestThatDoesNotWaitIsNotAbandoned() {
		Call call = call("GET", 3);
		Unresponsive worker = new Unresponsive();
		call.sentTo(worker.instance);
		AtomicInteger abandoned = new AtomicInteger();
		Runnable end = call.await(() -> Call.Body.REPEATABLE, abandoned::incrementAndGet);
		end.run();
		worker.eject();
		assertThat(abandoned).hasValue(0);
	}

	private int abandonments(Call call) {
		return abandonments(call, Call.Body.REPEATABLE);
	}

	/**
	 * Returns the number of abandonments of an attempt at an instance that becomes
	 * unresponsive.
	 */
	private int abandonments(Call call, Call.Body body) {
		Unresponsive worker = new Unresponsive();
		call.sentTo(worker.instance);
		AtomicInteger abandoned = new AtomicInteger();
		call.await(() -> body, abandoned::incrementAndGet);
		worker.eject();
		return abandoned.get();
	}

	/**
	 * The first instance of the service, and statistics that eject it as unresponsive.
	 */
	private final class Unresponsive {

		private final TestStatistics balancing = new TestStatistics();

		private final ServiceStatistics statistics = this.balancing.worker();

		private final List<ServiceInstance> instances = TestStatistics.instances(2);

		private final Candidate candidate;

		private final ServiceInstance instance;

		Unresponsive() {
			this.statistics.instances(this.instances);
			this.candidate = Candidate.of(this.instances.get(0), this.statistics);
			WatchedService service = CallTests.this.catalog.service("worker");
			this.instance = new Attempt((CatalogServiceInstance) service.known().get(0), service, this.statistics,
					this.candidate);
		}

		void eject() {
			for (int i = 0; i < 5; i++) {
				TestStatistics.begin(this.statistics, this.candidate, this.balancing.now());
			}
			this.balancing.advance(Duration.ofSeconds(20));
			Candidate other = Candidate.of(this.instances.get(1), this.statistics);
			TestStatistics.end(this.statistics, other, CallOutcome.ANSWERED, this.balancing.now(),
					this.balancing.now());
			TestStatistics.begin(this.statistics, this.candidate, this.balancing.now());
			assertThat(this.statistics.reports()).hasSize(1);
		}

	}

	private Call call(String method, int instances) {
		return calls(instances).begin("worker", method);
	}

	private Calls calls(int count) {
		List<Instance> instances = IntStream.range(0, count)
			.mapToObj((i) -> new Instance(WORKER, "i-" + i, "10.0.0." + i, 80, HealthStatus.HEALTHY, Map.of()))
			.toList();
		InstanceCatalog catalog = TestCatalog.of(
				(service) -> CompletableFuture.completedFuture(new InstanceSet(WORKER, instances, "test")),
				new ManualTimer());
		this.catalog = catalog;
		catalog.service("worker").instances().join();
		return new Calls(catalog, TestOtherClients.NONE,
				(service) -> new CallSettings(new CallTimeouts(null, this.limit, null), this.policy), new Told(),
				this.nanos::get, null);
	}

	private ServiceInstance instance(int number) {
		return this.catalog.service("worker").known().get(number);
	}

	private void advance(Duration duration) {
		this.nanos.addAndGet(duration.toNanos());
	}

	private final class Told implements CallListener {

		@Override
		public void retried(ServiceName service, CallOutcome outcome) {
			CallTests.this.told.add("retried " + outcome);
		}

		@Override
		public void retryDenied(ServiceName service) {
			CallTests.this.told.add("denied");
		}

	}

}
