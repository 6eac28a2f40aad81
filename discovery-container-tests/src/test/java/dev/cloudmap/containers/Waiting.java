package dev.cloudmap.containers;

import java.time.Duration;
import java.util.List;

import dev.cloudmap.benchmarks.scenario.load.Request;
import dev.cloudmap.benchmarks.scenario.load.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Counts calls that waited for an unresponsive instance.
 */
final class Waiting {

	private static final Duration LONG = Duration.ofSeconds(3);

	/**
	 * The maximum number of waiting calls. Five unanswered calls eject an instance, a few
	 * calls are in flight to it at that time, and one call probes it after each ejection.
	 */
	private static final int FEW = 15;

	private Waiting() {
	}

	static void assertFewAndNoneFailed(Requests requests) {
		assertThat(requests.failed().all()).isEmpty();
		List<Request> waiting = requests.all()
			.stream()
			.filter((request) -> request.latency().compareTo(LONG) > 0)
			.toList();
		assertThat(waiting).hasSizeLessThan(FEW);
	}

}
