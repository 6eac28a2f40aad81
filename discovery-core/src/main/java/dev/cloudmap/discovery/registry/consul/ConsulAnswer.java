package dev.cloudmap.discovery.registry.consul;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.watch.BlockingQuery;

/**
 * An answer of Consul.
 *
 * @param status the HTTP status
 * @param index the index of the result, or {@link BlockingQuery#NO_INDEX}
 * @param leader whether the server that answered knows a leader. If not, its data may be
 * out of date
 * @param filtered whether the token's permissions removed a part of the result; Consul
 * reports it from version 1.12 on
 * @param body the body
 */
record ConsulAnswer(int status, long index, boolean leader, boolean filtered, String body) {

	static final int OK = 200;

	static final int FORBIDDEN = 403;

	static final int NOT_FOUND = 404;

	/** An index of at most 18 digits, which always fit in a long. */
	private static final Pattern INDEX = Pattern.compile("\\d{1,18}");

	private static final int MAX_EXCERPT = 200;

	static ConsulAnswer of(HttpResponse<byte[]> response) {
		HttpHeaders headers = response.headers();
		long index = headers.firstValue("X-Consul-Index")
			.filter((value) -> INDEX.matcher(value).matches())
			.map(Long::parseLong)
			.orElse(BlockingQuery.NO_INDEX);
		return new ConsulAnswer(response.statusCode(), index,
				!"false".equals(headers.firstValue("X-Consul-Knownleader").orElse("")),
				"true".equals(headers.firstValue("X-Consul-Results-Filtered-By-Acls").orElse("")),
				new String(response.body(), StandardCharsets.UTF_8));
	}

	boolean isOk() {
		return this.status == OK;
	}

	/**
	 * Whether the agent answered that it does not have a service or check. The status
	 * depends on Consul's version.
	 */
	boolean isUnknown() {
		return this.status == NOT_FOUND || (!isOk() && (this.body.contains("does not have associated TTL")
				|| this.body.contains("Unknown check") || this.body.contains("Unknown service")));
	}

	/**
	 * Returns the body as a JSON array.
	 * @throws DiscoveryException if it is not one
	 */
	List<Object> array() {
		try {
			return JsonObjects.readArray(this.body);
		}
		catch (IOException ex) {
			throw unexpected(ex);
		}
	}

	/**
	 * Returns the body as a JSON object.
	 * @throws DiscoveryException if it is not one
	 */
	Map<String, Object> object() {
		try {
			return JsonObjects.read(this.body);
		}
		catch (IOException ex) {
			throw unexpected(ex);
		}
	}

	/**
	 * Returns the beginning of the body's first line, for messages.
	 */
	String excerpt() {
		String line = this.body.lines().findFirst().orElse("").trim();
		return (line.length() <= MAX_EXCERPT) ? line : line.substring(0, MAX_EXCERPT) + "...";
	}

	private DiscoveryException unexpected(IOException ex) {
		return new DiscoveryException(
				"The agent does not answer like Consul: " + ex.getMessage() + " in '" + excerpt() + "'",
				"Set discovery.consul.host and .port to the HTTP API of a Consul agent", ex);
	}

}
