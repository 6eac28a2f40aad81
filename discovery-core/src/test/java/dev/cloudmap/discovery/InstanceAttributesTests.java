package dev.cloudmap.discovery;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the format of tags.
 */
class InstanceAttributesTests {

	@Test
	void splitsTagsAtCommas() {
		assertThat(InstanceAttributes.splitTags("primary, backups,,primary")).containsExactly("primary", "backups");
		assertThat(InstanceAttributes.splitTags("/(;\\,:-_)/,www")).containsExactly("/(;,:-_)/", "www");
		assertThat(InstanceAttributes.splitTags("\\d,a\\")).containsExactly("\\d", "a\\");
		assertThat(InstanceAttributes.splitTags(" ")).isEmpty();
		assertThat(InstanceAttributes.joinTags(List.of("", " "))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a,b", "a\\", "\\,", "\\\\", ",", "a\\b" })
	void splitsWhatItJoins(String tag) {
		List<String> tags = List.of("first", tag, "last");
		assertThat(InstanceAttributes.splitTags(InstanceAttributes.joinTags(tags))).isEqualTo(tags);
	}

}
