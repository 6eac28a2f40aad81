package dev.cloudmap.benchmarks.scenario.process;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that runs a sample application.
 *
 * @param arguments the arguments after {@code java}
 */
public record JavaCommand(List<String> arguments) {

	public JavaCommand {
		arguments = List.copyOf(arguments);
	}

	/**
	 * Creates the command.
	 * @param sample the sample application
	 * @param jar the extracted jar
	 * @param extraClasses additional classes of the application
	 */
	public static JavaCommand of(ProjectJar sample, Path jar, ExtraClasses extraClasses) {
		if (extraClasses.equals(ExtraClasses.NONE)) {
			return new JavaCommand(List.of("-jar", jar.toString()));
		}
		List<String> classPath = new ArrayList<>(List.of(jar.toString()));
		extraClasses.classPath().forEach((path) -> classPath.add(path.toString()));
		return new JavaCommand(List.of("-cp", String.join(File.pathSeparator, classPath), sample.mainClass(),
				"--spring.main.sources=" + String.join(",", extraClasses.sources())));
	}

}
