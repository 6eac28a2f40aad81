package dev.cloudmap.containers.fleet;

import java.nio.file.Path;
import java.util.stream.Stream;

import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * Creates containers for programs other than the registry and the samples. The containers
 * are not started.
 */
public final class Programs {

	/** An image with curl, dig and ip. It also needs iptables if the host lacks it. */
	private static final DockerImageName TOOLS = DockerImageName
		.parse(System.getProperty("containers.tools-image", "nicolaka/netshoot:v0.13"));

	private Programs() {
	}

	/**
	 * Returns an idle container in which tests run commands.
	 */
	public static GenericContainer<?> tools() {
		return new GenericContainer<>(TOOLS).withCommand("sleep", "infinity");
	}

	/**
	 * Returns a container for a program of these tests, which prints {@code ready} when
	 * it is ready.
	 * @param main the main class
	 * @param arguments the arguments of the program
	 */
	public static GenericContainer<?> java(Class<?> main, String... arguments) {
		Path classes = Path.of(main.getProtectionDomain().getCodeSource().getLocation().getPath());
		String[] command = Stream
			.concat(Stream.of("java", "-Xmx64m", "-cp", "/classes", main.getName()), Stream.of(arguments))
			.toArray(String[]::new);
		return new GenericContainer<>(DockerImageName.parse(Images.JRE))
			.withFileSystemBind(classes.toString(), "/classes", BindMode.READ_ONLY)
			.withCommand(command)
			.waitingFor(Wait.forLogMessage(".*ready.*", 1));
	}

}
