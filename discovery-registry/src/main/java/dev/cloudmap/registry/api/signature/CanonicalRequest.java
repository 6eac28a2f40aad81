package dev.cloudmap.registry.api.signature;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HexFormat;
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

	private static final String UNRESERVED = "-._~";

	private static final HexFormat PERCENT = HexFormat.of().withUpperCase();

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
				segments.addLast(encode(segment.getBytes(StandardCharsets.UTF_8)));
			}
		}
		boolean directory = !segments.isEmpty() && path.endsWith("/");
		return "/" + String.join("/", segments) + (directory ? "/" : "");
	}

	/**
	 * Encodes the parameters and sorts them by name and value.
	 */
	static String query(String query) {
		return Stream.of(query.split("&"))
			.filter((parameter) -> !parameter.isEmpty())
			.map(CanonicalRequest::parameter)
			.sorted((left, right) -> {
				int names = left[0].compareTo(right[0]);
				return (names != 0) ? names : left[1].compareTo(right[1]);
			})
			.map((parameter) -> parameter[0] + "=" + parameter[1])
			.collect(Collectors.joining("&"));
	}

	private static String[] parameter(String parameter) {
		int equals = parameter.indexOf('=');
		return (equals >= 0)
				? new String[] { encode(decode(parameter.substring(0, equals))),
						encode(decode(parameter.substring(equals + 1))) }
				: new String[] { encode(decode(parameter)), "" };
	}

	/**
	 * Decodes a parameter. A plus sign is a blank, as for the later parser of the query.
	 * Malformed escapes stay as they are.
	 */
	private static byte[] decode(String text) {
		byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
		byte[] decoded = new byte[encoded.length];
		int length = 0;
		for (int i = 0; i < encoded.length; i++) {
			if (encoded[i] == '%' && i + 2 < encoded.length && HexFormat.isHexDigit(encoded[i + 1])
					&& HexFormat.isHexDigit(encoded[i + 2])) {
				decoded[length] = (byte) (HexFormat.fromHexDigit(encoded[i + 1]) << 4
						| HexFormat.fromHexDigit(encoded[i + 2]));
				i += 2;
			}
			else {
				decoded[length] = (encoded[i] == '+') ? (byte) ' ' : encoded[i];
			}
			length++;
		}
		return Arrays.copyOf(decoded, length);
	}

	private static String encode(byte[] bytes) {
		StringBuilder encoded = new StringBuilder(bytes.length);
		for (byte value : bytes) {
			char character = (char) (value & 0xFF);
			if (character < 0x80 && (Character.isLetterOrDigit(character) || UNRESERVED.indexOf(character) >= 0)) {
				encoded.append(character);
			}
			else {
				encoded.append('%').append(PERCENT.toHexDigits(value));
			}
		}
		return encoded.toString();
	}

}
