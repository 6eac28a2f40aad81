package dev.cloudmap.discovery.autoconfigure.check;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.json.JsonParseException;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.ResolvableType;

import dev.cloudmap.discovery.autoconfigure.check.PropertyPattern.Match;

/**
 * The known properties: those of this library's records, and those in the configuration
 * metadata of other libraries. Not thread-safe.
 */
final class KnownProperties {

	private static final List<String> LOCATIONS = List.of("META-INF/spring-configuration-metadata.json",
			"META-INF/additional-spring-configuration-metadata.json");

	private static final Logger logger = LoggerFactory.getLogger(KnownProperties.class);

	private final Set<String> patterns = new TreeSet<>();

	/**
	 * Creates the set of properties that records bind.
	 * @param groups the records, by prefix
	 */
	KnownProperties(Map<String, Class<?>> groups) {
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
	 * Adds the properties in configuration metadata, and all names below them. A file
	 * that cannot be read is skipped.
	 * @param prefix the prefix of their names
	 * @param classLoader the class loader of the files
	 */
	void addMetadata(String prefix, ClassLoader classLoader) {
		for (String location : LOCATIONS) {
			try {
				for (URL file : Collections.list(classLoader.getResources(location))) {
					addMetadata(prefix, read(file));
				}
			}
			catch (IOException | JsonParseException ex) {
				logger.debug("Configuration metadata cannot be read", ex);
			}
		}
	}

	private void addMetadata(String prefix, String content) {
		if (!content.contains("\"" + prefix)
				|| !(JsonParserFactory.getJsonParser().parseMap(content).get("properties") instanceof List<?> list)) {
			return;
		}
		for (Object property : list) {
			if (property instanceof Map<?, ?> map && map.get("name") instanceof String name && name.startsWith(prefix)
					&& this.patterns.stream().noneMatch((pattern) -> (pattern + ".").startsWith(name + "."))) {
				this.patterns.add(name);
				this.patterns.add(name + "." + PropertyPattern.ANY);
			}
		}
	}

	private static String read(URL file) throws IOException {
		URLConnection connection = file.openConnection();
		connection.setUseCaches(false);
		try (InputStream stream = connection.getInputStream()) {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/**
	 * Returns the nearest known property.
	 * @param property a property that is set
	 * @return the match, without mistakes if the property is known; null if none is near
	 */
	@Nullable Match nearest(SetProperty property) {
		Match nearest = null;
		for (String pattern : this.patterns) {
			Match match = PropertyPattern.match(pattern, property);
			if (match != null && (nearest == null || match.mistakes() < nearest.mistakes())) {
				nearest = match;
			}
		}
		return nearest;
	}

}
