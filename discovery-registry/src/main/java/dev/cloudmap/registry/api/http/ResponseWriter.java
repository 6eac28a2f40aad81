package dev.cloudmap.registry.api.http;

import java.util.UUID;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;

import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.emulation.RegistryMode;

/**
 * Writes responses with the headers that all of them have.
 */
public final class ResponseWriter {

	/** By this header a client recognizes a registry whose changes it can watch. */
	static final String REVISION_HEADER = "X-Discovery-Revision";

	private static final String REQUEST_ID_HEADER = "x-amzn-RequestId";

	private static final String CONTENT_TYPE = "application/x-amz-json-1.1";

	private final LookupView view;

	/**
	 * Creates a writer.
	 * @param view the current revision
	 */
	public ResponseWriter(LookupView view) {
		this.view = view;
	}

	/**
	 * Returns the metadata of a request that has arrived.
	 * @return the metadata
	 */
	public ResponseMetadata metadata() {
		return new ResponseMetadata(UUID.randomUUID().toString(), this.view.snapshot().revision());
	}

	/**
	 * Writes a response.
	 * @param context the connection
	 * @param response the response
	 * @param metadata the metadata of the request
	 * @param connection whether the connection stays open
	 * @return the result
	 */
	public ChannelFuture write(ChannelHandlerContext context, ApiResponse response, ResponseMetadata metadata,
			Connection connection) {
		return context.writeAndFlush(encode(response, metadata, connection));
	}

	FullHttpResponse encode(ApiResponse response, ResponseMetadata metadata, Connection connection) {
		FullHttpResponse encoded = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, response.status(),
				response.body());
		addHeaders(encoded, metadata.requestId(), metadata.revision());
		encoded.headers().set(HttpHeaderNames.CONTENT_TYPE, CONTENT_TYPE);
		response.headers().forEach(encoded.headers()::set);
		HttpUtil.setContentLength(encoded, encoded.content().readableBytes());
		HttpUtil.setKeepAlive(encoded, connection == Connection.KEEP);
		return encoded;
	}

	private void addHeaders(HttpMessage response, String requestId, long revision) {
		response.headers().set(REQUEST_ID_HEADER, requestId);
		if (this.view.mode() == RegistryMode.EXTENDED) {
			response.headers().set(REVISION_HEADER, Long.toString(revision));
		}
	}

	/**
	 * Whether a connection stays open after a response.
	 */
	public enum Connection {

		KEEP, CLOSE

	}

}
