package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.cloudmap.benchmarks.scenario.process.JvmProcess;

/**
 * The resources of a JVM at a point in time.
 *
 * @param threads the number of threads by name without numbers
 * @param sockets the number of open sockets
 * @param liveBytes the size of the reachable objects, in bytes
 */
record Footprint(Map<String, Long> threads, long sockets, long liveBytes) {

	/**
	 * Threads of pools, which grow with the load and shrink after a minute without load.
	 */
	private static final Pattern POOLED = Pattern
		.compile("http-nio-.*-exec-#|HttpClient-#-Worker-#|ForkJoinPool.*|.*CompilerThread#");

	private static final Pattern THREAD = Pattern.compile("(?m)^\"(.*)\" #\\d+");

	private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

	/**
	 * Measures a JVM on this machine after a garbage collection.
	 */
	static Footprint of(JvmProcess process) {
		Map<String, Long> threads = THREAD.matcher(jcmd(process, "Thread.print"))
			.results()
			.map((thread) -> thread.group(1).replaceAll("\\d+", "#"))
			.filter((name) -> !POOLED.matcher(name).matches())
			.collect(Collectors.groupingBy((name) -> name, TreeMap::new, Collectors.counting()));
		// the histogram counts reachable objects after a full collection
		Matcher total = TOTAL.matcher(jcmd(process, "GC.class_histogram"));
		if (!total.find()) {
			throw new IllegalStateException("jcmd printed no class histogram of " + process.name());
		}
		return new Footprint(threads, sockets(process), Long.parseLong(total.group(1)));
	}

	private static String jcmd(JvmProcess process, String command) {
		Path jcmd = Path.of(JvmProcess.javaCommand()).resolveSibling("jcmd");
		try {
			Process run = new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), command)
				.redirectErrorStream(true)
				.start();
			return new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static long sockets(JvmProcess process) {
		try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
			return files.filter(Footprint::isSocket).count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isSocket(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
		}
		catch (IOException ex) {
			// closed in the meantime
			return false;
		}
	}

	/**
	 * Returns the threads whose number has grown, by name without numbers.
	 */
	Map<String, Long> threadsGrownSince(Footprint before) {
		Map<String, Long> more = new TreeMap<>(this.threads);
		more.entrySet().removeIf((thread) -> thread.getValue() <= before.threads.getOrDefault(thread.getKey(), 0L));
		return more;
	}

	@Override
	public String toString() {
		return "%d threads without pools, %d sockets, %d KiB live objects".formatted(
				this.threads.values().stream().mapToLong(Long::longValue).sum(), this.sockets, this.liveBytes / 1024);
	}

}
