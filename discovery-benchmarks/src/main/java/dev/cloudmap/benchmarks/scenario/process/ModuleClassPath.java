package dev.cloudmap.benchmarks.scenario.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The class path of an application in a module below {@code discovery-benchmarks}, which
 * only the profile {@code scenarios} builds.
 */
public final class ModuleClassPath {

	private ModuleClassPath() {
	}

	/**
	 * Returns the class path, which consists of jars.
	 * @param jar the jar of the application
	 * @param module the module with the libraries
	 */
	public static List<Path> of(String jar, String module) {
		Path benchmarks = ProjectJar.root().resolve("discovery-benchmarks");
		Path libraries = benchmarks.resolve(Path.of(module, "target", "classpath.txt"));
		try {
			return Stream
				.concat(Stream.of(benchmarks.resolve(jar)),
						Stream.of(Files.readString(libraries).strip().split(File.pathSeparator)).map(Path::of))
				.distinct()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Build the applications with mvn -Pscenarios -DskipTests package", ex);
		}
	}

}
