package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cloudmap.benchmarks.scenario.process.JvmProcess;
import dev.cloudmap.benchmarks.scenario.process.SampleProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the replacement of workers, as on a laptop. The first worker hosts the registry,
 * and another worker hosts it after the first one has stopped. The backend does not retry
 * requests.
 */
@Tag("slow")
class HostedRegistryIT {

	private static final int WORKERS = 3;

	@RegisterExtension
	static final FleetExtension fleet = new FleetExtension("hosted-registry", WORKERS,
			(directory) -> Fleet.withEmbeddedRegistry(directory, List.of()));

	@Test
	void allWorkersAreReplacedOneAfterTheOther() throws Exception {
		fleet.fleet().settle(WORKERS);
		List<SampleProcess> old = fleet.fleet().workers();
		ScenarioResult result = fleet.run("rolling restart of three, one of which hosts the registry", (run) -> {
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
		assertThat(fleet.fleet().workers()).hasSize(WORKERS).doesNotContainAnyElementsOf(old);
	}

	private static Duration firstAnswer(ScenarioRun run, SampleProcess worker) {
		return run.requests().answeredBy(worker.name()).firstEnd().orElse(null);
	}

}
