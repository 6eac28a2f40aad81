package dev.cloudmap.benchmarks.scenario.startup;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The small web application with one of the compared discovery starters.
 */
enum Variant {

	/** Without discovery. */
	NONE("without discovery", "plain"),

	/** With {@code spring-cloud-starter-loadbalancer} alone. */
	LOAD_BALANCER("spring-cloud-starter-loadbalancer", "loadbalancer"),

	/** This starter, which joins an embedded registry. */
	JOINING("this starter, joining", "starter"),

	/** This starter, which hosts the embedded registry. */
	HOSTING("this starter, hosting", "starter"),

	/** This starter with {@code discovery.cloud-map.endpoint}. */
	ENDPOINT("this starter, Cloud Map endpoint", "starter"),

	/** Spring Cloud Consul, which registers with a Consul agent. */
	CONSUL("spring-cloud-starter-consul-discovery", "consul"),

	/** Spring Cloud Netflix Eureka, which registers with a server. */
	EUREKA("spring-cloud-starter-netflix-eureka-client", "eureka");

	private static final Path MODULES = Path
		.of(System.getProperty("scenario.root", "."), "discovery-benchmarks", "startup")
		.toAbsolutePath()
		.normalize();

	private final String description;

	private final String module;

	Variant(String description, String module) {
		this.description = description;
		this.module = module;
	}

	/**
	 * Returns whether the application uses this starter.
	 */
	boolean isOurs() {
		return this.module.equals("starter");
	}

	/**
	 * Returns the class path, which consists of jars.
	 */
	List<Path> classPath() {
		Path libraries = MODULES.resolve(Path.of(this.module, "target", "classpath.txt"));
		try {
			return Stream
				.concat(Stream.of(MODULES.resolve(Path.of("plain", "target", "startup-plain.jar"))),
						Stream.of(Files.readString(libraries).strip().split(File.pathSeparator)).map(Path::of))
				.distinct()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Build the applications with mvn -Pscenarios -DskipTests package", ex);
		}
	}

	/**
	 * Returns the size of the class path in bytes, which is nearly that of an executable
	 * jar: it contains these jars uncompressed.
	 */
	long size() {
		return classPath().stream().map(Path::toFile).mapToLong(File::length).sum();
	}

	@Override
	public String toString() {
		return this.description;
	}

}
