package dev.cloudmap.containers.fleet;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ContainerNetwork;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;

/**
 * A container of a fleet with its own address.
 */
public final class Node {

	/** The port of every sample. */
	public static final int PORT = 8080;

	private static final int STOP_SECONDS = 40;

	private static final int SHOWN_LINES = 25;

	private final String name;

	private final GenericContainer<?> container;

	public Node(String name, GenericContainer<?> container) {
		this.name = name;
		this.container = container;
	}

	public String name() {
		return this.name;
	}

	public GenericContainer<?> container() {
		return this.container;
	}

	/**
	 * Returns the IP address of the container. A restart may change it.
	 */
	public String address() {
		ContainerNetwork network = this.container.getCurrentContainerInfo()
			.getNetworkSettings()
			.getNetworks()
			.values()
			.iterator()
			.next();
		String ipv4 = network.getIpAddress();
		return (ipv4 != null && !ipv4.isEmpty()) ? ipv4 : network.getGlobalIPv6Address();
	}

	/**
	 * Returns the address and port for calls within the fleet, as the authority of a URI.
	 */
	public String authority() {
		try {
			InetAddress address = InetAddress.getByName(address());
			String host = address.getHostAddress();
			return ((address instanceof Inet6Address) ? "[" + host + "]" : host) + ":" + PORT;
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns the URI for calls from the test, through a mapped port of the host.
	 */
	public URI hostUri(String path, int port) {
		return URI.create("http://" + this.container.getHost() + ":" + this.container.getMappedPort(port) + path);
	}

	/**
	 * Runs a program in the container.
	 * @return the output of the program, without surrounding white space
	 */
	public String run(String... command) {
		ExecResult result = execute(command);
		if (result.getExitCode() != 0) {
			throw new AssertionError("'%s' exited with status %d in %s: %s %s".formatted(String.join(" ", command),
					result.getExitCode(), this.name, result.getStdout(), result.getStderr()));
		}
		return result.getStdout().trim();
	}

	public ExecResult execute(String... command) {
		try {
			return this.container.execInContainer(command);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Kills the container (SIGKILL).
	 */
	public void kill() {
		engine().killContainerCmd(this.container.getContainerId()).withSignal("KILL").exec();
	}

	/**
	 * Stops the container (SIGTERM), and waits until it has stopped.
	 */
	public void terminate() {
		engine().stopContainerCmd(this.container.getContainerId()).withTimeout(STOP_SECONDS).exec();
	}

	public void startAgain() {
		engine().startContainerCmd(this.container.getContainerId()).exec();
	}

	/**
	 * Pauses all processes of the container. The kernel buffers data for them.
	 */
	public void pause() {
		engine().pauseContainerCmd(this.container.getContainerId()).exec();
	}

	public void unpause() {
		engine().unpauseContainerCmd(this.container.getContainerId()).exec();
	}

	public static DockerClient engine() {
		return DockerClientFactory.lazyClient();
	}

	/**
	 * Returns the last lines of the log.
	 */
	public String lastLines() {
		if (this.container.getContainerId() == null) {
			return "  (not started)";
		}
		List<String> lines = this.container.getLogs().lines().toList();
		Stream<String> last = lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()).stream();
		return String.join("\n", last.map((line) -> "  " + line).toList());
	}

	@Override
	public String toString() {
		return this.name;
	}

}
