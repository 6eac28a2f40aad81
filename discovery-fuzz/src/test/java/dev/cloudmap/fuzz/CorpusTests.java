package dev.cloudmap.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs each fuzz target with the inputs of its corpus: inputs that reach most of the
 * code, and inputs that once were findings. The tests do not need the fuzzer.
 */
class CorpusTests {

	static List<Target> targets() throws IOException {
		try (InputStream file = CorpusTests.class.getResourceAsStream("/targets")) {
			return new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8)).lines()
				.filter((line) -> !line.startsWith("#"))
				.map((line) -> line.split(" +"))
				.map((words) -> new Target(words[0], words[1]))
				.toList();
		}
	}

	@ParameterizedTest
	@MethodSource("targets")
	void targetPassesForItsCorpus(Target target) throws Exception {
		Method method = Class.forName(target.className()).getMethod("fuzzerTestOneInput", byte[].class);
		List<Path> inputs = target.inputs();
		assertThat(inputs).isNotEmpty();
		for (Path input : inputs) {
			try {
				method.invoke(null, (Object) Files.readAllBytes(input));
			}
			catch (InvocationTargetException ex) {
				throw new AssertionError(target + " fails for " + input, ex.getCause());
			}
		}
	}

	record Target(String name, String className) {

		List<Path> inputs() {
			URI directory;
			try {
				directory = CorpusTests.class.getResource("/corpus/" + this.name).toURI();
			}
			catch (URISyntaxException ex) {
				throw new IllegalStateException(ex);
			}
			try (Stream<Path> files = Files.list(Path.of(directory))) {
				return files.sorted().toList();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
