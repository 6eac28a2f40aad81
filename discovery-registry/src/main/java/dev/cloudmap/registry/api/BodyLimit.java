package dev.cloudmap.registry.api;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelFutureListener;
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
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class BodyLimit extends HttpObjectAggregator {

	/** Larger bodies are refused, in bytes. */
	static final int MAX_BODY = 1024 * 1024;

	/** How long a client may go on sending what is thrown away. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	private final Responder responder;

	private final MemoryBudget budget;

	private int held;

	private boolean refused;

	BodyLimit(Responder responder, MemoryBudget budget) {
		super(MAX_BODY, true);
		this.responder = responder;
		this.budget = budget;
	}

	@Override
	protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
		refuse(context, tooLarge());
	}

	/**
	 * Closing at once would reset the connection under a client that still sends, and it
	 * would never see the answer: read on for a moment, and keep nothing.
	 */
	private void refuse(ChannelHandlerContext context, Answer answer) {
		this.refused = true;
		this.responder.send(context, answer, this.responder.receive(), Responder.Afterwards.CLOSE)
			.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
		context.executor().schedule(() -> context.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Throws away what follows a refused body, even another request: the answer has told
	 * the client that the connection ends.
	 */
	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (!this.refused && message instanceof HttpContent content && !hold(content.content().readableBytes())) {
			refuse(context, Answer.error(HttpResponseStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable",
					"Too many large bodies are on their way. Try again later."));
		}
		if (this.refused) {
			ReferenceCountUtil.release(message);
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
