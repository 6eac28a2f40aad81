package dev.cloudmap.registry.api;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;

/**
 * Gathers a request's body, up to a limit.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class BodyLimit extends HttpObjectAggregator {

	/** Larger bodies are refused, in bytes. */
	static final int MAX_BODY = 1024 * 1024;

	/** How long a client may go on sending what is thrown away. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	private final Responder responder;

	private boolean refused;

	BodyLimit(Responder responder) {
		super(MAX_BODY, true);
		this.responder = responder;
	}

	@Override
	protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
		// Closing at once would reset the connection under a client that still sends,
		// and it would never see the answer: read on for a moment, and keep nothing.
		this.refused = true;
		this.responder.send(context, tooLarge(), this.responder.receive(), Responder.Afterwards.CLOSE)
			.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
		context.executor().schedule(() -> context.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Throws away what follows a refused body, even another request: the answer has told
	 * the client that the connection ends.
	 */
	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (this.refused) {
			ReferenceCountUtil.release(message);
			return;
		}
		super.channelRead(context, message);
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
