package dev.cloudmap.registry.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.fuzz.Check;

/**
 * What the API's server has sent: answers that are checked one by one.
 */
public final class Answers {

	private static final String VERSION = "HTTP/1.1 ";

	private static final String END_OF_HEAD = "\r\n\r\n";

	private static final String LENGTH = "\r\ncontent-length: ";

	private static final String JSON = "\r\ncontent-type: application/x-amz-json";

	private static final int FIRST_FAILURE = 500;

	private static final int FIRST_ERROR = 400;

	private static final JsonMapper mapper = JsonMapper.shared();

	private Answers() {
	}

	/**
	 * Checks answers.
	 * @param received all that was received
	 * @return the answers' bodies
	 */
	static List<String> check(String received) {
		List<String> bodies = new ArrayList<>();
		int position = 0;
		while (position < received.length()) {
			Check.that(received.startsWith(VERSION, position), "This is no answer:", received.substring(position));
			int end = received.indexOf(END_OF_HEAD, position);
			Check.that(end > 0, "An answer has no end:", received.substring(position));
			String head = received.substring(position, end).toLowerCase(Locale.ROOT);
			int status = Integer.parseInt(head.substring(VERSION.length(), VERSION.length() + 3));
			Check.that(status < FIRST_FAILURE, "The registry failed:", received.substring(position));
			position = end + END_OF_HEAD.length();
			int length = length(head);
			// The answer to a HEAD request tells the length of a body that it does not
			// have.
			if (length > 0 && position < received.length() && !received.startsWith(VERSION, position)) {
				String body = received.substring(position, position + length);
				if (head.contains(JSON)) {
					check(status, body);
				}
				bodies.add(body);
				position += length;
			}
			else {
				bodies.add("");
			}
		}
		return bodies;
	}

	private static int length(String head) {
		int begin = head.indexOf(LENGTH);
		if (begin < 0) {
			return 0;
		}
		int end = head.indexOf('\r', begin + LENGTH.length());
		return Integer.parseInt(head.substring(begin + LENGTH.length(), (end < 0) ? head.length() : end));
	}

	private static void check(int status, String body) {
		JsonNode json;
		try {
			json = mapper.readTree(body);
		}
		catch (JacksonException ex) {
			throw new AssertionError("This is no JSON: " + body, ex);
		}
		Check.that(json.isObject(), "This is no object:", body);
		if (status >= FIRST_ERROR) {
			String message = json.path("Message").asString("");
			Check.that(json.path("__type").isString() && !message.isEmpty(), "This explains nothing:", body);
		}
	}

}
