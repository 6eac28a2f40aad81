package dev.cloudmap.testsupport;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Consul agent as a process, which is a server in memory on free ports of the loopback
 * address.
 */
public final class ConsulAgent implements AutoCloseable {

	/** The property with the path of Consul, which is found on the path otherwise. */
	public static final String PROPERTY = "peers.consul";

	/** Why tests are skipped without Consul. */
	public static final String MISSING = "Skipped: it needs consul on the path (or -D" + PROPERTY + "=FILE)";

	private static final Duration START = Duration.ofSeconds(30);

	private static final Duration STOP = Duration.ofSeconds(5);

	private static final long POLL_MILLIS = 100;

	private final Path directory;

	private final List<String> command;

	private final int port;

	private final int dnsPort;

	private Process process;

	private ConsulAgent(Path directory, List<String> command, int port, int dnsPort) throws IOException {
		this.directory = directory;
		this.command = command;
		this.port = port;
		this.dnsPort = dnsPort;
		this.process = run(directory, command);
	}

	/**
	 * Returns the path of Consul; empty if there is none.
	 */
	public static Optional<String> executable() {
		String configured = System.getProperty(PROPERTY);
		if (configured != null) {
			return Optional.of(configured);
		}
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, "consul"))
			.filter(Files::isExecutable)
			.map(Path::toString)
			.findFirst();
	}

	/**
	 * Starts an agent and waits until it is a leader.
	 * @param directory the directory for its log and configuration
	 * @param configuration further configuration in Consul's language; may be empty
	 */
	public static ConsulAgent start(Path directory, String configuration) throws IOException, InterruptedException {
		ConsulAgent agent = launch(directory, configuration);
		agent.awaitLeader();
		return agent;
	}

	/**
	 * Starts an agent without waiting for it, for a configuration in which it does not
	 * answer requests without TLS.
	 */
	public static ConsulAgent launch(Path directory, String configuration) throws IOException {
		Files.createDirectories(directory);
		Path file = Files.writeString(directory.resolve("agent.hcl"), configuration);
		int port = Ports.free();
		int dns = Ports.free();
		List<String> command = new ArrayList<>(
				List.of(executable().orElseThrow(() -> new IllegalStateException(MISSING)), "agent", "-dev",
						"-bind=127.0.0.1", "-client=127.0.0.1", "-log-level=warn", "-http-port=" + port,
						"-dns-port=" + dns, "-server-port=" + Ports.free(), "-serf-lan-port=" + Ports.free(),
						"-serf-wan-port=" + Ports.free(), "-grpc-port=-1", "-config-file=" + file));
		return new ConsulAgent(directory, command, port, dns);
	}

	private static Process run(Path directory, List<String> command) throws IOException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("agent.log").toFile()))
			.start();
	}

	/**
	 * Stops the agent, which loses its data, and starts it again with the same ports.
	 */
	public void restart() throws IOException, InterruptedException {
		stop();
		this.process = run(this.directory, this.command);
		awaitLeader();
	}

	/**
	 * Ends the process, if it runs.
	 */
	public void stop() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	private void awaitLeader() throws InterruptedException {
		long end = System.nanoTime() + START.toNanos();
		while (System.nanoTime() < end) {
			try {
				if (request("GET", "/v1/status/leader", "").length() > 2) {
					return;
				}
			}
			catch (IOException ex) {
				// it does not listen yet
			}
			Thread.sleep(POLL_MILLIS);
		}
		throw new IllegalStateException("Consul has no leader after " + START + ", see " + this.directory);
	}

	/**
	 * Sends a request to the agent's HTTP API, without TLS.
	 * @return the body of the answer
	 * @throws IOException if its status is not 200
	 */
	public String request(String method, String path, String body, String... headers)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve(path))
			.timeout(STOP)
			.method(method, BodyPublishers.ofString(body));
		for (int i = 0; i + 1 < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
		if (response.statusCode() != 200) {
			throw new IOException(path + " answered " + response.statusCode() + ": " + response.body());
		}
		return response.body();
	}

	/**
	 * Returns the address of the HTTP API.
	 */
	public URI uri() {
		return URI.create("http://127.0.0.1:" + this.port);
	}

	/**
	 * Returns the port of the HTTP API.
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Returns the port of the DNS server.
	 */
	public int dnsPort() {
		return this.dnsPort;
	}

	@Override
	public void close() {
		stop();
	}

}
