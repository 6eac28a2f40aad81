package dev.cloudmap.discovery.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests which instance ids programs can resolve.
 */
class InstanceIdTests {

	private static final Pattern EXAMPLE = Pattern.compile("for example (\\S+)$");

	@ParameterizedTest
	@ValueSource(strings = { "a", "A-1", "_a", "a_", "127.0.1.2", "i-0123.rack_1", "1", "a--b" })
	void recognizesHostNames(String id) {
		assertThat(InstanceId.unresolvable(id)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "worker-", "a-.b", "a.b-", "-", "-a", "a.-b", "a:b", "10.0.0.1:80", "a/b", "a@b", "a..b",
			".a", "a.", "." })
	void suggestsAHostName(String id) {
		assertThat(example(id)).satisfies(InstanceIdTests::isAccepted);
	}

	@ParameterizedTest
	@CsvSource({ "worker-,worker", "a-.b,a.b", "a:b,a-b", "a..b,a.b", "-,worker-1" })
	void suggestsASimilarId(String id, String similar) {
		assertThat(example(id)).isEqualTo(similar);
	}

	@Test
	void checksTheLengthOfALabel() {
		assertThat(InstanceId.unresolvable("a".repeat(63))).isNull();
		assertThat(example("a".repeat(64))).isEqualTo("a".repeat(63));
		assertThat(example("a".repeat(62) + "-b")).isEqualTo("a".repeat(62));
	}

	private static void isAccepted(String id) {
		assertThat(InstanceId.isValid(id)).isTrue();
		assertThat(InstanceId.unresolvable(id)).isNull();
	}

	private static String example(String id) {
		String sentence = InstanceId.unresolvable(id);
		assertThat(sentence).isNotNull().contains("begin or end with '-'");
		Matcher example = EXAMPLE.matcher(sentence);
		assertThat(example.find()).isTrue();
		return example.group(1);
	}

}
