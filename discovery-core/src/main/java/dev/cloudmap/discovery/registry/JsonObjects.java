package dev.cloudmap.discovery.registry;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads small JSON objects and arrays from sources that are not trusted, into maps,
 * lists, strings, numbers and booleans, and writes them.
 */
public final class JsonObjects {

	/** Deeper nesting could exhaust the stack. */
	private static final int MAX_DEPTH = 64;

	private static final JsonFactory FACTORY = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
		.build();

	private JsonObjects() {
	}

	/**
	 * Reads a JSON object.
	 * @param text the text, whose length the caller has limited
	 * @return the members
	 * @throws IOException if the text is not one JSON object
	 */
	public static Map<String, Object> read(String text) throws IOException {
		return read(text, JsonToken.START_OBJECT, "object", JsonObjects::members);
	}

	/**
	 * Reads a JSON array.
	 * @param text the text, whose length the caller has limited
	 * @return the elements
	 * @throws IOException if the text is not one JSON array
	 */
	public static List<Object> readArray(String text) throws IOException {
		return read(text, JsonToken.START_ARRAY, "array", JsonObjects::elements);
	}

	private static <T> T read(String text, JsonToken start, String kind, Function<JsonParser, T> content)
			throws IOException {
		try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
			if (parser.nextToken() != start) {
				throw new IOException("expected a JSON " + kind + ", found " + parser.currentToken());
			}
			T value = content.apply(parser);
			if (parser.nextToken() != null) {
				throw new IOException("expected the end of the JSON " + kind + ", found " + parser.currentToken());
			}
			return value;
		}
		catch (JacksonException ex) {
			throw new IOException("expected a JSON " + kind + ": " + ex.getOriginalMessage(), ex);
		}
	}

	/**
	 * Reads a JSON object.
	 * @param text the text, whose length the caller has limited
	 * @return the members; empty if the text is not one JSON object
	 */
	public static Map<String, Object> parse(String text) {
		try {
			return read(text);
		}
		catch (IOException ex) {
			return Map.of();
		}
	}

	/**
	 * Writes a JSON object.
	 * @param members the members: maps, lists, strings, numbers and booleans
	 */
	public static String write(Map<String, ?> members) {
		StringWriter text = new StringWriter();
		try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
			write(generator, members);
		}
		return text.toString();
	}

	private static void write(JsonGenerator generator, @Nullable Object value) {
		if (value instanceof Map<?, ?> members) {
			generator.writeStartObject();
			members.forEach((name, member) -> {
				generator.writeName(String.valueOf(name));
				write(generator, member);
			});
			generator.writeEndObject();
		}
		else if (value instanceof List<?> elements) {
			generator.writeStartArray();
			elements.forEach((element) -> write(generator, element));
			generator.writeEndArray();
		}
		else if (value instanceof Number number) {
			generator.writeNumber(number.toString());
		}
		else if (value instanceof Boolean state) {
			generator.writeBoolean(state);
		}
		else {
			generator.writeString((value != null) ? value.toString() : null);
		}
	}

	private static Map<String, Object> members(JsonParser parser) {
		Map<String, Object> members = new LinkedHashMap<>();
		while (parser.nextToken() != JsonToken.END_OBJECT) {
			String name = parser.currentName();
			parser.nextToken();
			members.put(name, value(parser));
		}
		return members;
	}

	private static @Nullable Object value(JsonParser parser) {
		return switch (parser.currentToken()) {
			case START_OBJECT -> members(parser);
			case START_ARRAY -> elements(parser);
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
			case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
			case VALUE_NULL -> null;
			default -> parser.getString();
		};
	}

	private static List<Object> elements(JsonParser parser) {
		List<Object> elements = new ArrayList<>();
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			elements.add(value(parser));
		}
		return elements;
	}

}
