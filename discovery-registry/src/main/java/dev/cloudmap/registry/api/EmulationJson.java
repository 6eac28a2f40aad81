package dev.cloudmap.registry.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.time.DurationFormat;

/**
 * The JSON of the emulation settings. Unlike Cloud Map's API it rejects unknown members.
 */
final class EmulationJson {

	private static final String OPERATION_DELAY = "operationDelay";

	private static final String HEALTH_DELAY = "healthDelay";

	private static final String CONSISTENCY_DELAY = "consistencyDelay";

	private static final String FAILURES = "failures";

	private static final String THROTTLING = "throttling";

	private static final String QUOTAS = "quotas";

	private static final Set<String> MEMBERS = Set.of(OPERATION_DELAY, HEALTH_DELAY, CONSISTENCY_DELAY, FAILURES,
			THROTTLING, QUOTAS);

	private static final int SHOWN = 100;

	private static final JsonMapper mapper = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private EmulationJson() {
	}

	/**
	 * Returns the members of the JSON object.
	 */
	static Map<String, Object> write(Emulation emulation) {
		Map<String, Object> members = new LinkedHashMap<>();
		members.put(OPERATION_DELAY, DurationFormat.format(emulation.operationDelay()));
		members.put(HEALTH_DELAY, DurationFormat.format(emulation.healthDelay()));
		members.put(CONSISTENCY_DELAY, DurationFormat.format(emulation.consistencyDelay()));
		members.put(FAILURES, emulation.failures());
		members.put(THROTTLING, emulation.throttling());
		members.put(QUOTAS, emulation.quotas());
		return members;
	}

	/**
	 * Reads emulation settings. The defaults of absent members are off.
	 * @throws IllegalArgumentException if the JSON is invalid
	 */
	static Emulation read(byte[] bytes) {
		JsonNode body = parse(bytes);
		if (!body.isObject()) {
			throw new IllegalArgumentException("The body must be a JSON object with any of %s.".formatted(names()));
		}
		for (String name : body.propertyNames()) {
			if (!MEMBERS.contains(name)) {
				throw new IllegalArgumentException(
						"There is no member '%s': expected any of %s.".formatted(shorten(name), names()));
			}
		}
		return new Emulation(delay(body, OPERATION_DELAY), delay(body, HEALTH_DELAY), delay(body, CONSISTENCY_DELAY),
				failures(body), flag(body, THROTTLING), flag(body, QUOTAS));
	}

	private static JsonNode parse(byte[] bytes) {
		try {
			return mapper.readTree(bytes);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException(
					"The body is not valid JSON: %s.".formatted(shorten(ex.getOriginalMessage())), ex);
		}
	}

	private static Duration delay(JsonNode body, String name) {
		JsonNode value = body.path(name);
		if (value.isMissingNode()) {
			return Duration.ZERO;
		}
		if (!value.isString()) {
			throw mismatch(name, "a duration in quotes, such as \"500ms\", \"30s\" or \"2m\"", value);
		}
		try {
			return DurationFormat.parse(value.stringValue());
		}
		catch (IllegalArgumentException ex) {
			throw mismatch(name, "a duration such as \"500ms\", \"30s\" or \"2m\"", value);
		}
	}

	private static Map<Operation.Type, Operation.ErrorCode> failures(JsonNode body) {
		JsonNode value = body.path(FAILURES);
		Map<Operation.Type, Operation.ErrorCode> failures = new EnumMap<>(Operation.Type.class);
		if (value.isMissingNode()) {
			return failures;
		}
		if (!value.isObject()) {
			throw mismatch(FAILURES, "an object such as {\"REGISTER_INSTANCE\":\"ACCESS_DENIED\"}", value);
		}
		value.forEachEntry((type, code) -> failures.put(constant(Operation.Type.values(), FAILURES, type),
				constant(Operation.ErrorCode.values(), FAILURES + "." + type,
						code.isString() ? code.stringValue() : code.toString())));
		return failures;
	}

	private static <E extends Enum<E>> E constant(E[] constants, String name, String found) {
		return Arrays.stream(constants)
			.filter((constant) -> constant.name().equals(found))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("In '%s' there may be %s, but there is '%s'."
				.formatted(name, Arrays.toString(constants), shorten(found))));
	}

	private static boolean flag(JsonNode body, String name) {
		JsonNode value = body.path(name);
		if (!value.isMissingNode() && !value.isBoolean()) {
			throw mismatch(name, "true or false", value);
		}
		return value.asBoolean(false);
	}

	private static IllegalArgumentException mismatch(String name, String expected, JsonNode found) {
		return new IllegalArgumentException(
				"The member '%s' must be %s, but is %s.".formatted(name, expected, shorten(found.toString())));
	}

	private static String names() {
		return String.join(", ", write(Emulation.NONE).keySet());
	}

	private static String shorten(String text) {
		return (text.length() > SHOWN) ? text.substring(0, SHOWN) + "..." : text;
	}

}
