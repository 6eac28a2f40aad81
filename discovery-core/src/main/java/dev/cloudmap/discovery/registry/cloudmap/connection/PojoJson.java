package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Converts requests and answers of the SDK to JSON objects and back (Smithy, "AWS JSON
 * 1.1 protocol").
 */
final class PojoJson {

	private static final double MILLIS = 1000;

	private PojoJson() {
	}

	/**
	 * Returns the members of a request that are set.
	 */
	static Map<String, Object> members(SdkPojo pojo) {
		Map<String, Object> members = new LinkedHashMap<>();
		for (SdkField<?> field : pojo.sdkFields()) {
			Object value = field.getValueOrDefault(pojo);
			if (value != null && !(value instanceof SdkAutoConstructList) && !(value instanceof SdkAutoConstructMap)) {
				members.put(field.locationName(), json(value));
			}
		}
		return members;
	}

	private static Object json(Object value) {
		if (value instanceof SdkPojo pojo) {
			return members(pojo);
		}
		if (value instanceof List<?> list) {
			return list.stream().map(PojoJson::json).toList();
		}
		// a map of the operations in use has texts as values
		return value;
	}

	/**
	 * Sets the members of an answer.
	 * @param members the JSON object; unknown members are ignored
	 * @param builder the builder of the answer
	 * @throws ClassCastException if a member has the wrong type
	 */
	static void read(Map<?, ?> members, SdkPojo builder) {
		for (SdkField<?> field : builder.sdkFields()) {
			Object value = members.get(field.locationName());
			if (value != null) {
				field.set(builder, read(value, field));
			}
		}
	}

	private static @Nullable Object read(@Nullable Object value, SdkField<?> field) {
		MarshallingType<?> type = field.marshallingType();
		if (value == null || type == MarshallingType.STRING) {
			return (String) value;
		}
		if (type == MarshallingType.SDK_POJO) {
			SdkPojo builder = field.constructor().get();
			read((Map<?, ?>) value, builder);
			return ((Buildable) builder).build();
		}
		if (type == MarshallingType.LIST) {
			SdkField<?> member = field.getRequiredTrait(ListTrait.class).memberFieldInfo();
			List<@Nullable Object> list = new ArrayList<>();
			((List<?>) value).forEach((element) -> list.add(read(element, member)));
			return list;
		}
		if (type == MarshallingType.MAP) {
			SdkField<?> member = field.getRequiredTrait(MapTrait.class).valueFieldInfo();
			Map<Object, @Nullable Object> map = new LinkedHashMap<>();
			((Map<?, ?>) value).forEach((key, element) -> map.put(key, read(element, member)));
			return map;
		}
		if (type == MarshallingType.INTEGER) {
			return ((Number) value).intValue();
		}
		if (type == MarshallingType.LONG) {
			return ((Number) value).longValue();
		}
		if (type == MarshallingType.INSTANT) {
			return Instant.ofEpochMilli(Math.round(((Number) value).doubleValue() * MILLIS));
		}
		return value;
	}

}
