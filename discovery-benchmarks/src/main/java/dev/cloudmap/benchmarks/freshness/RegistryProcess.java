package dev.cloudmap.benchmarks.freshness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

/**
 * A registry in a separate process, on free ports.
 */
final class RegistryProcess implements AutoCloseable {

	private static final Pattern READY = Pattern.compile("ready (\\d+)");

	private final Process process;

	private final int httpPort;

	private RegistryProcess(Process process, int httpPort) {
		this.process = process;
		this.httpPort = httpPort;
	}

	/**
	 * Runs the registry until standard input ends, which happens when the parent process
	 * ends.
	 */
	public static void main(String[] arguments) throws IOException {
		try (RegistryServer server = RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0))) {
			System.out.println("ready " + server.httpAddress().getPort());
			System.in.transferTo(OutputStream.nullOutputStream());
		}
	}

	/**
	 * Starts a registry, and waits until it is ready.
	 */
	static RegistryProcess start() throws IOException {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		Process process = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"),
				RegistryProcess.class.getName())
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			Matcher matcher = READY.matcher(line);
			if (matcher.find()) {
				return new RegistryProcess(process, Integer.parseInt(matcher.group(1)));
			}
		}
		process.destroy();
		throw new IOException("The registry ended before it was ready");
	}

	int httpPort() {
		return this.httpPort;
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
