package dev.cloudmap.registry.api.message;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads and writes the JSON 1.1 protocol of AWS: names start with a capital letter, null
 * members are omitted, unknown members are ignored, times are seconds with a fraction.
 */
public final class Json {

	private static final int MILLISECOND_DIGITS = 3;

	private static final JsonMapper mapper = JsonMapper.builder()
		.propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
		.changeDefaultPropertyInclusion((inclusion) -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
		.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
		.withCoercionConfig(LogicalType.Textual,
				(config) -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
		.withCoercionConfig(LogicalType.Integer,
				(config) -> config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
		.addModule(new SimpleModule().addSerializer(new EpochSecondsSerializer())
			.addSerializer(new SerializedStringSerializer()))
		.build();

	private Json() {
	}

	/**
	 * Reads a request.
	 * @throws JacksonException if the bytes are not JSON, or a member has another type
	 */
	public static <T> T read(byte[] bytes, Class<T> type) {
		return mapper.readValue(bytes, type);
	}

	/**
	 * Returns what is wrong with a request, in the terms of the API.
	 */
	public static String explain(JacksonException failure) {
		if (!(failure instanceof DatabindException)) {
			return "The body is not valid JSON: %s.".formatted(failure.getOriginalMessage());
		}
		if (failure.getPath().isEmpty()) {
			return "The body must be a JSON object whose values have the types of the operation.";
		}
		String member = failure.getPath()
			.stream()
			.map((step) -> (step.getPropertyName() != null) ? step.getPropertyName() : step.getIndex() + 1 + ".member")
			.collect(Collectors.joining("."));
		return "The value of '%s' has the wrong type for the operation.".formatted(member);
	}

	public static byte[] write(Object value) {
		return mapper.writeValueAsBytes(value);
	}

	/**
	 * Returns the JSON of a value, for use as a part of several other values. It keeps
	 * its bytes.
	 */
	public static SerializedString serialized(Object value) {
		return new SerializedString(mapper.writeValueAsString(value));
	}

	/**
	 * Returns a time as the API writes it: seconds since 1970 with milliseconds.
	 */
	public static BigDecimal epochSeconds(Instant time) {
		return BigDecimal.valueOf(time.toEpochMilli(), MILLISECOND_DIGITS);
	}

	private static final class EpochSecondsSerializer extends StdSerializer<Instant> {

		private EpochSecondsSerializer() {
			super(Instant.class);
		}

		@Override
		public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
			generator.writeNumber(epochSeconds(value));
		}

	}

	private static final class SerializedStringSerializer extends StdSerializer<SerializedString> {

		private SerializedStringSerializer() {
			super(SerializedString.class);
		}

		@Override
		public void serialize(SerializedString value, JsonGenerator generator, SerializationContext context) {
			generator.writeRawValue(value);
		}

	}

}
