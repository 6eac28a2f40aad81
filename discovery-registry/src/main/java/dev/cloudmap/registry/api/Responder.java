package dev.cloudmap.registry.api;

import java.util.UUID;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

import dev.cloudmap.registry.state.RegistryState;

/**
 * Sends answers, with the headers that all of them carry.
 */
final class Responder {

	/** Tells a client that it talks to this registry, whose changes it can watch. */
	static final String REVISION_HEADER = "X-Discovery-Revision";

	private static final String REQUEST_ID_HEADER = "x-amzn-RequestId";

	private static final String CONTENT_TYPE = "application/x-amz-json-1.1";

	private final RegistryState state;

	Responder(RegistryState state) {
		this.state = state;
	}

	static String newRequestId() {
		return UUID.randomUUID().toString();
	}

	/**
	 * Sends an answer.
	 * @param context the connection
	 * @param answer the answer
	 * @param requestId the request's id
	 * @param connection what becomes of the connection afterwards
	 */
	ChannelFuture send(ChannelHandlerContext context, Answer answer, String requestId, Afterwards connection) {
		return context.writeAndFlush(response(answer, requestId, connection));
	}

	/**
	 * Returns an answer as it is sent.
	 * @param answer the answer
	 * @param requestId the request's id
	 * @param connection what becomes of the connection afterwards
	 */
	FullHttpResponse response(Answer answer, String requestId, Afterwards connection) {
		FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), answer.body());
		response.headers()
			.set(HttpHeaderNames.CONTENT_TYPE, CONTENT_TYPE)
			.set(REQUEST_ID_HEADER, requestId)
			.set(REVISION_HEADER, Long.toString(this.state.snapshot().revision()));
		answer.headers().forEach(response.headers()::set);
		HttpUtil.setContentLength(response, response.content().readableBytes());
		HttpUtil.setKeepAlive(response, connection == Afterwards.KEEP);
		return response;
	}

	/**
	 * What becomes of a connection after an answer.
	 */
	enum Afterwards {

		KEEP, CLOSE

	}

}
