package dev.cloudmap.containers;

import java.time.Duration;
import java.util.List;

import dev.cloudmap.benchmarks.scenario.Request;
import dev.cloudmap.benchmarks.scenario.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that waited for an instance which had become silent.
 */
final class Waiting {

	private static final Duration LONG = Duration.ofSeconds(3);

	/**
	 * Five unanswered calls eject an instance, a few are on their way to it at that time,
	 * and one tries it each time that an ejection ends.
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
