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
 * The registry is elsewhere, as AWS Cloud Map is, and fails; and a worker says that it is
 * not fit for work. Nothing tries a request again.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StandaloneRegistryIT {

	private static final int WORKERS = 2;

	/** How soon everyone is registered with a registry that came back empty. */
	private static final Duration REGISTERED_AGAIN = Duration.ofSeconds(5);

	/** How soon a worker that says so is given no work. */
	private static final Duration OUT_OF_WORK = Duration.ofSeconds(5);

	private static final Duration OUTAGE = Duration.ofSeconds(30);

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("standalone-registry", WORKERS,
			(directory) -> Fleet.besideItsRegistry(directory,
					List.of("--discovery.registration.lease=5s", "--discovery.registration.health.interval=1s")));

	@Test
	@Order(1)
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
	@Order(2)
	void theRegistryIsRestarted() throws Exception {
		ScenarioResult result = fleet.run("registry restarted, empty", (course) -> {
			fleet.fleet().registry().kill();
			comeBackEmpty(course);
		});
		assertRegisteredAgainUnnoticed(result);
	}

	@Test
	@Order(3)
	void theRegistryIsAwayForHalfAMinute() throws Exception {
		ScenarioResult result = fleet.run("registry away for 30 s, then empty", (course) -> {
			fleet.fleet().registry().kill();
			course.goOn(OUTAGE);
			comeBackEmpty(course);
		});
		assertRegisteredAgainUnnoticed(result);
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
