package dev.cloudmap.containers;

import java.nio.file.Path;
import java.util.stream.Stream;

import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * Programs beside the registry and the samples, in containers that are not started yet.
 */
final class Programs {

	/** Has curl, dig and ip, and iptables unless the host has it. */
	private static final DockerImageName TOOLS = DockerImageName
		.parse(System.getProperty("containers.tools-image", "nicolaka/netshoot:v0.13"));

	private Programs() {
	}

	/**
	 * A container that does nothing until something is run in it.
	 */
	static GenericContainer<?> tools() {
		return new GenericContainer<>(TOOLS).withCommand("sleep", "infinity");
	}

	/**
	 * A program of these tests, which prints {@code ready} when it serves.
	 * @param main its class; not null
	 * @param arguments its arguments; not null
	 */
	static GenericContainer<?> java(Class<?> main, String... arguments) {
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
