package dev.cloudmap.registry.api;

import java.util.Map;
import java.util.function.Supplier;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;

import dev.cloudmap.registry.api.http.ApiResponse;

/**
 * Responds with numbers as a JSON object. Not part of Cloud Map.
 */
final class StatisticsEndpoint implements Endpoint {

	/** The path of the statistics since the start. */
	static final String PATH = "/discovery-registry/statistics";

	/** The path of the current numbers of instances and watchers. */
	static final String PRESENCE_PATH = "/discovery-registry/presence";

	private final String path;

	private final Supplier<Map<String, Object>> statistics;

	/**
	 * Creates the endpoint.
	 * @param path its path
	 * @param statistics returns the members of the JSON object
	 */
	StatisticsEndpoint(String path, Supplier<Map<String, Object>> statistics) {
		this.path = path;
		this.statistics = statistics;
	}

	@Override
	public boolean isAt(String path) {
		return path.equals(this.path);
	}

	@Override
	public ApiResponse respond(FullHttpRequest request, String path) {
		return request.method().equals(HttpMethod.GET) ? ApiResponse.of(this.statistics.get())
				: ApiResponse.methodNotAllowed(request.method(), "GET");
	}

}
