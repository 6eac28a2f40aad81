package dev.cloudmap.discovery.test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * A request that a {@link StubInstance} has received.
 *
 * @param method the method, such as {@code GET}
 * @param path the path as it was sent, without the query
 * @param query the query as it was sent; null if there was none
 * @param headers the headers, whose names match in any case
 * @param body the body as UTF-8 text; empty if there was none
 */
public record ReceivedRequest(String method, String path, @Nullable String query, Map<String, List<String>> headers,
		String body) {

	/**
	 * Copies the headers.
	 */
	public ReceivedRequest {
		Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
		headers = copy;
	}

	/**
	 * Returns the first value of a header.
	 * @param name the header's name, in any case
	 * @return the value; null if the request did not have the header
	 */
	public @Nullable String header(String name) {
		List<String> values = this.headers.get(name);
		return (values != null && !values.isEmpty()) ? values.get(0) : null;
	}

}
