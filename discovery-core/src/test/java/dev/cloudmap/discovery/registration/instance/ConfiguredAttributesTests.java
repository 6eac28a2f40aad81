package dev.cloudmap.discovery.registration.instance;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.DiscoveryException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests which metadata can be configured.
 */
class ConfiguredAttributesTests {

	@Test
	void readsMetadataEachTimeAndNamesPorts() {
		Map<String, String> metadata = new HashMap<>(Map.of("color", "blue", "empty", "", "say", "two words"));
		ConfiguredAttributes configured = new ConfiguredAttributes(() -> metadata, Map.of("grpc", 9090), List.of());
		assertThat(attributes(configured)).containsOnly(Map.entry("color", "blue"), Map.entry("empty", ""),
				Map.entry("say", "two words"), Map.entry("port.grpc", "9090"));
		metadata.put("color", "green");
		assertThat(attributes(configured)).containsEntry("color", "green");
	}

	@ParameterizedTest
	@ValueSource(strings = { "two words", "", "größe", "\n" })
	void explainsInvalidName(String name) {
		refused(Map.of(name, "blue")).withMessageContaining("'" + name + "' of discovery.registration.metadata")
			.withMessageContaining("expected a name of 1 to 255");
	}

	@Test
	void rejectsReservedNamesAndSuggestsSettings() {
		refused(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1")).withMessageContaining("Set discovery.registration.host");
		refused(Map.of("AWS_INSTANCE_PORT", "1")).withMessageContaining("Set discovery.registration.port");
		refused(Map.of("AWS_ANYTHING", "1")).withMessageContaining("names with AWS_ are reserved");
		assertThat(attributes(new ConfiguredAttributes(() -> Map.of("AWS_INSTANCE_CNAME", "worker.example.com"),
				Map.of(), List.of())))
			.containsKey("AWS_INSTANCE_CNAME");
	}

	@Test
	void rejectsLongNamesAndValues() {
		String longest = "x".repeat(255);
		assertThat(attributes(new ConfiguredAttributes(() -> Map.of(longest, "y".repeat(1024)), Map.of(), List.of())))
			.hasSize(1);
		refused(Map.of(longest + "x", "blue")).withMessageContaining("expected a name of 1 to 255");
		refused(Map.of("color", "y".repeat(1025))).withMessageContaining("has 1025 characters: expected 1024 or fewer");
	}

	@ParameterizedTest
	@ValueSource(strings = { " blue", "blue ", "bl\nue", "blau-grün", " " })
	void explainsInvalidValue(String value) {
		refused(Map.of("color", value)).withMessageContaining("The value '" + value + "' of 'color'")
			.withMessageContaining("discovery.registration.metadata");
	}

	@Test
	void explainsInvalidPorts() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new ConfiguredAttributes(Map::of, Map.of("grpc", 0), List.of()))
			.withMessageContaining("discovery.registration.ports.grpc is '0': expected a port from 1 to 65535");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new ConfiguredAttributes(Map::of, Map.of("the grpc", 9090), List.of()))
			.withMessageContaining("discovery.registration.ports");
	}

	@Test
	void writesTagsAsOneAttribute() {
		List<String> tags = List.of("primary", " a,b ", "", "c\\d", "primary");
		assertThat(attributes(new ConfiguredAttributes(Map::of, Map.of(), tags)))
			.containsOnly(Map.entry("tags", "primary,a\\,b,c\\\\d"));
		assertThat(attributes(new ConfiguredAttributes(Map::of, Map.of(), List.of(" ")))).isEmpty();
		assertThat(attributes(new ConfiguredAttributes(() -> Map.of("tags", "own"), Map.of(), tags)))
			.containsOnly(Map.entry("tags", "own"));
	}

	@Test
	void explainsInvalidTags() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new ConfiguredAttributes(Map::of, Map.of(), List.of("größe")))
			.withMessageContaining("'tags' of discovery.registration.tags can't be registered");
	}

	private static ThrowableAssertAlternative<DiscoveryException> refused(Map<String, String> metadata) {
		return assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new ConfiguredAttributes(() -> metadata, Map.of(), List.of()));
	}

	private static Map<String, String> attributes(RegistrationCustomizer customizer) {
		Map<String, String> attributes = new HashMap<>();
		customizer.customize(attributes);
		return attributes;
	}

}
