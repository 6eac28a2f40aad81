package dev.cloudmap.discovery.autoconfigure.properties;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Generates the tables of {@code docs/configuration.md}, and fails if they are out of
 * date.
 */
class ConfigurationPageTests {

	private static final Path PAGE = Path.of("../docs/configuration.md");

	private static final String UPDATE = "update.docs";

	private static final String EMPTY = "<!-- properties: my -->\n<!-- end of properties -->";

	@Test
	void pageIsUpToDate() throws IOException {
		String page = Files.readString(PAGE);
		String updated = new ConfigurationPage(ConfigurationMetadata.load()).update(page);
		if (Boolean.getBoolean(UPDATE)) {
			Files.writeString(PAGE, updated);
			return;
		}
		assertThat(page).as("docs/configuration.md is out of date. Update it with: mvn -pl discovery-autoconfigure -am"
				+ " test -Dtest=ConfigurationPageTests -Dsurefire.failIfNoSpecifiedTests=false -D" + UPDATE + "=true")
			.isEqualTo(updated);
	}

	/** The metadata does not contain the properties of a map's values. */
	@Test
	void pageHasThePropertiesOfSingleServices() throws IOException {
		List<String> names = Arrays.stream(DiscoveryProperties.Lookup.Service.class.getRecordComponents())
			.map(RecordComponent::getName)
			.map(DataObjectPropertyName::toDashedForm)
			.map("discovery.lookup.services.<name>."::concat)
			.toList();
		assertThat(Files.readString(PAGE)).contains(names);
	}

	@Test
	void tableHasDefaultsValuesAndReplacements() {
		String page = page("""
				{"properties": [
				  {"name": "my.moment", "type": "dev.cloudmap.discovery.lifecycle.RegistrationMoment",
				   "description": "Event, see spring.main.banner-mode.", "defaultValue": "ready"},
				  {"name": "my.names", "type": "java.util.Map<java.lang.String,java.lang.String>",
				   "description": "Either a|b.", "deprecation": {"replacement": "my.labels"}}],
				 "hints": [{"name": "my.moment", "values": [{"value": "ready"}, {"value": "web-server"}]}]}
				""");
		assertThat(page).contains(
				"| `my.moment` | `ready` | Event, see `spring.main.banner-mode`. Values: `ready`, `web-server`. |",
				"| `my.names.*` | | **Deprecated.** Use `my.labels` instead. Either a\\|b. |");
	}

	@Test
	void everyPropertyBelongsToASection() {
		assertThatIllegalStateException()
			.isThrownBy(() -> page("{\"properties\": [{\"name\": \"mine.port\", \"type\": \"java.lang.Integer\"}]}"))
			.withMessageContaining("mine.port is in no section of the page");
	}

	private static String page(String json) {
		return new ConfigurationPage(ConfigurationMetadata.parse(json)).update(EMPTY);
	}

}
