package dev.cloudmap.registry.api.signature;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;

/**
 * The canonical form of a request in AWS Signature Version 4.
 */
final class CanonicalRequest {

	private static final Pattern BLANKS = Pattern.compile("[ \\t\\n\\x0B\\f\\r]+");

	private static final Pattern MALFORMED_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");

	/** Separates name and value, and is lower than all characters of encoded texts. */
	private static final char SEPARATOR = ' ';

	private CanonicalRequest() {
	}

	/**
	 * Returns the canonical form of a request.
	 * @param request the request
	 * @param signedHeaders the names of the signed headers, in lower case and sorted
	 * @param payloadHash the hash of the body in hexadecimal digits
	 */
	static String of(HttpRequest request, Collection<String> signedHeaders, String payloadHash) {
		RequestTarget target = RequestTarget.parse(request.uri());
		String headers = signedHeaders.stream()
			.map((name) -> name + ":" + value(request.headers(), name) + "\n")
			.collect(Collectors.joining());
		return String.join("\n", request.method().name(), path(target.path()), query(target.query()), headers,
				String.join(";", signedHeaders), payloadHash);
	}

	/**
	 * Joins the values of repeated headers, trims them and replaces sequences of blanks
	 * by one blank, also within quotes.
	 */
	private static String value(HttpHeaders headers, String name) {
		return headers.getAll(name)
			.stream()
			.map((value) -> BLANKS.matcher(value.strip()).replaceAll(" "))
			.collect(Collectors.joining(","));
	}

	/**
	 * Removes dot segments and empty segments, and encodes the encoded segments again, as
	 * all services except S3 do.
	 */
	static String path(String path) {
		Deque<String> segments = new ArrayDeque<>();
		for (String segment : path.split("/", -1)) {
			if (segment.equals("..")) {
				segments.pollLast();
			}
			else if (!segment.isEmpty() && !segment.equals(".")) {
				segments.addLast(encode(segment));
			}
		}
		boolean directory = !segments.isEmpty() && path.endsWith("/");
		return "/" + String.join("/", segments) + (directory ? "/" : "");
	}

	/**
	 * Encodes the parameters and sorts them by name and value.
	 */
	static String query(String query) {
		return Stream.of(query.split("&")).filter((parameter) -> !parameter.isEmpty()).map((parameter) -> {
			int equals = parameter.indexOf('=');
			return (equals >= 0) ? decodeAndEncode(parameter.substring(0, equals)) + SEPARATOR
					+ decodeAndEncode(parameter.substring(equals + 1)) : decodeAndEncode(parameter) + SEPARATOR;
		}).sorted().map((parameter) -> parameter.replace(SEPARATOR, '=')).collect(Collectors.joining("&"));
	}

	/**
	 * Encodes a parameter in the canonical way. A plus sign is a blank, as for the later
	 * parser of the query. Malformed escapes stay as they are.
	 */
	private static String decodeAndEncode(String text) {
		return encode(URLDecoder.decode(MALFORMED_ESCAPE.matcher(text).replaceAll("%25"), StandardCharsets.UTF_8));
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8)
			.replace("+", "%20")
			.replace("*", "%2A")
			.replace("%7E", "~");
	}

}
