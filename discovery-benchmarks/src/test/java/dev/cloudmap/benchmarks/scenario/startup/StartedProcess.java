package dev.cloudmap.benchmarks.scenario.startup;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.benchmarks.scenario.process.Http;
import dev.cloudmap.benchmarks.scenario.process.JvmProcess;

/**
 * An application whose start is measured. It runs with all compilers, as in production.
 */
final class StartedProcess extends JvmProcess {

	private static final int HEAP = 256;

	private static final Duration POLL = Duration.ofMillis(10);

	/** Linux counts processor time in hundredths of a second. */
	private static final long TICK_MILLIS = 10;

	/** The index of the user time after the name in {@code /proc/PID/stat}. */
	private static final int USER_TIME = 11;

	private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

	private static final Pattern CLASSES = Pattern.compile("java\\.cls\\.(?:sharedLoaded|loaded)Classes=(\\d+)");

	private static final long KILOBYTE = 1024;

	private final URI readiness;

	StartedProcess(String name, Path directory, List<Path> classPath, List<String> jvmOptions, int port,
			List<String> options) {
		super(name, directory, Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "key"), HEAP,
				arguments(classPath, jvmOptions, port, options));
		this.readiness = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
	}

	private static List<String> arguments(List<Path> classPath, List<String> jvmOptions, int port,
			List<String> options) {
		List<String> arguments = new ArrayList<>(List.of("-XX:TieredStopAtLevel=4"));
		arguments.addAll(jvmOptions);
		arguments.addAll(
				List.of("-cp", classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
						"dev.cloudmap.benchmarks.startup.StartupApplication", "--server.port=" + port));
		arguments.addAll(options);
		return arguments;
	}

	/**
	 * Measures the start.
	 * @param routed whether callers find the instance; null if that is not measured
	 * @param settling the time after the start for what the application still loads then
	 */
	Start measure(@Nullable BooleanSupplier routed, Duration settling) throws InterruptedException {
		Duration ready = null;
		Duration cpu = Duration.ZERO;
		Duration found = null;
		while (ready == null || (routed != null && found == null)) {
			if (!isAlive() || age().compareTo(TIMEOUT) > 0) {
				throw new IllegalStateException(name() + " has not started\n" + tail());
			}
			Thread.sleep(POLL.toMillis());
			if (ready == null && succeeds(() -> !Http.get(this.readiness).isEmpty())) {
				ready = age();
				cpu = cpu();
			}
			// an application registers when it is ready; earlier queries would only use
			// processor time
			if (ready != null && routed != null && found == null && succeeds(routed)) {
				found = age();
			}
		}
		Thread.sleep(settling.toMillis());
		return new Start(ready, cpu, found, number(RESIDENT, status()) * KILOBYTE, number(CLASSES, counters()));
	}

	private static boolean succeeds(BooleanSupplier condition) {
		try {
			return condition.getAsBoolean();
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	private Duration cpu() {
		String stat = read("stat");
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
		long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
		return Duration.ofMillis(ticks * TICK_MILLIS);
	}

	private String status() {
		return read("status");
	}

	private String read(String file) {
		try {
			return Files.readString(Path.of("/proc", Long.toString(pid()), file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String counters() {
		try {
			Process jcmd = new ProcessBuilder(Path.of(javaCommand()).resolveSibling("jcmd").toString(),
					Long.toString(pid()), "PerfCounter.print")
				.redirectErrorStream(true)
				.start();
			return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Returns the sum of all numbers. */
	private static long number(Pattern pattern, String text) {
		Stream<String> numbers = pattern.matcher(text).results().map((result) -> result.group(1));
		return numbers.mapToLong(Long::parseLong).sum();
	}

	/**
	 * Ends the application as in a deployment, and waits for it.
	 */
	void end() {
		terminate();
		awaitExit();
	}

}
