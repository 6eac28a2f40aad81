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
	private static final Duration REGISTRATION_TIMEOUT = Duration.ofSeconds(5);

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("registry-outage", WORKERS,
			(directory) -> Fleet.withExternalRegistry(directory, List.of()));

	@Test
	void theRegistryIsUnavailableForHalfAMinute() throws Exception {
		ScenarioResult result = fleet.run("registry unavailable for 30 s, then empty", (run) -> {
			fleet.fleet().registry().kill();
			run.waitFor(OUTAGE);
			restartEmpty(run);
		});
		assertRegisteredWithoutFailures(result);
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
