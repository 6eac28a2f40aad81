package dev.cloudmap.registry.api;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.RegistryException;

/**
 * What a watcher asks for.
 *
 * @param namespace the HTTP name of the namespace, as DiscoverInstances takes it
 * @param since the revision whose changes the watcher knows; null when it knows none and
 * wants those from now on
 */
record WatchRequest(String namespace, @Nullable Long since) {

	private static final String NAMESPACE = "namespace";

	private static final String SINCE = "since";

	private static final String LAST_EVENT_ID = "Last-Event-ID";

	/** No more digits than surely make a long. */
	private static final Pattern REVISION = Pattern.compile("\\d{1,18}");

	/**
	 * Reads a request. Parameters beside {@code namespace} and {@code since} are nothing
	 * to it.
	 * @param request a request for {@code /watch}
	 * @return what it asks for
	 * @throws RegistryException when that can't be told
	 */
	static WatchRequest of(FullHttpRequest request) {
		Map<String, List<String>> query = query(request.uri());
		String namespace = single(query, NAMESPACE);
		if (namespace == null || namespace.isEmpty()) {
			throw RegistryException
				.invalid("The request names no namespace: ask for /watch?namespace=<name>&since=<revision>, "
						+ "with the name that DiscoverInstances takes.");
		}
		// A client that comes back sends the same address as at first, and beside it what
		// it was told last, which is newer.
		String last = request.headers().get(LAST_EVENT_ID);
		if (last != null && !last.isEmpty()) {
			return new WatchRequest(namespace, revision("header " + LAST_EVENT_ID, last));
		}
		String since = single(query, SINCE);
		return new WatchRequest(namespace, (since != null) ? revision("parameter " + SINCE, since) : null);
	}

	private static Map<String, List<String>> query(String uri) {
		try {
			// A plus is itself: names have no blanks, but may have a plus.
			return QueryStringDecoder.builder()
				.htmlQueryDecoding(false)
				.semicolonIsNormalChar(true)
				.build(uri)
				.parameters();
		}
		catch (IllegalArgumentException ex) {
			throw RegistryException
				.invalid("The query '%s' can't be read: a %% must be followed by two hexadecimal digits."
					.formatted(uri.substring(uri.indexOf('?') + 1)));
		}
	}

	private static @Nullable String single(Map<String, List<String>> query, String name) {
		List<String> values = query.getOrDefault(name, List.of());
		if (values.size() > 1) {
			throw RegistryException
				.invalid("The parameter %s may be given once, but is given %d times.".formatted(name, values.size()));
		}
		return values.isEmpty() ? null : values.get(0);
	}

	private static long revision(String where, String value) {
		if (!REVISION.matcher(value).matches()) {
			throw RegistryException.invalid(
					"The %s must be a revision as this registry's events have for their id, but is '%s'. Leave it out "
						.formatted(where, value) + "to learn of changes from now on.");
		}
		return Long.parseLong(value);
	}

}
