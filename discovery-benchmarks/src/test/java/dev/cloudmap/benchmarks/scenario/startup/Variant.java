package dev.cloudmap.benchmarks.scenario.startup;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

import dev.cloudmap.benchmarks.scenario.process.ModuleClassPath;

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
		return ModuleClassPath.of("startup/plain/target/startup-plain.jar", "startup/" + this.module);
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
