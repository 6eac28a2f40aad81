package dev.cloudmap.registry.api;

import java.util.Map;
import java.util.function.Supplier;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;

/**
 * Tells what the registry has counted. Cloud Map has nothing like it.
 */
final class StatisticsEndpoint {

	/** Where it is; Cloud Map has nothing but the root. */
	static final String PATH = "/discovery-registry/statistics";

	private final Supplier<Map<String, Object>> statistics;

	/**
	 * Creates the endpoint.
	 * @param statistics tells what was counted up to now, as members of a JSON object
	 */
	StatisticsEndpoint(Supplier<Map<String, Object>> statistics) {
		this.statistics = statistics;
	}

	boolean isAt(String path) {
		return path.equals(PATH);
	}

	/**
	 * Answers a request.
	 */
	Answer answer(FullHttpRequest request) {
		return request.method().equals(HttpMethod.GET) ? Answer.of(this.statistics.get())
				: Answer.methodNotAllowed(request.method(), "GET");
	}

}
