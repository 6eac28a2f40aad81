package dev.cloudmap.discovery.autoconfigure.properties;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.autoconfigure.properties.ConfigurationMetadata.Property;
import dev.cloudmap.discovery.autoconfigure.properties.ConfigurationMetadata.Value;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the configuration metadata, which IDEs show.
 */
class ConfigurationMetadataTests {

	/** A sentence, without markup of Javadoc and without a leading article. */
	private static final String DESCRIPTION = "(?!(The|A|An) )[A-Z][^\\n{}]*\\.";

	private static final List<String> MAP_SUFFIXES = List.of(".keys", ".values");

	private final ConfigurationMetadata metadata;

	ConfigurationMetadataTests() throws IOException {
		this.metadata = ConfigurationMetadata.load();
	}

	@Test
	void everyPropertyHasADescription() {
		assertThat(this.metadata.properties()).hasSizeGreaterThan(50)
			.allSatisfy((property) -> assertThat(property.description()).as(property.name()).matches(DESCRIPTION));
	}

	@Test
	void descriptionsDiffer() {
		Set<String> seen = new HashSet<>();
		assertThat(this.metadata.properties())
			.filteredOn((property) -> !property.name().endsWith(".services") && !seen.add(property.description()))
			.isEmpty();
	}

	@Test
	void everyEnumHasAHintForEachConstant() {
		List<Property> enums = this.metadata.properties()
			.stream()
			.filter((property) -> !property.constants().isEmpty())
			.toList();
		assertThat(enums).hasSizeGreaterThan(8)
			.allSatisfy((property) -> assertThat(this.metadata.hints().getOrDefault(property.name(), List.of()))
				.as(property.name())
				.extracting(Value::value)
				.containsExactlyInAnyOrderElementsOf(property.constants()));
	}

	@Test
	void everyHintBelongsToAPropertyAndDescribesItsValues() {
		Set<String> names = new HashSet<>();
		for (Property property : this.metadata.properties()) {
			if (property.isMap()) {
				MAP_SUFFIXES.forEach((suffix) -> names.add(property.name() + suffix));
			}
			else {
				names.add(property.name());
			}
		}
		assertThat(this.metadata.hints()).allSatisfy((name, values) -> {
			assertThat(names).contains(name);
			assertThat(values).as(name).allMatch(Value::isDescribed);
		});
	}

	@Test
	void everyDeprecatedPropertyStatesAReplacementOrAReason() {
		assertThat(this.metadata.properties()).allSatisfy((property) -> assertThat(
				property.deprecation().filter((found) -> found.replacement().isEmpty() && found.reason().isEmpty()))
			.as(property.name())
			.isEmpty());
	}

}
