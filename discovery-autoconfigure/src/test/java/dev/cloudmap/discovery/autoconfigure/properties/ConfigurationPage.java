package dev.cloudmap.discovery.autoconfigure.properties;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.cloudmap.discovery.autoconfigure.properties.ConfigurationMetadata.Deprecation;
import dev.cloudmap.discovery.autoconfigure.properties.ConfigurationMetadata.Property;
import dev.cloudmap.discovery.autoconfigure.properties.ConfigurationMetadata.Value;

/**
 * The documentation page of the properties. It has a table of properties after each
 * comment {@code <!-- properties: PREFIX, ... -->}, up to the comment
 * {@code <!-- end of properties -->}. A property belongs to its longest prefix.
 */
final class ConfigurationPage {

	private static final Pattern SECTION = Pattern
		.compile("<!-- properties: ([^>]+) -->\\n(.*?)<!-- end of properties -->", Pattern.DOTALL);

	private static final Pattern NAME_IN_TEXT = Pattern
		.compile("\\b(?:discovery|management|server|spring)\\.[a-z0-9.-]*[a-z0-9]");

	private static final String HEADER = "| property | default | description |\n|---|---|---|\n";

	private final ConfigurationMetadata metadata;

	ConfigurationPage(ConfigurationMetadata metadata) {
		this.metadata = metadata;
	}

	/**
	 * Returns the page with current tables.
	 * @param page the page with its comments
	 */
	String update(String page) {
		List<String> prefixes = SECTION.matcher(page)
			.results()
			.flatMap((section) -> prefixes(section).stream())
			.toList();
		Map<String, List<Property>> byPrefix = new LinkedHashMap<>();
		for (Property property : this.metadata.properties()) {
			String prefix = prefixes.stream()
				.filter((candidate) -> (property.name() + ".").startsWith(candidate + "."))
				.max(Comparator.comparingInt(String::length))
				.orElseThrow(() -> new IllegalStateException(property.name() + " is in no section of the page: expected"
						+ " a comment '<!-- properties: PREFIX -->' with a prefix of it"));
			byPrefix.computeIfAbsent(prefix, (key) -> new ArrayList<>()).add(property);
		}
		return SECTION.matcher(page)
			.replaceAll((section) -> Matcher.quoteReplacement("<!-- properties: " + section.group(1) + " -->\n" + HEADER
					+ prefixes(section).stream()
						.flatMap((prefix) -> byPrefix.getOrDefault(prefix, List.of()).stream())
						.map(this::row)
						.collect(Collectors.joining())
					+ "<!-- end of properties -->"));
	}

	private static List<String> prefixes(MatchResult section) {
		return Arrays.stream(section.group(1).split(",")).map(String::trim).toList();
	}

	private String row(Property property) {
		String name = property.name() + (property.isMap() ? ".*" : "");
		String value = property.defaultValue().isEmpty() ? "" : code(property.defaultValue()) + " ";
		return "| " + code(name) + " | " + value + "| " + description(property) + " |\n";
	}

	private String description(Property property) {
		String text = NAME_IN_TEXT.matcher(property.description()).replaceAll((name) -> code(name.group()));
		List<String> constants = property.constants().isEmpty() ? List.of()
				: this.metadata.hints().getOrDefault(property.name(), List.of()).stream().map(Value::value).toList();
		String values = constants.isEmpty() ? ""
				: " Values: " + String.join(", ", constants.stream().map(ConfigurationPage::code).toList()) + ".";
		String deprecation = property.deprecation().map(ConfigurationPage::deprecation).orElse("");
		return (deprecation + text + values).replace("|", "\\|");
	}

	private static String deprecation(Deprecation deprecation) {
		String replacement = deprecation.replacement().isEmpty() ? ""
				: " Use " + code(deprecation.replacement()) + " instead.";
		String reason = deprecation.reason().isEmpty() ? "" : " " + deprecation.reason();
		return "**Deprecated.**" + replacement + reason + " ";
	}

	private static String code(String text) {
		return "`" + text + "`";
	}

}
