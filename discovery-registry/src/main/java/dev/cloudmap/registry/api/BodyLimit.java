package dev.cloudmap.registry.api;

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
 * Gathers a request's body, up to a limit, and while there is memory for it beside the
 * others that are on their way.
 */
final class BodyLimit extends HttpObjectAggregator {

	/** Larger bodies are refused, in bytes. */
	static final int MAX_BODY = 1024 * 1024;

	private final Responder responder;

	private final MemoryBudget budget;

	private int held;

	BodyLimit(Responder responder, MemoryBudget budget) {
		super(MAX_BODY, true);
		this.responder = responder;
		this.budget = budget;
	}

	@Override
	protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
		refuse(context, tooLarge());
	}

	private void refuse(ChannelHandlerContext context, Answer answer) {
		EarlyRefusal.send(context, this.responder, answer);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (message instanceof HttpContent content && !hold(content.content().readableBytes())) {
			ReferenceCountUtil.release(message);
			refuse(context, Answer.error(HttpResponseStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable",
					"Too many large bodies are on their way. Try again later."));
			return;
		}
		boolean last = message instanceof LastHttpContent;
		super.channelRead(context, message);
		if (last) {
			letGo();
		}
	}

	private boolean hold(int bytes) {
		boolean held = this.budget.take(bytes, this.held);
		this.held += held ? bytes : 0;
		return held;
	}

	private void letGo() {
		this.budget.giveBack(this.held);
		this.held = 0;
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) throws Exception {
		letGo();
		super.handlerRemoved(context);
	}

	/**
	 * A client that asks before it sends is told so before it sends. The connection ends
	 * with that too: what comes next on it could be the body or another request.
	 */
	@Override
	protected Object newContinueResponse(HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
		Object response = super.newContinueResponse(start, maxContentLength, pipeline);
		if (response instanceof HttpResponse refusal
				&& refusal.status().equals(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)) {
			return this.responder.response(tooLarge(), this.responder.receive(), Responder.Afterwards.CLOSE);
		}
		return response;
	}

	private static Answer tooLarge() {
		return Answer.error(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "RequestEntityTooLarge",
				"A request's body can have at most %d bytes.".formatted(MAX_BODY));
	}

}
