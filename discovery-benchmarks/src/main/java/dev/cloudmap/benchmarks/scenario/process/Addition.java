package dev.cloudmap.benchmarks.scenario.process;

import java.nio.file.Path;
import java.util.List;

/**
 * Classes that are added to a sample application.
 *
 * @param classPath the additional class path entries
 * @param sources configuration classes
 */
public record Addition(List<Path> classPath, List<String> sources) {

	/**
	 * No additional classes.
	 */
	public static final Addition NONE = new Addition(List.of(), List.of());

	public Addition {
		classPath = List.copyOf(classPath);
		sources = List.copyOf(sources);
	}

}
