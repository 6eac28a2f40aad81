package dev.cloudmap.registry.api;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.RegistryMode;

/**
 * Sends answers, with the headers that all of them carry.
 */
final class Responder {

	/** Tells a client that it talks to this registry, whose changes it can watch. */
	static final String REVISION_HEADER = "X-Discovery-Revision";

	private static final String REQUEST_ID_HEADER = "x-amzn-RequestId";

	private static final String CONTENT_TYPE = "application/x-amz-json-1.1";

	private final Propagation propagation;

	Responder(Propagation propagation) {
		this.propagation = propagation;
	}

	/**
	 * Takes note of a request that has come.
	 */
	Receipt receive() {
		return Receipt.at(this.propagation.snapshot().revision());
	}

	/**
	 * Sends an answer.
	 * @param context the connection
	 * @param answer the answer
	 * @param receipt what it tells of its request
	 * @param connection what becomes of the connection afterwards
	 */
	ChannelFuture send(ChannelHandlerContext context, Answer answer, Receipt receipt, Afterwards connection) {
		return context.writeAndFlush(response(answer, receipt, connection));
	}

	/**
	 * Returns an answer as it is sent.
	 * @param answer the answer
	 * @param receipt what it tells of its request
	 * @param connection what becomes of the connection afterwards
	 */
	FullHttpResponse response(Answer answer, Receipt receipt, Afterwards connection) {
		FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), answer.body());
		identify(response, receipt.requestId(), receipt.revision());
		response.headers().set(HttpHeaderNames.CONTENT_TYPE, CONTENT_TYPE);
		answer.headers().forEach(response.headers()::set);
		HttpUtil.setContentLength(response, response.content().readableBytes());
		HttpUtil.setKeepAlive(response, connection == Afterwards.KEEP);
		return response;
	}

	/**
	 * Returns the beginning of an answer that is a stream of events and takes the rest of
	 * the connection.
	 * @param client the client's version of HTTP; before 1.1 there are no chunks
	 * @param revision the revision whose changes come next
	 * @param requestId the request\'s id
	 */
	HttpResponse stream(HttpVersion client, long revision, String requestId) {
		HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
		identify(response, requestId, revision);
		response.headers()
			.set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_EVENT_STREAM)
			.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
		HttpUtil.setTransferEncodingChunked(response, client.compareTo(HttpVersion.HTTP_1_1) >= 0);
		HttpUtil.setKeepAlive(response, false);
		return response;
	}

	private void identify(HttpMessage response, String requestId, long revision) {
		response.headers().set(REQUEST_ID_HEADER, requestId);
		if (this.propagation.mode() == RegistryMode.EXTENDED) {
			response.headers().set(REVISION_HEADER, Long.toString(revision));
		}
	}

	/**
	 * What becomes of a connection after an answer.
	 */
	enum Afterwards {

		KEEP, CLOSE

	}

}
