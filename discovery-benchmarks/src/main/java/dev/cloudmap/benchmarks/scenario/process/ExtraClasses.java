package dev.cloudmap.benchmarks.scenario.process;

import java.nio.file.Path;
import java.util.List;

/**
 * Classes that are added to a sample application.
 *
 * @param classPath the additional class path entries
 * @param sources configuration classes
 */
public record ExtraClasses(List<Path> classPath, List<String> sources) {

	/**
	 * No additional classes.
	 */
	public static final ExtraClasses NONE = new ExtraClasses(List.of(), List.of());

	public ExtraClasses {
		classPath = List.copyOf(classPath);
		sources = List.copyOf(sources);
	}

}
