package dev.cloudmap.registry.api.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.api.message.Json;
import dev.cloudmap.registry.api.operation.ApiDispatcher;
import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.state.JournalException;
import dev.cloudmap.registry.state.model.RegistryException;

/**
 * A response of the API.
 *
 * @param status the HTTP status
 * @param body the JSON, or an empty buffer
 * @param headers the headers that only this response has
 */
public record ApiResponse(HttpResponseStatus status, ByteBuf body, Map<String, String> headers) {

	private static final Logger logger = LoggerFactory.getLogger(ApiResponse.class);

	private static final String INTERNAL_FAILURE = "InternalFailure";

	private ApiResponse(HttpResponseStatus status, ByteBuf body) {
		this(status, body, Map.of());
	}

	public static ApiResponse of(Object result) {
		return new ApiResponse(HttpResponseStatus.OK,
				(result != ApiDispatcher.NO_CONTENT) ? json(result) : Unpooled.EMPTY_BUFFER);
	}

	/**
	 * Returns an answer that is not JSON, whose content type the caller adds.
	 */
	public static ApiResponse of(HttpResponseStatus status, byte[] body) {
		return new ApiResponse(status, Unpooled.wrappedBuffer(body));
	}

	/**
	 * Returns the response to a request that failed. Unexpected failures are logged, and
	 * clients receive only the request id.
	 */
	public static ApiResponse of(Throwable failure, String requestId) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof RegistryException rejection) {
			return error(HttpResponseStatus.BAD_REQUEST, rejection.type().wireName(), rejection.message(),
					rejection.members());
		}
		if (cause instanceof RejectedRequestException rejection) {
			return error(HttpResponseStatus.BAD_REQUEST, rejection.type(), String.valueOf(rejection.getMessage()));
		}
		if (cause instanceof JournalException rejection) {
			return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, INTERNAL_FAILURE, rejection.message());
		}
		logger.error("Request {} failed", requestId, cause);
		return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, INTERNAL_FAILURE,
				"The registry failed to process this request. Its log has details under the request id %s."
					.formatted(requestId));
	}

	public static ApiResponse error(HttpResponseStatus status, String type, String message) {
		return error(status, type, message, Map.of());
	}

	/**
	 * Returns the response to a request with a method that is not allowed.
	 * @param found the method of the request
	 * @param allowed the allowed methods
	 */
	public static ApiResponse methodNotAllowed(HttpMethod found, String... allowed) {
		return error(HttpResponseStatus.METHOD_NOT_ALLOWED, "MethodNotAllowed",
				"This path allows %s, but the request has %s.".formatted(String.join(" and ", allowed), found))
			.with(HttpHeaderNames.ALLOW, String.join(", ", allowed));
	}

	private static ApiResponse error(HttpResponseStatus status, String type, String message,
			Map<String, String> members) {
		Map<String, String> body = new LinkedHashMap<>();
		body.put("__type", type);
		body.put("Message", message);
		body.putAll(members);
		return new ApiResponse(status, json(body));
	}

	/**
	 * Returns this response with another header.
	 */
	public ApiResponse with(CharSequence header, String value) {
		Map<String, String> more = new LinkedHashMap<>(this.headers);
		more.put(header.toString(), value);
		return new ApiResponse(this.status, this.body, more);
	}

	private static ByteBuf json(Object value) {
		return Unpooled.wrappedBuffer(Json.write(value));
	}

}
