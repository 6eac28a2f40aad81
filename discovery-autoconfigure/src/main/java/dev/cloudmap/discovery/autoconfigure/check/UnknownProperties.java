package dev.cloudmap.discovery.autoconfigure.check;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;

import dev.cloudmap.discovery.autoconfigure.check.PropertyPattern.Match;

/**
 * Finds properties below {@code discovery.} that are set in an environment but not bound.
 * Only property sources that list their names are searched.
 */
final class UnknownProperties {

	static final String ROOT = "discovery";

	private final KnownProperties known;

	private final ClassLoader classLoader;

	/**
	 * Creates a search.
	 * @param groups the records that bind this library's properties, by prefix
	 * @param classLoader the class loader of the application, whose libraries may also
	 * have properties below {@code discovery.}
	 */
	UnknownProperties(Map<String, Class<?>> groups, ClassLoader classLoader) {
		this.known = new KnownProperties(groups);
		this.classLoader = classLoader;
	}

	/**
	 * Returns the unknown properties that are set, each with the nearest known property,
	 * if any. Files are read only if a property seems to be unknown.
	 * @param environment the environment to search
	 * @param bound the names of all properties that have been bound
	 */
	Map<SetProperty, Optional<String>> find(ConfigurableEnvironment environment,
			Collection<ConfigurationPropertyName> bound) {
		Set<String> names = bound.stream()
			.flatMap((name) -> Stream.of(withoutIndexes(name), SetProperty.letters(withoutIndexes(name))))
			.collect(Collectors.toSet());
		List<SetProperty> unbound = SetProperty.of(environment)
			.stream()
			.filter((property) -> property.isBelow(ROOT))
			.filter((property) -> !names
				.contains(property.isVariable() ? property.key() : withoutIndexes(property.name())))
			.toList();
		Map<SetProperty, Optional<String>> unknown = unknown(unbound);
		if (unknown.isEmpty()) {
			return unknown;
		}
		this.known.addMetadata(ROOT + ".", this.classLoader);
		return unknown(unbound);
	}

	private Map<SetProperty, Optional<String>> unknown(List<SetProperty> properties) {
		Map<SetProperty, Optional<String>> unknown = new LinkedHashMap<>();
		for (SetProperty property : properties) {
			Match nearest = this.known.nearest(property);
			if (nearest == null || nearest.mistakes() > 0) {
				unknown.put(property, Optional.ofNullable(nearest).map(Match::path));
			}
		}
		return unknown;
	}

	/**
	 * Indexes are ignored: a list that another property source overrides is not bound.
	 */
	private static String withoutIndexes(ConfigurationPropertyName name) {
		return name.toString().replaceAll("\\[\\d+]", "").replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
	}

}
