package dev.cloudmap.benchmarks.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/**
 * A JVM of its own, which writes to a log file and ends, at the latest, with the JVM that
 * started it.
 */
public abstract class JvmProcess implements AutoCloseable {

	/** How long to wait for anything that a process is to do. */
	static final Duration PATIENCE = Duration.ofMinutes(2);

	/** How often to look whether it has done so. */
	static final Duration GLANCE = Duration.ofMillis(20);

	/** Soon at full speed: a machine of two cores has several of them. */
	private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

	/** How many lines of a log are shown. */
	private static final int SHOWN = 12;

	private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

	static {
		Runtime.getRuntime()
			.addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "end-processes"));
	}

	private final String name;

	private final Path log;

	private final long started = System.nanoTime();

	private final Process process;

	/**
	 * Starts it.
	 * @param name what to call it, and its log; not null
	 * @param directory where its log goes; not null
	 * @param environment variables that it gets beside those of this process, of which it
	 * does not get AWS's; not null
	 * @param heapMegabytes the most that its heap may have
	 * @param arguments what follows {@code java} and the options of the JVM; not null
	 */
	JvmProcess(String name, Path directory, Map<String, String> environment, int heapMegabytes,
			List<String> arguments) {
		this.name = name;
		this.log = directory.resolve(name + ".log");
		List<String> command = new ArrayList<>();
		command.add(javaCommand());
		command.addAll(JVM_OPTIONS);
		command.add("-Xmx" + heapMegabytes + "m");
		command.addAll(arguments);
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.log.toFile());
		builder.environment().keySet().removeIf((key) -> key.startsWith("AWS_") || key.startsWith("ECS_"));
		builder.environment().putAll(environment);
		try {
			Files.createDirectories(directory);
			this.process = builder.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		RUNNING.add(this.process);
		var unused = this.process.onExit().thenAccept(RUNNING::remove);
	}

	static String javaCommand() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	/**
	 * What it is called.
	 */
	public String name() {
		return this.name;
	}

	/**
	 * How long ago it was started.
	 */
	public Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.started);
	}

	/**
	 * Its number on this machine.
	 */
	public long pid() {
		return this.process.pid();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Asks it to end (SIGTERM).
	 */
	public void terminate() {
		this.process.destroy();
	}

	/**
	 * Ends it without a word (SIGKILL), and returns when it is gone.
	 */
	public void kill() {
		this.process.destroyForcibly();
		awaitExit();
	}

	/**
	 * Lets it hang (SIGSTOP): it keeps its connections and answers nothing.
	 */
	public void pause() {
		signal("STOP");
	}

	/**
	 * Lets it go on after {@link #pause()} (SIGCONT).
	 */
	public void resume() {
		signal("CONT");
	}

	/**
	 * Has it write to its log what its threads do (SIGQUIT), without waiting for it.
	 */
	public void dumpThreads() {
		signal("QUIT");
	}

	private void signal(String signal) {
		try {
			Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).inheritIO()
				.start();
			if (kill.waitFor() != 0) {
				throw new IllegalStateException(this.name + " could not be sent SIG" + signal + "\n" + tail());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Waits until it has ended.
	 * @return its exit status
	 */
	public int awaitExit() {
		try {
			if (!this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException(this.name + " has not ended within " + PATIENCE + "\n" + tail());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		return this.process.exitValue();
	}

	/**
	 * Waits until its log has what a pattern finds.
	 * @throws IllegalStateException if it ends before
	 */
	Matcher awaitLog(Pattern pattern) {
		return Awaitility.await(this.name + " to log " + pattern)
			.atMost(PATIENCE)
			.pollDelay(Duration.ZERO)
			.pollInterval(GLANCE)
			.until(() -> {
				boolean alive = isAlive();
				Matcher matcher = pattern.matcher(log());
				boolean found = matcher.find();
				if (!found && !alive) {
					throw new IllegalStateException(this.name + " has ended\n" + tail());
				}
				return found ? matcher : null;
			}, (matcher) -> matcher != null);
	}

	/**
	 * Whether it has logged something until now.
	 */
	public boolean hasLogged(String text) {
		return log().contains(text);
	}

	private String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	/**
	 * Where its log is, and the last lines of it.
	 */
	public String tail() {
		List<String> lines = log().lines().toList();
		return this.log + " ends with:\n"
				+ String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
	}

	@Override
	public void close() {
		if (isAlive()) {
			kill();
		}
	}

}
