package dev.cloudmap.registry;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The runnable jar in a separate process.
 */
public final class RegistryProcess implements AutoCloseable {

	private static final Duration DEADLINE = Duration.ofSeconds(30);

	private static final Pattern READY = Pattern
		.compile("ready http=(?:127|0)\\.0\\.0\\.[01]:(\\d+) dns=(?:127|0)\\.0\\.0\\.[01]:(\\d+)");

	private final Process process;

	private final BufferedReader out;

	private final Path errors;

	private int httpPort;

	private int dnsPort;

	private RegistryProcess(Process process, Path errors) {
		this.process = process;
		this.out = process.inputReader(StandardCharsets.UTF_8);
		this.errors = errors;
	}

	/**
	 * Starts the jar.
	 * @param errors the file for the standard error stream
	 * @param options the command-line options
	 */
	public static RegistryProcess run(Path errors, List<String> options) throws IOException {
		return run(errors, List.of(), options);
	}

	/**
	 * Starts the jar.
	 * @param errors the file for the standard error stream
	 * @param jvmOptions the JVM options
	 * @param options the command-line options
	 */
	public static RegistryProcess run(Path errors, List<String> jvmOptions, List<String> options) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvmOptions);
		command.add("-jar");
		command.add(System.getProperty("registry.jar"));
		command.addAll(options);
		return new RegistryProcess(new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
	}

	/**
	 * Waits until the registry logs that it serves.
	 */
	public RegistryProcess awaitReady() throws Exception {
		String line = CompletableFuture.supplyAsync(this::readLine).get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
		Matcher matcher = READY.matcher(line);
		assertThat(matcher.matches()).as(() -> line + "\n" + errors()).isTrue();
		this.httpPort = Integer.parseInt(matcher.group(1));
		this.dnsPort = Integer.parseInt(matcher.group(2));
		return this;
	}

	public String readLine() {
		try {
			return String.valueOf(this.out.readLine());
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.httpPort);
	}

	public long pid() {
		return this.process.pid();
	}

	public int dnsPort() {
		return this.dnsPort;
	}

	/**
	 * Returns the content of the standard error stream.
	 */
	public String errors() {
		try {
			return Files.readString(this.errors);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	/**
	 * Requests normal termination through the handle, because the process itself would
	 * also close its output.
	 */
	public void terminate() {
		this.process.toHandle().destroy();
	}

	/**
	 * Kills the process and waits for its end.
	 */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly();
		exitStatus();
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	public int exitStatus() throws InterruptedException {
		assertThat(this.process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		return this.process.exitValue();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
