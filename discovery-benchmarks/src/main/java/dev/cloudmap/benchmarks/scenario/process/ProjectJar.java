package dev.cloudmap.benchmarks.scenario.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A runnable jar of this project, built by {@code mvn package}.
 */
public enum ProjectJar {

	WORKER("sample-worker", "dev.cloudmap.sample.worker.WorkerApplication"),

	BACKEND("sample-backend", "dev.cloudmap.sample.backend.BackendApplication"),

	REGISTRY("discovery-registry", "dev.cloudmap.registry.Main");

	/**
	 * The system property for the project directory. The default is the working
	 * directory.
	 */
	private static final String ROOT = "scenario.root";

	private static final Map<ProjectJar, Path> EXTRACTED = new ConcurrentHashMap<>();

	private final String module;

	private final String mainClass;

	ProjectJar(String module, String mainClass) {
		this.module = module;
		this.mainClass = mainClass;
	}

	/**
	 * Returns the project directory.
	 */
	static Path root() {
		return Path.of(System.getProperty(ROOT, ".")).toAbsolutePath().normalize();
	}

	/**
	 * Returns the main class of the application.
	 */
	public String mainClass() {
		return this.mainClass;
	}

	/**
	 * Returns the path of the jar.
	 * @throws IllegalStateException if the jar has not been built
	 */
	public Path path() {
		Path jar = root().resolve(Path.of(this.module, "target", this.module + ".jar"));
		if (!Files.isRegularFile(jar)) {
			throw new IllegalStateException("The jar of " + this.module + " does not exist: " + jar
					+ ". Build it with mvn -DskipTests package, and set the system property " + ROOT
					+ " to the project's directory if that is not the working directory");
		}
		return jar;
	}

	/**
	 * Extracts the application into the layout that Spring Boot recommends for
	 * production, which reduces the work at startup by a third. All fleets of this JVM
	 * share the first extracted application.
	 * @param directory the target directory of the first call; existing content is
	 * replaced
	 * @return the jar to run
	 */
	public Path extractOnce(Path directory) {
		return EXTRACTED.computeIfAbsent(this, (jar) -> jar.extractTo(directory));
	}

	private Path extractTo(Path directory) {
		Path jar = path();
		Path destination = directory.resolve(this.module);
		Path log = directory.resolve(this.module + "-extract.log");
		try {
			Files.createDirectories(directory);
			int status = new ProcessBuilder(
					List.of(JvmProcess.javaCommand(), "-XX:TieredStopAtLevel=1", "-Djarmode=tools", "-jar",
							jar.toString(), "extract", "--force", "--destination", destination.toString()))
				.redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start()
				.waitFor();
			if (status != 0) {
				throw new IllegalStateException(jar + " could not be extracted: " + Files.readString(log));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		return destination.resolve(jar.getFileName());
	}

}
