package dev.cloudmap.registry.api;

import io.netty.handler.codec.http.FullHttpRequest;

import dev.cloudmap.registry.api.http.ApiResponse;

/**
 * Responds to requests for paths other than that of Cloud Map's API. The response is
 * available at once.
 */
interface Endpoint {

	/**
	 * Returns whether the endpoint has a path.
	 */
	boolean isAt(String path);

	/**
	 * Responds to a request for a path of the endpoint.
	 */
	ApiResponse respond(FullHttpRequest request, String path);

}
