package dev.cloudmap.registry.api;

import java.util.Map;
import java.util.function.Supplier;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;

/**
 * Shows what the registry counts, as a JSON object. Cloud Map has nothing like it.
 */
final class StatisticsEndpoint {

	/** Where the counts since the start are; Cloud Map has nothing but the root. */
	static final String PATH = "/discovery-registry/statistics";

	/** Where the numbers of instances and watchers are that there are now. */
	static final String PRESENCE_PATH = "/discovery-registry/presence";

	private final String path;

	private final Supplier<Map<String, Object>> statistics;

	/**
	 * Creates the endpoint.
	 * @param path where it is
	 * @param statistics tells what was counted up to now, as members of a JSON object
	 */
	StatisticsEndpoint(String path, Supplier<Map<String, Object>> statistics) {
		this.path = path;
		this.statistics = statistics;
	}

	boolean isAt(String path) {
		return path.equals(this.path);
	}

	/**
	 * Answers a request.
	 */
	Answer answer(FullHttpRequest request) {
		return request.method().equals(HttpMethod.GET) ? Answer.of(this.statistics.get())
				: Answer.methodNotAllowed(request.method(), "GET");
	}

}
