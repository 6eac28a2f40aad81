package dev.cloudmap.benchmarks.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import dev.cloudmap.benchmarks.scenario.process.JvmProcess;

/**
 * Processes that end together, and their logs.
 */
public final class Processes implements AutoCloseable {

	/** The timeout for thread dumps. */
	private static final Duration THREAD_DUMP_TIMEOUT = Duration.ofSeconds(5);

	private static final String END_OF_THREAD_DUMP = "JNI global refs";

	private final List<JvmProcess> all = new ArrayList<>();

	/**
	 * Adds a process.
	 */
	public void add(JvmProcess process) {
		this.all.add(process);
	}

	/**
	 * Returns the paths of the logs and the last lines of each.
	 */
	public String logs() {
		return this.all.stream().map(JvmProcess::tail).collect(Collectors.joining("\n\n"));
	}

	/**
	 * Requests thread dumps from all running processes and waits until their logs contain
	 * them. A paused process writes none.
	 */
	public void dumpThreads() {
		List<JvmProcess> live = this.all.stream().filter(JvmProcess::isAlive).toList();
		live.forEach(JvmProcess::dumpThreads);
		try {
			Awaitility.await("thread dumps")
				.atMost(THREAD_DUMP_TIMEOUT)
				.until(() -> live.stream().allMatch((process) -> process.hasLogged(END_OF_THREAD_DUMP)));
		}
		catch (ConditionTimeoutException ex) {
			// the test reports the original failure, not this one
		}
	}

	/**
	 * Kills all processes.
	 */
	@Override
	public void close() {
		this.all.forEach(JvmProcess::close);
	}

}
