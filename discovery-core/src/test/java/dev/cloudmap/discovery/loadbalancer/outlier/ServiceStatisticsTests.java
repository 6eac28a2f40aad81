package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ServiceStatisticsTests {

	private final TestStatistics balancing = new TestStatistics();

	private final ServiceStatistics worker = this.balancing.worker();

	private final List<ServiceInstance> instances = TestStatistics.instances(4);

	private final List<Candidate> candidates;

	ServiceStatisticsTests() {
		this.worker.instances(this.instances);
		this.candidates = this.instances.stream().map((instance) -> Candidate.of(instance, this.worker)).toList();
	}

	@Test
	void reportsAndLogsEjectionAndReadmissionOnce(CapturedOutput output) {
		assertThat(call(0, CallOutcome.NOT_CONNECTED)).isFalse();
		assertThat(call(0, CallOutcome.NOT_CONNECTED)).isTrue();
		call(0, CallOutcome.NOT_CONNECTED);
		assertThat(this.worker.reports()).singleElement().satisfies((ejection) -> {
			assertThat(ejection.instance()).startsWith("0 at http://10.0.0.1:");
			assertThat(ejection.reason()).isEqualTo("of its calls 2 in a row could not connect");
			assertThat(ejection.duration()).isEqualTo(Duration.ofSeconds(1));
			assertThat(ejection.times()).isOne();
		});
		this.balancing.advance(Duration.ofSeconds(1));
		assertThat(tryAgain(0)).isTrue();
		assertThat(tryAgain(0)).isFalse();
		assertThat(call(0, CallOutcome.ANSWERED)).isFalse();
		assertThat(this.worker.reports()).isEmpty();
		assertThat(output.getAll().lines().filter((line) -> line.contains("of worker.corp"))).hasSize(2)
			.satisfiesExactly((line) -> assertThat(line).contains("WARN").contains("is ejected for 1000 ms"),
					(line) -> assertThat(line).contains("INFO").contains("is readmitted"));
	}

	@Test
	void earlierCallsDoNotEjectReadmittedInstance() {
		long before = this.balancing.now();
		eject(0);
		this.balancing.advance(Duration.ofSeconds(1));
		tryAgain(0);
		call(0, CallOutcome.ANSWERED);
		this.balancing.advance(Duration.ofSeconds(1));
		for (int i = 0; i < 10; i++) {
			assertThat(this.worker.end(this.candidates.get(0), CallOutcome.TIMED_OUT, before, this.balancing.now()))
				.isFalse();
		}
		assertThat(call(0, CallOutcome.NOT_CONNECTED)).isFalse();
		assertThat(call(0, CallOutcome.NOT_CONNECTED)).isTrue();
		assertThat(this.worker.reports()).singleElement().extracting(Ejection::times).isEqualTo(2);
	}

	@Test
	void ejectsUnresponsiveInstanceBeforeCallsTimeOut() {
		answer(0, Duration.ofMillis(5));
		assertThat(begin(0, 4)).isFalse();
		this.balancing.advance(Duration.ofMillis(99));
		assertThat(begin(0, 1)).isFalse();
		this.balancing.advance(Duration.ofMillis(1));
		answer(1, Duration.ZERO);
		assertThat(begin(0, 1)).isTrue();
		assertThat(this.worker.reports()).singleElement()
			.extracting(Ejection::reason)
			.isEqualTo("of its calls none of 6 was answered for 100 ms");
	}

	@Test
	void callThatIsCountedAfterLaterCallsEjectsNothing() {
		answer(0, Duration.ofMillis(5));
		answer(1, Duration.ofMillis(5));
		long now = this.balancing.now();
		for (int i = 0; i < 5; i++) {
			this.worker.begin(this.candidates.get(0), now + Duration.ofMillis(1).toNanos());
		}
		assertThat(this.worker.begin(this.candidates.get(0), now)).isFalse();
	}

	@Test
	void pauseOfTheCallerEjectsNoInstance() {
		for (int i = 0; i < 4; i++) {
			answer(i, Duration.ofMillis(5));
		}
		for (int i = 0; i < 4; i++) {
			begin(i, 5);
		}
		this.balancing.advance(Duration.ofMillis(1));
		long before = this.balancing.now();
		begin(1, 1);
		answer(2, Duration.ZERO);
		begin(2, 5);
		this.balancing.advance(Duration.ofMillis(300));
		for (int i = 0; i < 4; i++) {
			assertThat(begin(i, 1)).isFalse();
		}
		// the caller processes the first of the answers that arrived during the pause
		this.worker.end(this.candidates.get(1), CallOutcome.ANSWERED, before, this.balancing.now());
		assertThat(begin(0, 1)).isFalse();
		// after an answer to a new call, the caller has processed all earlier answers
		answer(1, Duration.ofMillis(5));
		assertThat(begin(0, 1)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "10, false", "200, true" })
	void abandonedCallCountsIfItHasWaited(int millis, boolean ejected) {
		answer(0, Duration.ofMillis(5));
		boolean out = false;
		for (int i = 0; i < 30 && !out; i++) {
			long began = this.balancing.now();
			out = begin(0, 1);
			this.balancing.advance(Duration.ofMillis(millis));
			this.worker.end(this.candidates.get(0), CallOutcome.UNKNOWN, began, this.balancing.now());
			answer(1, Duration.ofMillis(5));
		}
		assertThat(out).isEqualTo(ejected);
		assertThat(this.candidates.get(0).statistics().inFlight(this.balancing.now())).isZero();
	}

	@Test
	void ejectsNoInstanceWhenNoneAnswers() {
		answer(0, Duration.ofMillis(5));
		for (int i = 0; i < 4; i++) {
			begin(i, 5);
		}
		this.balancing.advance(Duration.ofMinutes(1));
		assertThat(begin(0, 1)).isFalse();
		long began = this.balancing.now();
		begin(1, 1);
		this.worker.end(this.candidates.get(1), CallOutcome.NOT_CONNECTED, began, began);
		assertThat(begin(0, 1)).isFalse();
		answer(0, Duration.ZERO);
		assertThat(this.worker.reports()).isEmpty();
	}

	@Test
	void unresponsiveEjectionDoesNotExtendLaterOnes() {
		long stuck = makeUnresponsive(0);
		this.worker.end(this.candidates.get(0), CallOutcome.ANSWERED, stuck, this.balancing.now());
		assertThat(this.worker.reports()).isEmpty();
		this.balancing.advance(Duration.ofMillis(1));
		eject(0);
		assertThat(this.worker.reports()).singleElement().extracting(Ejection::times).isEqualTo(1);
		this.balancing.advance(Duration.ofSeconds(1));
		tryAgain(0);
		call(0, CallOutcome.ANSWERED);
		this.balancing.advance(Duration.ofMillis(1));
		long again = makeUnresponsive(0);
		this.worker.end(this.candidates.get(0), CallOutcome.ANSWERED, again, this.balancing.now());
		this.balancing.advance(Duration.ofMillis(1));
		eject(0);
		assertThat(this.worker.reports()).singleElement().extracting(Ejection::times).isEqualTo(2);
	}

	@Test
	void anyAnswerReadmitsUnresponsiveInstance() {
		long stuck = makeUnresponsive(0);
		this.balancing.advance(Duration.ofSeconds(20));
		assertThat(this.worker.end(this.candidates.get(0), CallOutcome.SERVER_ERROR, stuck, this.balancing.now()))
			.isFalse();
		assertThat(this.worker.reports()).isEmpty();
	}

	@Test
	void pendingCallsDelayTheTrial() {
		long stuck = makeUnresponsive(0);
		this.balancing.advance(Duration.ofSeconds(9));
		assertThat(tryAgain(0)).isFalse();
		for (int i = 0; i < 6; i++) {
			this.worker.end(this.candidates.get(0), CallOutcome.TIMED_OUT, stuck, this.balancing.now());
		}
		assertThat(this.worker.reports()).hasSize(1);
		assertThat(tryAgain(0)).isTrue();
		this.worker.end(this.candidates.get(0), CallOutcome.TIMED_OUT, this.balancing.now(), this.balancing.now());
		assertThat(this.worker.reports()).singleElement().extracting(Ejection::times).isEqualTo(2);
	}

	@Test
	void pendingCallsDelayTheTrialUpToTheMaximum() {
		makeUnresponsive(0);
		this.balancing.advance(Duration.ofSeconds(30));
		assertThat(tryAgain(0)).isTrue();
	}

	@Test
	void abandonsCallsThatWaitForAnUnresponsiveInstance() {
		answer(0, Duration.ofMillis(5));
		AtomicInteger abandoned = new AtomicInteger();
		long began = this.balancing.now();
		Runnable answered = abandoned::incrementAndGet;
		Runnable ofOther = abandoned::incrementAndGet;
		begin(0, 5);
		for (int i = 0; i < 3; i++) {
			this.worker.await(this.candidates.get(0), began, () -> abandoned.addAndGet(10));
		}
		this.worker.await(this.candidates.get(0), began, answered);
		this.candidates.get(0).statistics().endWait(answered);
		this.worker.await(this.candidates.get(1), began, ofOther);
		this.balancing.advance(Duration.ofMillis(101));
		answer(1, Duration.ZERO);
		assertThat(begin(0, 1)).isTrue();
		assertThat(abandoned).hasValue(30);
		// the call that has ejected the instance, and one that began at the same time
		this.worker.await(this.candidates.get(0), this.balancing.now(), () -> abandoned.addAndGet(100));
		assertThat(abandoned).hasValue(130);
		this.balancing.advance(Duration.ofSeconds(1));
		this.worker.await(this.candidates.get(0), this.balancing.now(), () -> abandoned.addAndGet(1000));
		begin(1, 1);
		assertThat(abandoned).hasValue(130);
	}

	@Test
	void abandonsUnansweredTrial() {
		long stuck = makeUnresponsive(0);
		for (int i = 0; i < 6; i++) {
			this.worker.end(this.candidates.get(0), CallOutcome.TIMED_OUT, stuck, this.balancing.now());
		}
		this.balancing.advance(Duration.ofSeconds(1));
		assertThat(tryAgain(0)).isTrue();
		AtomicInteger abandoned = new AtomicInteger();
		long trial = this.balancing.now();
		begin(0, 1);
		this.worker.await(this.candidates.get(0), trial, abandoned::incrementAndGet);
		this.balancing.advance(Duration.ofMillis(499));
		answer(1, Duration.ZERO);
		begin(1, 1);
		assertThat(abandoned).hasValue(0);
		this.balancing.advance(Duration.ofMillis(1));
		begin(1, 1);
		assertThat(abandoned).hasValue(1);
		this.worker.end(this.candidates.get(0), CallOutcome.TIMED_OUT, trial, this.balancing.now());
		assertThat(this.worker.reports()).singleElement()
			.satisfies((ejection) -> assertThat(ejection.duration()).isEqualTo(Duration.ofSeconds(2)));
	}

	@Test
	void pauseOfTheCallerAbandonsNoTrial() {
		eject(0);
		answer(0, Duration.ofMillis(5));
		eject(1);
		this.balancing.advance(Duration.ofSeconds(1));
		assertThat(tryAgain(1)).isTrue();
		AtomicInteger abandoned = new AtomicInteger();
		begin(1, 1);
		this.worker.await(this.candidates.get(1), this.balancing.now(), abandoned::incrementAndGet);
		this.balancing.advance(Duration.ofMinutes(1));
		begin(2, 1);
		assertThat(abandoned).hasValue(0);
	}

	@Test
	void slowInstanceHasALongerLimit() {
		answer(0, Duration.ofMillis(200));
		begin(0, 5);
		this.balancing.advance(Duration.ofMillis(1500));
		answer(1, Duration.ZERO);
		assertThat(begin(0, 1)).isFalse();
		answer(0, Duration.ZERO);
		assertThat(begin(0, 10)).isFalse();
	}

	@Test
	void unmeasuredInstanceHasTenSeconds() {
		begin(0, 5);
		this.balancing.advance(Duration.ofMillis(9999));
		answer(1, Duration.ZERO);
		assertThat(begin(0, 1)).isFalse();
		this.balancing.advance(Duration.ofMillis(1));
		assertThat(begin(0, 1)).isTrue();
	}

	private long makeUnresponsive(int instance) {
		answer(instance, Duration.ofMillis(5));
		long began = this.balancing.now();
		begin(instance, 5);
		this.balancing.advance(Duration.ofMillis(101));
		answer(instance + 1, Duration.ZERO);
		assertThat(begin(instance, 1)).isTrue();
		return began;
	}

	private boolean begin(int instance, int calls) {
		boolean ejected = false;
		for (int i = 0; i < calls; i++) {
			ejected = this.worker.begin(this.candidates.get(instance), this.balancing.now());
		}
		return ejected;
	}

	private void answer(int instance, Duration latency) {
		long began = this.balancing.now();
		begin(instance, 1);
		this.balancing.advance(latency);
		this.worker.end(this.candidates.get(instance), CallOutcome.ANSWERED, began, this.balancing.now());
	}

	@Test
	void ejectsAtMostHalf() {
		for (int i = 0; i < 4; i++) {
			eject(i);
		}
		assertThat(this.worker.ejections().out()).hasSize(2);
	}

	@Test
	void neverEjectsTheOnlyInstance() {
		this.worker.instances(this.instances.subList(0, 1));
		eject(0);
		assertThat(this.worker.ejections().out()).isEmpty();
	}

	@Test
	void forgetsRemovedInstance() {
		eject(0);
		this.worker.begin(this.candidates.get(0), this.balancing.now());
		this.worker.instances(this.instances.subList(1, 4));
		assertThat(this.worker.reports()).isEmpty();
		assertThat(call(0, CallOutcome.NOT_CONNECTED)).isFalse();
		this.worker.instances(this.instances);
		assertThat(this.worker.of(key(0)).inFlight(this.balancing.now())).isZero();
		assertThat(call(0, CallOutcome.NOT_CONNECTED)).isFalse();
	}

	@Test
	void changedAttributesKeepTheEjection() {
		eject(0);
		this.worker.instances(List.of(TestStatistics.instance("0", Map.of("color", "blue")), this.instances.get(1)));
		assertThat(this.worker.reports()).hasSize(1);
	}

	@Test
	void callsOfRemovedInstanceDoNotCountForItsSuccessor() {
		long before = this.balancing.now();
		this.worker.begin(this.candidates.get(0), before);
		this.worker.instances(this.instances.subList(1, 4));
		this.balancing.advance(Duration.ofSeconds(1));
		this.worker.instances(this.instances);
		long now = this.balancing.now();
		Candidate successor = Candidate.of(this.instances.get(0), this.worker);
		this.worker.begin(successor, now);
		for (int i = 0; i < 30; i++) {
			assertThat(this.worker.end(this.candidates.get(0), CallOutcome.NOT_CONNECTED, before, now)).isFalse();
		}
		assertThat(successor.statistics().inFlight(now)).isOne();
	}

	@Test
	void ejectsNoInstanceIfDisabled() {
		this.balancing.policy = new OutlierPolicy(false, 1, 1, 0, 1, Duration.ofSeconds(1), Duration.ofSeconds(1),
				Duration.ofSeconds(1), 1, Duration.ofSeconds(1), 1);
		ServiceStatistics off = this.balancing.worker();
		off.instances(this.instances);
		Candidate candidate = Candidate.of(this.instances.get(0), off);
		for (int i = 0; i < 30; i++) {
			assertThat(off.end(candidate, CallOutcome.NOT_CONNECTED, this.balancing.now(), this.balancing.now()))
				.isFalse();
		}
	}

	private void eject(int instance) {
		call(instance, CallOutcome.NOT_CONNECTED);
		call(instance, CallOutcome.NOT_CONNECTED);
	}

	private boolean call(int instance, CallOutcome outcome) {
		long now = this.balancing.now();
		this.worker.begin(this.candidates.get(instance), now);
		return this.worker.end(this.candidates.get(instance), outcome, now, now);
	}

	private boolean tryAgain(int instance) {
		return this.worker.tryAgain(key(instance), this.balancing.now());
	}

	private InstanceKey key(int instance) {
		return InstanceKey.of(this.instances.get(instance));
	}

}
