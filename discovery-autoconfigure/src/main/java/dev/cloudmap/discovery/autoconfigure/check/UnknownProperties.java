package dev.cloudmap.discovery.autoconfigure.check;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.ConfigurableEnvironment;

import dev.cloudmap.discovery.autoconfigure.check.PropertyPattern.Match;

/**
 * Finds properties below {@code discovery.} that are set in an environment but not bound.
 * Only property sources that list their names are searched.
 */
final class UnknownProperties {

	static final String ROOT = "discovery";

	/** The properties that this library's records bind. */
	private final Set<String> patterns = new TreeSet<>();

	/**
	 * Creates a search.
	 * @param groups the records that bind this library's properties, by prefix
	 */
	UnknownProperties(Map<String, Class<?>> groups) {
		groups.forEach(this::add);
	}

	private void add(String prefix, Class<?> type) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
			Class<?> raw = component.getType();
			if (raw.isRecord()) {
				add(name, raw);
			}
			else if (Map.class.isAssignableFrom(raw)) {
				addMap(name, component);
			}
			else {
				this.patterns.add(name);
				if (Collection.class.isAssignableFrom(raw) || raw.isArray()) {
					this.patterns.add(name + "." + PropertyPattern.INDEX);
				}
			}
		}
	}

	/**
	 * A record may have a map of its own type. A map within a map of records has any
	 * keys.
	 */
	private void addMap(String name, RecordComponent component) {
		Class<?> value = ResolvableType.forType(component.getGenericType()).asMap().getGeneric(1).resolve(Object.class);
		if (value.isRecord() && name.indexOf('*') < 0) {
			add(name + "." + PropertyPattern.KEY, value);
		}
		else {
			this.patterns.add(name + "." + PropertyPattern.ANY);
		}
	}

	/**
	 * Returns the unknown properties that are set, each with the nearest known property,
	 * if any.
	 * @param environment the environment to search
	 * @param bound the names of all properties that have been bound
	 */
	Map<SetProperty, Optional<String>> find(ConfigurableEnvironment environment,
			Collection<ConfigurationPropertyName> bound) {
		Set<String> names = bound.stream()
			.flatMap((name) -> Stream.of(withoutIndexes(name), SetProperty.letters(withoutIndexes(name))))
			.collect(Collectors.toSet());
		Map<SetProperty, Optional<String>> unknown = new LinkedHashMap<>();
		for (SetProperty property : SetProperty.of(environment)) {
			String name = property.isVariable() ? property.key() : withoutIndexes(property.name());
			if (property.isBelow(ROOT) && !names.contains(name)) {
				Match nearest = nearest(property);
				if (nearest == null || nearest.mistakes() > 0) {
					unknown.put(property, Optional.ofNullable(nearest).map(Match::path));
				}
			}
		}
		return unknown;
	}

	/**
	 * Returns the nearest known property.
	 * @param property a property that is set
	 * @return the match, without mistakes if the property is known; null if none is near
	 */
	private @Nullable Match nearest(SetProperty property) {
		Match nearest = null;
		for (String pattern : this.patterns) {
			Match match = PropertyPattern.match(pattern, property);
			if (match != null && (nearest == null || match.mistakes() < nearest.mistakes())) {
				nearest = match;
			}
		}
		return nearest;
	}

	/**
	 * Indexes are ignored: a list that another property source overrides is not bound.
	 */
	private static String withoutIndexes(ConfigurationPropertyName name) {
		return name.toString().replaceAll("\\[\\d+]", "").replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
	}

}
