package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cloudmap.benchmarks.scenario.load.Requests;
import dev.cloudmap.benchmarks.scenario.process.JvmProcess;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the start, termination, unhealthy periods and crash of workers, and restarts and
 * an outage of an external registry like AWS Cloud Map. The backend does not retry
 * requests.
 */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WorkerLifecycleIT {

	private static final int WORKERS = 2;

	private static final Duration LEASE = Duration.ofSeconds(5);

	/** Longer than the lease and the time to live of DNS records. */
	private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("registry.outage-seconds", 30));

	/**
	 * The maximum time until all applications are registered after an empty restart of
	 * the registry.
	 */
	private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * The maximum time until an unhealthy worker receives no requests. A health check
	 * runs every five seconds, and a failed one is repeated after a second.
	 */
	private static final Duration HEALTH_DETECTION = Duration.ofSeconds(7);

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("worker-lifecycle", WORKERS, (directory) -> Fleet
		.withExternalRegistry(directory, List.of("--discovery.registration.lease=" + LEASE.toSeconds() + "s")));

	@Test
	@Order(1)
	void aWorkerStarts() throws Exception {
		ScenarioResult result = fleet.run("a worker starts", (run) -> {
			SampleProcess worker = fleet.fleet().startWorker();
			worker.awaitStarted();
			Duration started = run.now();
			Duration begin = started.minus(worker.age());
			run.await("an answer of " + worker.name(), () -> firstAnswer(run, worker) != null);
			run.record("ready after", started.minus(begin));
			run.record("serves after", firstAnswer(run, worker).minus(begin));
		});
		assertThat(result.requests().failed().all()).isEmpty();
	}

	@Test
	@Order(2)
	void allWorkersAreReplacedOneAfterTheOther() throws Exception {
		fleet.fleet().settle(WORKERS + 1);
		List<SampleProcess> old = fleet.fleet().workers();
		ScenarioResult result = fleet.run("rolling restart of three", (run) -> {
			Duration begin = run.now();
			for (SampleProcess worker : old) {
				SampleProcess successor = fleet.fleet().startWorker();
				run.await("an answer of " + successor.name(), () -> firstAnswer(run, successor) != null);
				worker.terminate();
			}
			old.forEach(JvmProcess::awaitExit);
			run.record("duration", run.now().minus(begin));
		});
		assertThat(result.requests().failed().all()).isEmpty();
		assertThat(fleet.fleet().workers()).hasSize(WORKERS + 1).doesNotContainAnyElementsOf(old);
	}

	@Test
	@Order(3)
	void aWorkerIsTemporarilyUnhealthy() throws Exception {
		SampleProcess worker = fleet.fleet().workers().get(0);
		ScenarioResult result = fleet.run("unhealthy, then healthy", (run) -> {
			Duration down = run.now();
			worker.post("/health/down");
			fleet.fleet()
				.queries()
				.forEach((source, query) -> run.await(source + " not to list " + worker.name(),
						() -> !query.instances(Fleet.WORKER).contains(worker.name())));
			run.waitFor(Duration.ofSeconds(1));
			run.requests()
				.answeredBy(worker.name())
				.lastEnd()
				.ifPresent((last) -> run.record("last answer after", last.minus(down)));
			Duration up = run.now();
			worker.post("/health/up");
			Duration back = run.await("an answer of " + worker.name(),
					() -> run.requests().answeredBy(worker.name()).endedAfter(up).count() > 0);
			run.record("first answer after recovery", back.minus(up));
		});
		assertThat(result.requests().failed().all()).isEmpty();
		assertThat(result.measurements().get("last answer after")).isLessThan(HEALTH_DETECTION);
	}

	@Test
	@Order(4)
	void theRegistryIsRestarted() throws Exception {
		ScenarioResult result = fleet.run("registry restarted, empty", (run) -> {
			fleet.fleet().registry().kill();
			restartEmpty(run);
		});
		assertRegisteredWithoutFailures(result);
	}

	@Test
	@Order(5)
	void theRegistryIsUnavailable() throws Exception {
		ScenarioResult result = fleet.run("registry unavailable for %d s, then empty".formatted(OUTAGE.toSeconds()),
				(run) -> {
					fleet.fleet().registry().kill();
					run.waitFor(OUTAGE);
					restartEmpty(run);
				});
		assertRegisteredWithoutFailures(result);
	}

	@Test
	@Order(6)
	void aWorkerIsTerminated() throws Exception {
		SampleProcess worker = fleet.fleet().workers().get(0);
		ScenarioResult result = fleet.run("SIGTERM of a worker", (run) -> {
			Duration begin = run.now();
			worker.terminate();
			// a second signal does not speed up the shutdown
			worker.terminate();
			assertThat(worker.awaitExit()).isEqualTo(143);
			run.record("ended after", run.now().minus(begin));
			run.requests()
				.answeredBy(worker.name())
				.lastEnd()
				.ifPresent((last) -> run.record("last answer after", last.minus(begin)));
		});
		assertThat(result.requests().failed().all()).isEmpty();
	}

	/**
	 * Requests fail until the lease of the killed worker ends, because the backend does
	 * not retry them.
	 */
	@Test
	@Order(7)
	void aWorkerIsKilled() throws Exception {
		SampleProcess worker = fleet.fleet().workers().get(0);
		ScenarioResult result = fleet.run("SIGKILL of a worker", (run) -> {
			Duration begin = run.now();
			worker.kill();
			fleet.fleet().queries().forEach((source, query) -> {
				Duration gone = run.await(source + " not to list " + worker.name(),
						() -> !query.instances(Fleet.WORKER).contains(worker.name()));
				run.record(source + " updated after", gone.minus(begin));
			});
		});
		assertThat(result.measurements().values())
			.allSatisfy((gone) -> assertThat(gone).isLessThan(LEASE.plusSeconds(1)));
	}

	private static Duration firstAnswer(ScenarioRun run, SampleProcess worker) {
		return run.requests().answeredBy(worker.name()).firstEnd().orElse(null);
	}

	private static void restartEmpty(ScenarioRun run) {
		fleet.fleet().startRegistry();
		Duration ready = run.now();
		Duration registered = run.await("the registration of all applications",
				fleet.fleet()::areApplicationsRegistered);
		run.record("all registered again after", registered.minus(ready));
	}

	private static void assertRegisteredWithoutFailures(ScenarioResult result) {
		assertThat(result.requests().failed().all()).isEmpty();
		assertThat(result.measurements().get("all registered again after")).isLessThan(REGISTRATION_TIMEOUT);
	}

}
