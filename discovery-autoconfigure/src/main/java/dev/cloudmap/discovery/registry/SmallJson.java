package dev.cloudmap.discovery.registry;

import java.util.Map;

import org.springframework.boot.json.JsonParser;
import org.springframework.boot.json.JsonParserFactory;

/**
 * Reads JSON objects of any origin, whichever parser the application has.
 */
public final class SmallJson {

	/** Deeper nesting could exhaust the stack of a recursive parser. */
	private static final int MAX_DEPTH = 64;

	/**
	 * Kept, because making one takes far longer than parsing a small text. Thread-safe.
	 */
	private static final JsonParser JSON = JsonParserFactory.getJsonParser();

	private SmallJson() {
	}

	/**
	 * The members of a JSON object.
	 * @param text the text, whose length the caller has limited
	 * @return the members; empty if the text is no JSON object
	 */
	public static Map<String, Object> parse(String text) {
		if (isDeep(text)) {
			return Map.of();
		}
		try {
			Map<String, Object> members = JSON.parseMap(text);
			// "null" is JSON too
			return (members != null) ? members : Map.of();
		}
		catch (RuntimeException ex) {
			// parsers fail in ways of their own, for example on huge numbers
			return Map.of();
		}
	}

	private static boolean isDeep(String text) {
		int depth = 0;
		for (int i = 0; i < text.length(); i++) {
			switch (text.charAt(i)) {
				case '{', '[' -> depth++;
				case '}', ']' -> depth--;
				default -> {
				}
			}
			if (depth > MAX_DEPTH) {
				return true;
			}
		}
		return false;
	}

}
