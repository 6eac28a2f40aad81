package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cloudmap.benchmarks.scenario.load.Requests;
import dev.cloudmap.benchmarks.scenario.process.Http;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;
import dev.cloudmap.testsupport.FullBacklog;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a backend while workers crash, hang, return errors and are slow. It compares the
 * starter's defaults with Spring Cloud LoadBalancer on the same {@code DiscoveryClient}
 * with the defaults of its own starter. {@code -Dfaults.callers=starter,plain,tuned}
 * selects the callers. The caller {@code tuned} has an expert configuration.
 */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {

	private static final int WORKERS = 3;

	/**
	 * The maximum number of slow requests if one worker is unresponsive. There are none
	 * unless the machine is busy.
	 */
	private static final int MAX_SLOW_REQUESTS = 2;

	/**
	 * The maximum number of requests to workers per sent request when all workers return
	 * errors.
	 */
	private static final double AMPLIFICATION = 1.25;

	/** The time for which a worker is paused. */
	private static final Duration UNRESPONSIVE = Duration
		.ofSeconds(Integer.getInteger("faults.unresponsive-seconds", 20));

	/** The time after which a killed process receives no requests. */
	private static final Duration DETECTION = Duration.ofSeconds(1);

	/** The default time to wait for a connection. */
	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	/** The observation time for the recovery of a caller. */
	private static final Duration RECOVERY = Duration.ofMinutes(1);

	private static final Caller STARTER = ComparedCallers.STARTER;

	private static final List<Caller> CALLERS = ComparedCallers
		.named(System.getProperty("faults.callers", "starter,plain"));

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("faults", WORKERS, (directory) -> Fleet
		.withExternalRegistry(directory, List.of(), ComparedCallers.extraClasses(FaultyWorker.class), CALLERS));

	private static final List<ComparedResult> results = new ArrayList<>();

	static List<Caller> callers() {
		return CALLERS;
	}

	@AfterAll
	static void show() throws IOException {
		fleet.show(results, "comparison.md");
	}

	/**
	 * Verifies that Spring Cloud LoadBalancer uses its cache, which retains stale
	 * instances. Without it, the comparison would be meaningless.
	 */
	@ParameterizedTest
	@MethodSource("callers")
	@Order(0)
	void comparedCallersUseTheirCache(Caller caller) {
		assertThat(fleet.fleet().backend(caller).hasLogged("returning delegate without caching")).isFalse();
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(1)
	void oneAnswersHalfOfItsRequestsWith500(Caller caller) throws Exception {
		SampleProcess faulty = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three answers half of its requests with 500, for 10 s", caller, (run) -> {
			faulty.post("/faults/status?status=500&fraction=0.5");
			run.waitFor(Duration.ofSeconds(10));
			faulty.post("/faults/status?status=500&fraction=0");
		});
		if (caller.equals(STARTER)) {
			// without ejection, a sixth of the requests would fail
			assertThat(result.requests().failed().count()).isLessThan(result.requests().count() / 12);
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(2)
	void oneIsSlow(Caller caller) throws Exception {
		SampleProcess slow = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three is ten times slower (50 ms), for 8 s", caller, (run) -> {
			slow.post("/faults/delay?millis=50");
			run.waitFor(Duration.ofSeconds(8));
			slow.post("/faults/delay?millis=0");
		});
		if (caller.equals(STARTER)) {
			assertThat(result.requests().failed().all()).isEmpty();
			assertThat(result.slow().all()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(3)
	void allAnswerWith503(Caller caller) throws Exception {
		List<SampleProcess> workers = fleet.fleet().workers();
		List<Count> counts = new ArrayList<>();
		ComparedResult result = run("all answer with 503, for 8 s", caller, (run) -> {
			workers.forEach((worker) -> worker.post("/faults/status?status=503&fraction=1"));
			counts.add(count(run, caller));
			run.waitFor(Duration.ofSeconds(8));
			counts.add(count(run, caller));
			workers.forEach((worker) -> worker.post("/faults/status?status=503&fraction=0"));
		});
		double amplification = amplification(result, counts);
		results.set(results.size() - 1, result.with("%.2f received per request".formatted(amplification)));
		if (caller.equals(STARTER)) {
			assertThat(amplification).isLessThanOrEqualTo(AMPLIFICATION);
		}
	}

	private static Count count(ScenarioRun run, Caller caller) {
		Duration began = run.now();
		long received = fleet.fleet().receivedRequests(caller);
		return new Count(received, began.plus(run.now()).dividedBy(2));
	}

	/**
	 * Returns the number of requests that workers received between two counts, per sent
	 * request.
	 */
	private static double amplification(ComparedResult result, List<Count> counts) {
		Count from = counts.get(0);
		Count to = counts.get(1);
		return (to.received() - from.received())
				/ (double) result.requests().scheduledBetween(from.at(), to.at()).count();
	}

	/** The number of requests that workers have received, and the time of the count. */
	private record Count(long received, Duration at) {
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(4)
	void oneIsUnresponsive(Caller caller) throws Exception {
		SampleProcess unresponsive = fleet.fleet().workers().get(0);
		String name = "one of three is unresponsive for %d s (SIGSTOP)".formatted(UNRESPONSIVE.toSeconds());
		ComparedResult result = run(name, caller, (run) -> {
			unresponsive.pause();
			run.waitFor(UNRESPONSIVE);
			unresponsive.resume();
			run.waitFor(Duration.ofSeconds(2));
		});
		if (caller.equals(STARTER)) {
			assertThat(result.requests().failed().all()).isEmpty();
			assertThat(result.slow().all()).hasSizeLessThanOrEqualTo(MAX_SLOW_REQUESTS);
		}
	}

	/**
	 * A paused worker whose backlog is full answers no packet of a new connection, and
	 * none of the requests on existing ones.
	 */
	@ParameterizedTest
	@MethodSource("callers")
	@Order(5)
	void theHostOfOneSwallowsPackets(Caller caller) throws Exception {
		SampleProcess unreachable = fleet.fleet().workers().get(0);
		Instant[] fault = new Instant[2];
		ComparedResult result = run("the host of one of three swallows packets, for 10 s", caller, (run) -> {
			fault[0] = Instant.now();
			unreachable.pause();
			FullBacklog full = FullBacklog.of(unreachable.port());
			run.waitFor(Duration.ofSeconds(10));
			full.close();
			fault[1] = Instant.now();
			unreachable.resume();
			run.waitFor(Duration.ofSeconds(2));
		});
		Duration lastRequest = lastRequest(caller, unreachable, fault[0], fault[1]);
		results.set(results.size() - 1,
				result.with("last request to it after %.2f s".formatted(lastRequest.toMillis() / 1e3)));
		if (caller.equals(STARTER)) {
			assertThat(result.requests().failed().all()).isEmpty();
			assertThat(lastRequest).isLessThan(CONNECT_TIMEOUT.plus(DETECTION));
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(6)
	void oneIsKilled(Caller caller) throws Exception {
		SampleProcess killed = fleet.fleet().workers().get(0);
		List<Count> counts = new ArrayList<>();
		Instant[] fault = new Instant[1];
		ComparedResult result = run("one of three is killed (SIGKILL)", caller, (run) -> {
			fault[0] = Instant.now();
			killed.kill();
			counts.add(count(run, caller));
			run.waitFor(Duration.ofSeconds(10));
			counts.add(count(run, caller));
		});
		Duration lastRequest = lastRequest(caller, killed, fault[0], Instant.now());
		double amplification = amplification(result, counts);
		results.set(results.size() - 1,
				result.with("%.2f received by the others per request, last request to it after %.2f s"
					.formatted(amplification, lastRequest.toMillis() / 1e3)));
		if (caller.equals(STARTER)) {
			assertThat(result.requests().failed().all()).isEmpty();
			assertThat(amplification).isLessThanOrEqualTo(AMPLIFICATION);
			assertThat(lastRequest).isLessThan(DETECTION);
		}
	}

	/**
	 * Returns the time from the beginning of a fault until a caller sent its last request
	 * to the worker before the end.
	 */
	private static Duration lastRequest(Caller caller, SampleProcess worker, Instant begin, Instant end) {
		String last = Http.get(fleet.fleet()
			.backend(caller)
			.uri("/last-request?instance=" + worker.name() + "&before=" + end.toEpochMilli()));
		return Duration.between(begin, Instant.ofEpochMilli(Long.parseLong(last)));
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(7)
	void allAreKilledAndReplaced(Caller caller) throws Exception {
		List<SampleProcess> killed = fleet.fleet().workers();
		Duration[] replaced = new Duration[1];
		ComparedResult result = run("all are killed and replaced 2 s later", caller, (run) -> {
			killed.forEach(SampleProcess::kill);
			run.waitFor(Duration.ofSeconds(2));
			for (int i = 0; i < WORKERS; i++) {
				fleet.fleet().startWorker();
			}
			fleet.fleet().workers().forEach(SampleProcess::awaitStarted);
			replaced[0] = run.now();
			run.waitFor(Duration.ofSeconds(2));
			run.await("two seconds without failures, or the end of a minute", () -> {
				Requests latest = run.requests().endedAfter(run.now().minusSeconds(2));
				return (latest.count() > 0 && latest.failed().count() == 0)
						|| run.now().compareTo(replaced[0].plus(RECOVERY)) >= 0;
			});
		});
		Requests failed = result.requests().failed();
		Duration lastFailure = failed.lastEnd().orElse(replaced[0]);
		results.set(results.size() - 1,
				result.with("last failure %.1f s after the start of the others; failures took %d ms (p50), %d ms (p99)"
					.formatted(lastFailure.minus(replaced[0]).toMillis() / 1e3, failed.latency(0.5).toMillis(),
							failed.latency(0.99).toMillis())));
		if (caller.equals(STARTER)) {
			assertThat(lastFailure).isLessThan(replaced[0].plusSeconds(3));
		}
	}

	/**
	 * Runs a scenario with one of the callers after it has recovered from the previous
	 * one, and records the result.
	 */
	private static ComparedResult run(String name, Caller caller, Scenario.Steps steps) throws Exception {
		fleet.fleet().settle(WORKERS, caller);
		ScenarioResult measured = fleet.fleet().scenario(name, caller).run(steps);
		ComparedResult result = new ComparedResult(caller.name(), measured, "");
		results.add(result);
		assertThat(measured.requests().endedBefore(Scenario.MARGIN).failed().all())
			.as("failed requests before the first event")
			.isEmpty();
		return result;
	}

}
