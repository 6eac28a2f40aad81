package dev.cloudmap.registry.api.watch;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.time.DurationFormat;

/**
 * A query for the changes of a namespace.
 *
 * @param namespace the HTTP name of the namespace, as DiscoverInstances takes it
 * @param since the revision of the last answer; null for a first query
 * @param waitTime how long to wait for a change, at most {@link #MAX_WAIT}
 */
public record WatchQuery(String namespace, @Nullable Long since, Duration waitTime) {

	/**
	 * The longest wait. It is shorter than nginx's default {@code proxy_read_timeout} and
	 * the time after which this server closes idle connections, both 60 s.
	 */
	public static final Duration MAX_WAIT = Duration.ofSeconds(55);

	private static final String NAMESPACE = "namespace";

	private static final String SINCE = "since";

	private static final String WAIT = "wait";

	/** As many digits as always fit into a long. */
	private static final Pattern REVISION = Pattern.compile("\\d{1,18}");

	/**
	 * Reads the target of a request. Other parameters are ignored.
	 * @param target the request's target
	 * @return the query
	 * @throws RegistryException if a parameter is missing or malformed
	 */
	public static WatchQuery parse(String target) {
		Map<String, List<String>> parameters = parameters(target);
		String namespace = single(parameters, NAMESPACE);
		if (namespace == null || namespace.isEmpty()) {
			throw RegistryException
				.invalid("The request names no namespace: expected /watch?namespace=<name>&since=<revision>&wait=55s, "
						+ "with the name that DiscoverInstances takes.");
		}
		String since = single(parameters, SINCE);
		String wait = single(parameters, WAIT);
		return new WatchQuery(namespace, (since != null) ? revision(since) : null,
				(wait != null) ? duration(wait) : MAX_WAIT);
	}

	private static Map<String, List<String>> parameters(String target) {
		try {
			// A plus is not a blank: names contain no blanks, but can contain a plus.
			return QueryStringDecoder.builder()
				.htmlQueryDecoding(false)
				.semicolonIsNormalChar(true)
				.build(target)
				.parameters();
		}
		catch (IllegalArgumentException ex) {
			throw RegistryException
				.invalid("The query '%s' cannot be read: a %% must be followed by two hexadecimal digits."
					.formatted(target.substring(target.indexOf('?') + 1)));
		}
	}

	private static @Nullable String single(Map<String, List<String>> parameters, String name) {
		List<String> values = parameters.getOrDefault(name, List.of());
		if (values.size() > 1) {
			throw RegistryException
				.invalid("The parameter %s may be given once, but is given %d times.".formatted(name, values.size()));
		}
		return values.isEmpty() ? null : values.get(0);
	}

	private static long revision(String value) {
		if (!REVISION.matcher(value).matches()) {
			throw RegistryException.invalid(
					"The parameter since must be the revision of an earlier answer, but is '%s'. Leave it out in a first query."
						.formatted(value));
		}
		return Long.parseLong(value);
	}

	private static Duration duration(String value) {
		try {
			Duration wait = DurationFormat.parse(value);
			return (wait.compareTo(MAX_WAIT) < 0) ? wait : MAX_WAIT;
		}
		catch (IllegalArgumentException ex) {
			throw RegistryException.invalid("The parameter wait is not valid: " + ex.getMessage());
		}
	}

}
