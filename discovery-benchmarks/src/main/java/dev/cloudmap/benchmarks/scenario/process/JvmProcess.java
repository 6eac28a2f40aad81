package dev.cloudmap.benchmarks.scenario.process;

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

import dev.cloudmap.benchmarks.scenario.load.Requests;

/**
 * A JVM in a separate process that writes to a log file. It ends at the latest with the
 * JVM that started it.
 */
public abstract class JvmProcess implements AutoCloseable {

	/** The timeout of all waits for a process. */
	public static final Duration TIMEOUT = Duration.ofMinutes(2);

	/** The poll interval of waits. */
	public static final Duration POLL_INTERVAL = Duration.ofMillis(20);

	/**
	 * Options for a fast warm-up, because several JVMs share a machine with two cores.
	 */
	private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

	/** The maximum number of log lines in messages. */
	private static final int SHOWN_LINES = 12;

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
	 * Starts the process.
	 * @param name the name of the process and its log
	 * @param directory the directory for the log file
	 * @param environment variables in addition to those of this process; the AWS
	 * variables of this process are not inherited
	 * @param heapMegabytes the maximum heap size in megabytes
	 * @param arguments the arguments after {@code java} and the options of the JVM
	 */
	public JvmProcess(String name, Path directory, Map<String, String> environment, int heapMegabytes,
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

	public static String javaCommand() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	/**
	 * Returns the name of the process.
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Returns the time since the start of the process.
	 */
	public Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.started);
	}

	/**
	 * Returns the process id.
	 */
	public long pid() {
		return this.process.pid();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Terminates the process (SIGTERM) without waiting.
	 */
	public void terminate() {
		this.process.destroy();
	}

	/**
	 * Kills the process (SIGKILL), and waits until it has ended.
	 */
	public void kill() {
		this.process.destroyForcibly();
		awaitExit();
	}

	/**
	 * Pauses the process (SIGSTOP). It keeps its connections but does not answer.
	 */
	public void pause() {
		signal("STOP");
	}

	/**
	 * Resumes the process after {@link #pause()} (SIGCONT).
	 */
	public void resume() {
		signal("CONT");
	}

	/**
	 * Requests a thread dump in the log (SIGQUIT) without waiting for it.
	 */
	public void dumpThreads() {
		signal("QUIT");
	}

	private void signal(String signal) {
		try {
			Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).inheritIO()
				.start();
			if (kill.waitFor() != 0) {
				throw new IllegalStateException("SIG" + signal + " could not be sent to " + this.name + "\n" + tail());
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
	 * Waits until the process has ended.
	 * @return the exit status
	 */
	public int awaitExit() {
		try {
			if (!this.process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException(this.name + " has not ended within " + TIMEOUT + "\n" + tail());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		return this.process.exitValue();
	}

	/**
	 * Waits until the log contains a match of a pattern.
	 * @throws IllegalStateException if the process ends before
	 */
	public Matcher awaitLog(Pattern pattern) {
		return Awaitility.await(this.name + " to log " + pattern)
			.atMost(TIMEOUT)
			.pollDelay(Duration.ZERO)
			.pollInterval(POLL_INTERVAL)
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
	 * Returns whether the log contains a text.
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
	 * Returns the path of the log and its last lines.
	 */
	public String tail() {
		List<String> lines = log().lines().toList();
		return this.log + " ends with:\n"
				+ String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
	}

	@Override
	public void close() {
		if (isAlive()) {
			kill();
		}
	}

}
