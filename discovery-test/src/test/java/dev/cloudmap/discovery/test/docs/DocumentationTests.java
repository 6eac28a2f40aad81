package dev.cloudmap.discovery.test.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Verifies that every Java example in docs/testing.md is part of the tests of this
 * module, so that it compiles and runs.
 */
class DocumentationTests {

	private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

	private static final Path SOURCES = Path.of("src/test/java/dev/cloudmap/discovery/test");

	@Test
	void examplesAreCodeOfTests() throws IOException {
		String page = Files.readString(Path.of("../docs/testing.md"));
		List<String> examples = JAVA.matcher(page).results().map((match) -> match.group(1)).toList();
		assertThat(examples).isNotEmpty();
		List<String> sources = sources();
		assertThat(examples)
			.allSatisfy((example) -> assertThat(sources).anyMatch((source) -> source.contains(normalize(example))));
	}

	private static List<String> sources() throws IOException {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.map(DocumentationTests::read)
				.map(DocumentationTests::normalize)
				.collect(Collectors.toList());
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Removes differences in line breaks and indentation. */
	private static String normalize(String code) {
		return code.replaceAll("\\s+", " ").trim();
	}

}
