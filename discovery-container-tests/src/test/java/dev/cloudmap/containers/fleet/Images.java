package dev.cloudmap.containers.fleet;

import java.nio.file.Path;
import java.util.concurrent.Future;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;

/**
 * Builds the images of the registry and the samples from their Dockerfiles and the jars
 * in {@code target}, once per JVM. The images stay in the engine, so that the next build
 * reuses unchanged layers. Thread-safe.
 */
public final class Images {

	/** The JRE image that is the base of all images. */
	static final String JRE = System.getProperty("containers.jre-image", "eclipse-temurin:17-jre");

	private static final Path ROOT = Path.of(System.getProperty("containers.root", "..")).toAbsolutePath().normalize();

	private static final ImageFromDockerfile REGISTRY = image("discovery-registry", "discovery-registry/Dockerfile");

	private static final ImageFromDockerfile WORKER = image("sample-worker", "samples.Dockerfile");

	private static final ImageFromDockerfile BACKEND = image("sample-backend", "samples.Dockerfile");

	private Images() {
	}

	/**
	 * Returns the registry's image for {@link GenericContainer}.
	 */
	public static Future<String> registry() {
		return REGISTRY;
	}

	/**
	 * Returns the worker's image for {@link GenericContainer}.
	 */
	public static Future<String> worker() {
		return WORKER;
	}

	/**
	 * Returns the backend's image for {@link GenericContainer}.
	 */
	public static Future<String> backend() {
		return BACKEND;
	}

	/**
	 * Returns the image of the module with the given name.
	 */
	private static ImageFromDockerfile image(String name, String dockerfile) {
		String jar = "target/" + name + ".jar";
		return new ImageFromDockerfile("localhost/" + name + ":test", false).withBuildArg("BASE_IMAGE", JRE)
			.withFileFromPath("Dockerfile", ROOT.resolve(dockerfile))
			.withFileFromPath(jar, ROOT.resolve(name).resolve(jar));
	}

}
