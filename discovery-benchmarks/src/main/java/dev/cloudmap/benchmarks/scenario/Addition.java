package dev.cloudmap.benchmarks.scenario;

import java.nio.file.Path;
import java.util.List;

/**
 * What a sample application has in it that its developer did not write.
 *
 * @param classPath where it is found; never null
 * @param sources configuration classes; never null
 */
public record Addition(List<Path> classPath, List<String> sources) {

	/**
	 * Nothing.
	 */
	public static final Addition NONE = new Addition(List.of(), List.of());

	public Addition {
		classPath = List.copyOf(classPath);
		sources = List.copyOf(sources);
	}

}
