package dev.cloudmap.registry.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.RegistryException;

/**
 * What is sent back.
 *
 * @param status the HTTP status
 * @param body the JSON, or nothing
 * @param headers what this answer has beside the headers that all of them carry
 */
record Answer(HttpResponseStatus status, ByteBuf body, HttpHeaders headers) {

	private static final Logger logger = LoggerFactory.getLogger(Answer.class);

	private Answer(HttpResponseStatus status, ByteBuf body) {
		this(status, body, EmptyHttpHeaders.INSTANCE);
	}

	static Answer of(Object result) {
		return new Answer(HttpResponseStatus.OK,
				(result != Dispatcher.NO_CONTENT) ? json(result) : Unpooled.EMPTY_BUFFER);
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
		logger.error("Request {} failed", requestId, cause);
		return error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "InternalFailure",
				"The registry failed on this request; its log says more under the request id %s.".formatted(requestId));
	}

	static Answer error(HttpResponseStatus status, String type, String message) {
		return error(status, type, message, Map.of());
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
		return new Answer(this.status, this.body, new DefaultHttpHeaders().set(this.headers).set(header, value));
	}

	private static ByteBuf json(Object value) {
		return Unpooled.wrappedBuffer(Json.write(value));
	}

}
