package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests an outage of an external registry like AWS Cloud Map. The backend does not retry
 * requests.
 */
@Tag("slow")
class RegistryOutageIT {

	private static final int WORKERS = 3;

	private static final Duration OUTAGE = Duration.ofSeconds(30);

	/**
	 * The maximum time until all applications are registered after an empty restart of
	 * the registry.
	 */
	private static final Duration REGISTERED_AGAIN = Duration.ofSeconds(5);

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("registry-outage", WORKERS,
			(directory) -> Fleet.besideItsRegistry(directory, List.of()));

	@Test
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
