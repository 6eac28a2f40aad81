package dev.cloudmap.containers;

import java.time.Duration;
import java.util.List;

import dev.cloudmap.benchmarks.scenario.load.Request;
import dev.cloudmap.benchmarks.scenario.load.Requests;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Asserts that few calls waited for an unresponsive instance.
 */
final class SlowCalls {

	private static final Duration SLOW = Duration.ofSeconds(3);

	/**
	 * The maximum number of slow calls. Five unanswered calls eject an instance, a few
	 * calls to it are pending at that time, and one call probes it after each ejection.
	 */
	private static final int MAX_SLOW_CALLS = 15;

	private SlowCalls() {
	}

	static void assertFewSlowAndNoneFailed(Requests requests) {
		assertThat(requests.failed().all()).isEmpty();
		List<Request> waiting = requests.all()
			.stream()
			.filter((request) -> request.latency().compareTo(SLOW) > 0)
			.toList();
		assertThat(waiting).hasSizeLessThan(MAX_SLOW_CALLS);
	}

}
