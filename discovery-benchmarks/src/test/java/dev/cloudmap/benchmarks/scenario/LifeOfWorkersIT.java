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
 * Tests the start, termination, ill health and crash of workers, and restarts of the
 * registry. The backend does not retry requests.
 */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LifeOfWorkersIT {

	private static final int WORKERS = 2;

	private static final Duration LEASE = Duration.ofSeconds(5);

	/**
	 * The maximum time until all applications are registered after an empty restart of
	 * the registry.
	 */
	private static final Duration REGISTERED_AGAIN = Duration.ofSeconds(5);

	/**
	 * The maximum time until an unhealthy worker receives no requests. A health check
	 * runs every five seconds and is repeated after a second.
	 */
	private static final Duration OUT_OF_WORK = Duration.ofSeconds(7);

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("life-of-workers", WORKERS, (directory) -> Fleet
		.besideItsRegistry(directory, List.of("--discovery.registration.lease=" + LEASE.toSeconds() + "s")));

	@Test
	@Order(1)
	void aWorkerStarts() throws Exception {
		ScenarioResult result = fleet.run("a worker starts", (course) -> {
			SampleProcess worker = fleet.fleet().startWorker();
			worker.awaitStarted();
			Duration started = course.now();
			Duration begin = started.minus(worker.age());
			course.await("an answer of " + worker.name(), () -> firstAnswer(course, worker) != null);
			course.tell("ready after", started.minus(begin));
			course.tell("serves after", firstAnswer(course, worker).minus(begin));
		});
		assertThat(result.requests().failed().all()).isEmpty();
	}

	@Test
	@Order(2)
	void allWorkersAreReplacedOneAfterTheOther() throws Exception {
		fleet.fleet().settle(WORKERS + 1);
		List<SampleProcess> old = fleet.fleet().workers();
		ScenarioResult result = fleet.run("rolling restart of three", (course) -> {
			Duration begin = course.now();
			for (SampleProcess worker : old) {
				SampleProcess successor = fleet.fleet().startWorker();
				course.await("an answer of " + successor.name(), () -> firstAnswer(course, successor) != null);
				worker.terminate();
			}
			old.forEach(JvmProcess::awaitExit);
			course.tell("took", course.now().minus(begin));
		});
		assertThat(result.requests().failed().all()).isEmpty();
		assertThat(fleet.fleet().workers()).hasSize(WORKERS + 1).doesNotContainAnyElementsOf(old);
	}

	@Test
	@Order(3)
	void aWorkerIsNotFitForWorkForAWhile() throws Exception {
		SampleProcess worker = fleet.fleet().workers().get(0);
		ScenarioResult result = fleet.run("health down and up", (course) -> {
			Duration down = course.now();
			worker.post("/health/down");
			fleet.fleet()
				.views()
				.forEach((who, view) -> course.await(worker.name() + " to be gone for " + who,
						() -> !view.instances(Fleet.WORKER).contains(worker.name())));
			course.goOn(Duration.ofSeconds(1));
			course.requests()
				.answeredBy(worker.name())
				.lastEnd()
				.ifPresent((last) -> course.tell("last answer after", last.minus(down)));
			Duration up = course.now();
			worker.post("/health/up");
			Duration back = course.await("an answer of " + worker.name(),
					() -> course.requests().answeredBy(worker.name()).endedAfter(up).count() > 0);
			course.tell("answers again after", back.minus(up));
		});
		assertThat(result.requests().failed().all()).isEmpty();
		assertThat(result.figures().get("last answer after")).isLessThan(OUT_OF_WORK);
	}

	@Test
	@Order(4)
	void theRegistryIsRestarted() throws Exception {
		ScenarioResult result = fleet.run("registry restarted, empty", (course) -> {
			fleet.fleet().registry().kill();
			comeBackEmpty(course);
		});
		assertRegisteredAgainUnnoticed(result);
	}

	@Test
	@Order(5)
	void aWorkerIsAskedToEnd() throws Exception {
		SampleProcess worker = fleet.fleet().workers().get(0);
		ScenarioResult result = fleet.run("SIGTERM of a worker", (course) -> {
			Duration begin = course.now();
			worker.terminate();
			// a second signal does not speed up the shutdown
			worker.terminate();
			assertThat(worker.awaitExit()).isEqualTo(143);
			course.tell("ended after", course.now().minus(begin));
			course.requests()
				.answeredBy(worker.name())
				.lastEnd()
				.ifPresent((last) -> course.tell("last answer after", last.minus(begin)));
		});
		assertThat(result.requests().failed().all()).isEmpty();
	}

	/**
	 * Requests fail until the crashed worker is removed, because nothing retries them.
	 */
	@Test
	@Order(6)
	void aWorkerIsKilled() throws Exception {
		SampleProcess worker = fleet.fleet().workers().get(0);
		ScenarioResult result = fleet.run("SIGKILL of a worker", (course) -> {
			Duration begin = course.now();
			worker.kill();
			fleet.fleet().views().forEach((who, view) -> {
				Duration gone = course.await(worker.name() + " to be gone for " + who,
						() -> !view.instances(Fleet.WORKER).contains(worker.name()));
				course.tell("gone for " + who + " after", gone.minus(begin));
			});
		});
		assertThat(result.figures().values()).allSatisfy((gone) -> assertThat(gone).isLessThan(LEASE.plusSeconds(1)));
	}

	private static Duration firstAnswer(Course course, SampleProcess worker) {
		return course.requests().answeredBy(worker.name()).firstEnd().orElse(null);
	}

	private static void comeBackEmpty(Course course) {
		fleet.fleet().startRegistry();
		Duration ready = course.now();
		Duration registered = course.await("all to be registered again", fleet.fleet()::isRegistered);
		course.tell("all registered again after", registered.minus(ready));
	}

	private static void assertRegisteredAgainUnnoticed(ScenarioResult result) {
		assertThat(result.requests().failed().all()).isEmpty();
		assertThat(result.figures().get("all registered again after")).isLessThan(REGISTERED_AGAIN);
	}

}
