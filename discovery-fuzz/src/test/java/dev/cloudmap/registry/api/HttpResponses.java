package dev.cloudmap.registry.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.fuzz.Check;

/**
 * Parses and checks the HTTP responses of the registry's API.
 */
public final class HttpResponses {

	private static final String VERSION = "HTTP/1.1 ";

	private static final String END_OF_HEAD = "\r\n\r\n";

	private static final String LENGTH = "\r\ncontent-length: ";

	private static final String JSON = "\r\ncontent-type: application/x-amz-json";

	private static final int MIN_SERVER_ERROR = 500;

	private static final int MIN_ERROR = 400;

	private static final JsonMapper mapper = JsonMapper.shared();

	private HttpResponses() {
	}

	/**
	 * Checks consecutive responses.
	 * @param received the received bytes as ISO-8859-1 text
	 * @return the bodies of the responses
	 */
	static List<String> check(String received) {
		List<String> bodies = new ArrayList<>();
		int position = 0;
		while (position < received.length()) {
			Check.that(received.startsWith(VERSION, position), "Not an HTTP response:", received.substring(position));
			int end = received.indexOf(END_OF_HEAD, position);
			Check.that(end > 0, "The head of a response has no end:", received.substring(position));
			String head = received.substring(position, end).toLowerCase(Locale.ROOT);
			int status = Integer.parseInt(head.substring(VERSION.length(), VERSION.length() + 3));
			Check.that(status < MIN_SERVER_ERROR, "The status is a server error:", received.substring(position));
			position = end + END_OF_HEAD.length();
			int length = length(head);
			// The response to a HEAD request has a length but no body.
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
			throw new AssertionError("The body is not JSON: " + body, ex);
		}
		Check.that(json.isObject(), "The body is not a JSON object:", body);
		if (status >= MIN_ERROR) {
			String message = json.path("Message").asString("");
			Check.that(json.path("__type").isString() && !message.isEmpty(), "An error has no type or message:", body);
		}
	}

}
