package dev.cloudmap.benchmarks.scenario.process;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A sample application that is ready to run.
 *
 * @param arguments the arguments after {@code java}
 */
public record Program(List<String> arguments) {

	public Program {
		arguments = List.copyOf(arguments);
	}

	/**
	 * Creates a program.
	 * @param sample the sample application
	 * @param jar the extracted jar
	 * @param addition additional classes of the application
	 */
	public static Program of(SampleJar sample, Path jar, Addition addition) {
		if (addition.equals(Addition.NONE)) {
			return new Program(List.of("-jar", jar.toString()));
		}
		List<String> classPath = new ArrayList<>(List.of(jar.toString()));
		addition.classPath().forEach((path) -> classPath.add(path.toString()));
		return new Program(List.of("-cp", String.join(File.pathSeparator, classPath), sample.mainClass(),
				"--spring.main.sources=" + String.join(",", addition.sources())));
	}

}
