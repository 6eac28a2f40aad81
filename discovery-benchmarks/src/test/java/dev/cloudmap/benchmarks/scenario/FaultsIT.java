package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;

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

	/** The maximum number of slow requests because of a hanging worker. */
	private static final int SLOW_OF_A_HANGING_WORKER = 10;

	/**
	 * The maximum number of requests to workers per sent request when all workers return
	 * errors.
	 */
	private static final double AMPLIFICATION = 1.25;

	/** The observation time for the recovery of a caller. */
	private static final Duration RECOVERY = Duration.ofMinutes(1);

	private static final Caller STARTER = Peers.STARTER;

	private static final List<Caller> CALLERS = Peers.named(System.getProperty("faults.callers", "starter,plain"));

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("faults", WORKERS,
			(directory) -> Fleet.besideItsRegistry(directory, List.of(), Peers.addition(FaultyWorker.class), CALLERS));

	private static final List<ComparedResult> results = new ArrayList<>();

	static List<Caller> callers() {
		return CALLERS;
	}

	@AfterAll
	static void show() throws IOException {
		StringBuilder table = new StringBuilder(ComparedResult.HEAD);
		results.forEach((result) -> table.append(result.row()));
		Files.writeString(Path.of("target", "scenarios", "faults", "comparison.md"), table);
		System.out.println(table);
	}

	/**
	 * Verifies that the peers use a cache, which retains stale instances. Without it, the
	 * comparison would be meaningless.
	 */
	@ParameterizedTest
	@MethodSource("callers")
	@Order(0)
	void thePeersHaveTheirCache(Caller caller) {
		assertThat(fleet.fleet().backend(caller).hasLogged("returning delegate without caching")).isFalse();
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(1)
	void oneAnswers500HalfOfTheTime(Caller caller) throws Exception {
		SampleProcess sick = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three answers 500 half of the time, for 10 s", caller, (course) -> {
			sick.post("/faults/status?status=500&part=0.5");
			course.goOn(Duration.ofSeconds(10));
			sick.post("/faults/status?status=500&part=0");
		});
		if (caller.equals(STARTER)) {
			// without ejection, a sixth of the requests would fail
			assertThat(result.requests().failed().count()).isLessThan(result.requests().count() / 12);
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(2)
	void oneIsTenTimesSlower(Caller caller) throws Exception {
		SampleProcess slow = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three is ten times slower (50 ms), for 8 s", caller, (course) -> {
			slow.post("/faults/delay?millis=50");
			course.goOn(Duration.ofSeconds(8));
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
	void allAnswer503(Caller caller) throws Exception {
		List<SampleProcess> workers = fleet.fleet().workers();
		List<Count> counts = new ArrayList<>();
		ComparedResult result = run("all answer 503, for 8 s", caller, (course) -> {
			workers.forEach((worker) -> worker.post("/faults/status?status=503&part=1"));
			counts.add(count(course, caller));
			course.goOn(Duration.ofSeconds(8));
			counts.add(count(course, caller));
			workers.forEach((worker) -> worker.post("/faults/status?status=503&part=0"));
		});
		double amplification = amplification(result, counts);
		results.set(results.size() - 1, result.with("%.2f arrive for each request".formatted(amplification)));
		if (caller.equals(STARTER)) {
			assertThat(amplification).isLessThanOrEqualTo(AMPLIFICATION);
		}
	}

	private static Count count(Course course, Caller caller) {
		Duration began = course.now();
		long arrivals = fleet.fleet().arrivals(caller);
		return new Count(arrivals, began.plus(course.now()).dividedBy(2));
	}

	/**
	 * Returns the number of requests that arrived between two counts, per sent request.
	 */
	private static double amplification(ComparedResult result, List<Count> counts) {
		Count from = counts.get(0);
		Count to = counts.get(1);
		return (to.arrivals() - from.arrivals()) / (double) result.requests().due(from.at(), to.at()).count();
	}

	/** The number of requests that arrived at workers, and the time of the count. */
	private record Count(long arrivals, Duration at) {
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(4)
	void oneHangs(Caller caller) throws Exception {
		SampleProcess hanging = fleet.fleet().workers().get(0);
		ComparedResult result = run("one of three hangs for 20 s (SIGSTOP)", caller, (course) -> {
			hanging.pause();
			course.goOn(Duration.ofSeconds(20));
			hanging.resume();
			course.goOn(Duration.ofSeconds(2));
		});
		if (caller.equals(STARTER)) {
			assertThat(result.slow().count() + result.requests().failed().count())
				.isLessThanOrEqualTo(SLOW_OF_A_HANGING_WORKER);
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(5)
	void oneIsKilled(Caller caller) throws Exception {
		SampleProcess killed = fleet.fleet().workers().get(0);
		List<Count> counts = new ArrayList<>();
		ComparedResult result = run("one of three is killed (SIGKILL)", caller, (course) -> {
			killed.kill();
			counts.add(count(course, caller));
			course.goOn(Duration.ofSeconds(10));
			counts.add(count(course, caller));
		});
		double amplification = amplification(result, counts);
		results.set(results.size() - 1,
				result.with("%.2f arrive at the others for each request".formatted(amplification)));
		if (caller.equals(STARTER)) {
			assertThat(result.requests().failed().all()).isEmpty();
			assertThat(amplification).isLessThanOrEqualTo(AMPLIFICATION);
		}
	}

	@ParameterizedTest
	@MethodSource("callers")
	@Order(6)
	void allAreKilledAndOthersStart(Caller caller) throws Exception {
		List<SampleProcess> killed = fleet.fleet().workers();
		Duration[] back = new Duration[1];
		ComparedResult result = run("all are killed, and others start 2 s later", caller, (course) -> {
			killed.forEach(SampleProcess::kill);
			course.goOn(Duration.ofSeconds(2));
			for (int i = 0; i < WORKERS; i++) {
				fleet.fleet().startWorker();
			}
			fleet.fleet().workers().forEach(SampleProcess::awaitStarted);
			back[0] = course.now();
			course.goOn(Duration.ofSeconds(2));
			course.await("nothing to fail for two seconds, or a minute to go by", () -> {
				Requests latest = course.requests().endedAfter(course.now().minusSeconds(2));
				return (latest.count() > 0 && latest.failed().count() == 0)
						|| course.now().compareTo(back[0].plus(RECOVERY)) >= 0;
			});
		});
		Requests failed = result.requests().failed();
		Duration lastFailure = failed.lastEnd().orElse(back[0]);
		results.set(results.size() - 1,
				result.with("last failure %.1f s after they had started; failures took %d ms (p50), %d ms (p99)"
					.formatted(lastFailure.minus(back[0]).toMillis() / 1e3, failed.latency(0.5).toMillis(),
							failed.latency(0.99).toMillis())));
		if (caller.equals(STARTER)) {
			assertThat(lastFailure).isLessThan(back[0].plusSeconds(3));
		}
	}

	/**
	 * Runs a scenario with one of the callers after it has recovered from the previous
	 * one, and records the result.
	 */
	private static ComparedResult run(String name, Caller caller, Scenario.Steps steps) throws Exception {
		fleet.fleet().settle(WORKERS, caller);
		ScenarioResult seen = fleet.fleet().scenario(name, caller).run(steps);
		ComparedResult result = new ComparedResult(caller.name(), seen, "");
		results.add(result);
		assertThat(seen.requests().endedBefore(Scenario.MARGIN).failed().all())
			.as("failed before anything had happened")
			.isEmpty();
		return result;
	}

}
