package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Workers come and go, as on a laptop: the first of them hosts the registry, and leaves
 * it to others when its turn has come. Nothing tries a request again.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostedRegistryIT {

	private static final int WORKERS = 2;

	private static final Duration LEASE = Duration.ofSeconds(5);

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("hosted-registry", WORKERS, (directory) -> Fleet
		.hostingItsRegistry(directory, List.of("--discovery.registration.lease=" + LEASE.toSeconds() + "s")));

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

	private static Duration firstAnswer(Course course, SampleProcess worker) {
		return course.requests().answeredBy(worker.name()).firstEnd().orElse(null);
	}

	/**
	 * Of three workers, one after the other, the one that hosts the registry first.
	 */
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
	void aWorkerIsAskedToEnd() throws Exception {
		SampleProcess worker = fleet.fleet().workers().get(0);
		ScenarioResult result = fleet.run("SIGTERM of a worker", (course) -> {
			Duration begin = course.now();
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
	 * Requests fail until the dead worker is gone: nothing tries them again.
	 */
	@Test
	@Order(4)
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

}
