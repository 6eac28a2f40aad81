package dev.cloudmap.registry.api.message;

import java.lang.reflect.RecordComponent;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The JSON names of the members of records.
 */
final class MemberNames {

	private MemberNames() {
	}

	static String of(RecordComponent component) {
		JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
		if (property != null && !property.value().isEmpty()) {
			return property.value();
		}
		String name = component.getName();
		return Character.toUpperCase(name.charAt(0)) + name.substring(1);
	}

}
