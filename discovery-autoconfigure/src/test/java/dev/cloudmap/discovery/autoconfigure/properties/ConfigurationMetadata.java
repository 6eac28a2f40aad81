package dev.cloudmap.discovery.autoconfigure.properties;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.UrlResource;
import org.springframework.util.ClassUtils;

/**
 * The configuration metadata of this module, as Spring Boot's annotation processor has
 * generated it.
 */
record ConfigurationMetadata(List<Property> properties, Map<String, List<Value>> hints) {

	private static final String FILE = "META-INF/spring-configuration-metadata.json";

	/** The classes of tests may have metadata of their own. */
	static ConfigurationMetadata load() throws IOException {
		URL classes = DiscoveryProperties.class.getProtectionDomain().getCodeSource().getLocation();
		return parse(new UrlResource(classes).createRelative(FILE).getContentAsString(StandardCharsets.UTF_8));
	}

	static ConfigurationMetadata parse(String json) {
		Map<String, Object> root = JsonParserFactory.getJsonParser().parseMap(json);
		Map<String, List<Value>> hints = new TreeMap<>();
		for (Map<String, Object> hint : list(root, "hints")) {
			hints.put(text(hint, "name"),
					list(hint, "values").stream()
						.map((value) -> new Value(text(value, "value"), text(value, "description")))
						.toList());
		}
		return new ConfigurationMetadata(
				list(root, "properties").stream().map(ConfigurationMetadata::property).toList(), hints);
	}

	@SuppressWarnings("unchecked")
	private static Property property(Map<String, Object> json) {
		// the processor writes the default of a collection as "[A, SRV]"
		String defaultValue = text(json, "defaultValue").replaceAll("^\\[|]$", "");
		Map<String, Object> deprecation = (Map<String, Object>) json.get("deprecation");
		return new Property(text(json, "name"), text(json, "type"), defaultValue, text(json, "description"),
				Optional.ofNullable(deprecation)
					.map((found) -> new Deprecation(text(found, "replacement"), text(found, "reason"))));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> list(Map<String, Object> json, String name) {
		return (List<Map<String, Object>>) json.getOrDefault(name, List.of());
	}

	private static String text(Map<String, Object> json, String name) {
		return Objects.toString(json.get(name), "");
	}

	/** A property. Absent texts are empty. */
	record Property(String name, String type, String defaultValue, String description,
			Optional<Deprecation> deprecation) {

		boolean isMap() {
			return this.type.startsWith(Map.class.getName());
		}

		/**
		 * The constants of the property's enum, or of its elements', as they are written.
		 */
		List<String> constants() {
			String element = this.type.replaceAll(".*<|>", "");
			if (isMap() || !ClassUtils.isPresent(element, null)) {
				return List.of();
			}
			Object[] constants = ClassUtils.resolveClassName(element, null).getEnumConstants();
			return (constants != null) ? Arrays.stream(constants).map(this::written).toList() : List.of();
		}

		/** Record types of DNS are written in capitals everywhere. */
		private String written(Object constant) {
			boolean capitals = this.defaultValue.matches("[A-Z, ]+");
			return capitals ? constant.toString() : constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	/** The replacement of a deprecated property, or why there is none. */
	record Deprecation(String replacement, String reason) {
	}

	/** A value that an IDE proposes. */
	record Value(String value, String description) {

		private static final Pattern SENTENCE = Pattern.compile("[A-Z0-9].*\\.");

		boolean isDescribed() {
			return SENTENCE.matcher(this.description).matches();
		}

	}

}
