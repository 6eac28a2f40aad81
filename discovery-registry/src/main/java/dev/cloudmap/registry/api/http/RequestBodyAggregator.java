package dev.cloudmap.registry.api.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Aggregates the body of a request up to a size limit and within the memory budget.
 */
public final class RequestBodyAggregator extends HttpObjectAggregator {

	/** The maximum size of a body, in bytes. */
	static final int MAX_BODY = 1024 * 1024;

	private final ResponseWriter writer;

	private final MemoryBudget budget;

	private int reserved;

	/**
	 * Creates the handler of one connection.
	 * @param writer writes rejections
	 * @param budget the memory for all connections
	 */
	public RequestBodyAggregator(ResponseWriter writer, MemoryBudget budget) {
		super(MAX_BODY, true);
		this.writer = writer;
		this.budget = budget;
	}

	@Override
	protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
		reject(context, tooLarge());
	}

	private void reject(ChannelHandlerContext context, ApiResponse response) {
		EarlyRejection.send(context, this.writer, response);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (message instanceof HttpContent content && !reserve(content.content().readableBytes())) {
			ReferenceCountUtil.release(message);
			reject(context, ApiResponse.error(HttpResponseStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable",
					"The registry is receiving too many large request bodies. Try again later."));
			return;
		}
		boolean last = message instanceof LastHttpContent;
		super.channelRead(context, message);
		if (last) {
			release();
		}
	}

	private boolean reserve(int bytes) {
		boolean reserved = this.budget.reserve(bytes, this.reserved);
		this.reserved += reserved ? bytes : 0;
		return reserved;
	}

	private void release() {
		this.budget.release(this.reserved);
		this.reserved = 0;
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) throws Exception {
		release();
		super.handlerRemoved(context);
	}

	/**
	 * Rejects a request with {@code Expect: 100-continue} and a body that is too large.
	 * Closes the connection, because a body or another request could follow.
	 */
	@Override
	protected Object newContinueResponse(HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
		Object response = super.newContinueResponse(start, maxContentLength, pipeline);
		if (response instanceof HttpResponse rejection
				&& rejection.status().equals(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)) {
			return this.writer.encode(tooLarge(), this.writer.metadata(), ResponseWriter.Connection.CLOSE);
		}
		return response;
	}

	private static ApiResponse tooLarge() {
		return ApiResponse.error(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "RequestEntityTooLarge",
				"The body of a request can have at most %d bytes.".formatted(MAX_BODY));
	}

}
