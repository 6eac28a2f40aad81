package dev.cloudmap.registry.api;

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

import dev.cloudmap.registry.state.JournalException;
import dev.cloudmap.registry.state.RegistryException;

/**
 * What is sent back.
 *
 * @param status the HTTP status
 * @param body the JSON, or nothing
 * @param headers the headers that not every answer carries
 */
record Answer(HttpResponseStatus status, ByteBuf body, Map<String, String> headers) {

	private static final Logger logger = LoggerFactory.getLogger(Answer.class);

	private static final String INTERNAL_FAILURE = "InternalFailure";

	private Answer(HttpResponseStatus status, ByteBuf body) {
		this(status, body, Map.of());
	}

	static Answer of(Object result) {
		return new Answer(HttpResponseStatus.OK,
				(result != Dispatcher.NO_CONTENT) ? json(result) : Unpooled.EMPTY_BUFFER);
	}

	/**
	 * Returns an answer that is not JSON, whose content type the caller adds.
	 */
	static Answer of(HttpResponseStatus status, byte[] body) {
		return new Answer(status, Unpooled.wrappedBuffer(body));
	}

	/**
	 * Returns the answer to a request that failed. Only what is meant for callers leaves
	 * the registry; the rest is logged.
	 */
	static Answer of(Throwable failure, String requestId) {
		Throwable cause = (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
				: failure;
		if (cause instanceof RegistryException refusal) {
			return error(HttpResponseStatus.BAD_REQUEST, refusal.fault().wireName(), refusal.message(),
					refusal.members());
		}
		if (cause instanceof ProtocolException refusal) {
			return error(HttpResponseStatus.BAD_REQUEST, refusal.type(), String.valueOf(refusal.getMessage()));
		}
		if (cause instanceof JournalException refusal) {
			return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, INTERNAL_FAILURE, refusal.message());
		}
		logger.error("Request {} failed", requestId, cause);
		return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, INTERNAL_FAILURE,
				"The registry failed on this request; its log says more under the request id %s.".formatted(requestId));
	}

	static Answer error(HttpResponseStatus status, String type, String message) {
		return error(status, type, message, Map.of());
	}

	/**
	 * Returns the answer to a request for something that is not done that way.
	 * @param found the request's method
	 * @param allowed the methods with which it is done
	 */
	static Answer methodNotAllowed(HttpMethod found, String... allowed) {
		Answer refusal = error(HttpResponseStatus.METHOD_NOT_ALLOWED, "MethodNotAllowed",
				"There is %s here, but no %s.".formatted(String.join(" and ", allowed), found));
		return new Answer(refusal.status(), refusal.body(),
				Map.of(HttpHeaderNames.ALLOW.toString(), String.join(", ", allowed)));
	}

	private static Answer error(HttpResponseStatus status, String type, String message, Map<String, String> members) {
		Map<String, String> body = new LinkedHashMap<>();
		body.put("__type", type);
		body.put("Message", message);
		body.putAll(members);
		return new Answer(status, json(body));
	}

	/**
	 * Returns the same answer with one more header.
	 */
	Answer with(CharSequence header, String value) {
		Map<String, String> more = new LinkedHashMap<>(this.headers);
		more.put(header.toString(), value);
		return new Answer(this.status, this.body, more);
	}

	private static ByteBuf json(Object value) {
		return Unpooled.wrappedBuffer(Json.write(value));
	}

}
