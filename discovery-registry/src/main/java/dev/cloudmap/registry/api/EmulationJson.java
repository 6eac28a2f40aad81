package dev.cloudmap.registry.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

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

	private static final Set<String> MEMBERS = write(Emulation.NONE).keySet();

	private static final String NAMES = String.join(", ", MEMBERS);

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
			throw new IllegalArgumentException("The body must be a JSON object with any of %s.".formatted(NAMES));
		}
		for (String name : body.propertyNames()) {
			if (!MEMBERS.contains(name)) {
				throw new IllegalArgumentException(
						"There is no member '%s': expected any of %s.".formatted(shorten(name), NAMES));
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
		return member(body, name, Duration.ZERO, "a duration in quotes, such as \"500ms\", \"30s\" or \"2m\"",
				(value) -> DurationFormat.parse(value.asString()));
	}

	private static boolean flag(JsonNode body, String name) {
		return member(body, name, false, "true or false", JsonNode::booleanValue);
	}

	private static Map<Operation.Type, Operation.ErrorCode> failures(JsonNode body) {
		String expected = "an object such as {\"REGISTER_INSTANCE\":\"ACCESS_DENIED\"} with members of %s and values of %s"
			.formatted(Arrays.toString(Operation.Type.values()), Arrays.toString(Operation.ErrorCode.values()));
		return member(body, FAILURES, Map.of(), expected, EmulationJson::failuresOf);
	}

	private static Map<Operation.Type, Operation.ErrorCode> failuresOf(JsonNode value) {
		if (!value.isObject()) {
			throw new IllegalArgumentException("not an object");
		}
		Map<Operation.Type, Operation.ErrorCode> failures = new EnumMap<>(Operation.Type.class);
		value.forEachEntry((type, code) -> failures.put(Operation.Type.valueOf(type),
				Operation.ErrorCode.valueOf(code.asString())));
		return failures;
	}

	private static <T> T member(JsonNode body, String name, T absent, String expected, Function<JsonNode, T> reader) {
		JsonNode value = body.path(name);
		if (value.isMissingNode()) {
			return absent;
		}
		try {
			return reader.apply(value);
		}
		catch (IllegalArgumentException | JacksonException ex) {
			throw new IllegalArgumentException(
					"The member '%s' must be %s, but is %s.".formatted(name, expected, shorten(value.toString())), ex);
		}
	}

	private static String shorten(String text) {
		return (text.length() > SHOWN) ? text.substring(0, SHOWN) + "..." : text;
	}

}
