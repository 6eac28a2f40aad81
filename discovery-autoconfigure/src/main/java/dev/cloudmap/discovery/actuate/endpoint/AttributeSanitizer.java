package dev.cloudmap.discovery.actuate.endpoint;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Sanitizes the values of attributes, which may be secret, as Spring Boot sanitizes those
 * of properties.
 */
final class AttributeSanitizer {

	private final Sanitizer sanitizer;

	AttributeSanitizer(List<SanitizingFunction> functions) {
		this.sanitizer = new Sanitizer(functions);
	}

	/**
	 * Sanitizes attributes.
	 * @param values whether unsanitized values are shown
	 */
	Map<String, Object> sanitize(Map<String, String> attributes, Values values) {
		Map<String, Object> sanitized = new TreeMap<>();
		attributes.forEach((key, value) -> {
			Object shown = sanitize(key, value, values);
			if (shown != null) {
				sanitized.put(key, shown);
			}
		});
		return sanitized;
	}

	private @Nullable Object sanitize(String key, String value, Values values) {
		return this.sanitizer.sanitize(new SanitizableData(null, key, value), values == Values.SHOWN);
	}

	/**
	 * Whether values are shown.
	 */
	enum Values {

		/** Values are shown, unless a sanitizing function hides them. */
		SHOWN,

		/** All values are hidden. */
		HIDDEN

	}

}
