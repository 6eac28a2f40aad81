package dev.cloudmap.registry.api;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.PromiseNotifier;

/**
 * Ends a connection with the refusal of a request that need not have arrived whole. What
 * follows is discarded, even another request: the answer has told the client that the
 * connection ends.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class EarlyRefusal extends ChannelInboundHandlerAdapter {

	/** How long a client may go on sending what is discarded. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	private final ChannelFuture answered;

	private EarlyRefusal(ChannelFuture answered) {
		this.answered = answered;
	}

	/**
	 * Sends the refusal. Closing at once would reset the connection under a client that
	 * still sends, and it would never see the answer: read on until the request is
	 * complete, or for a moment.
	 * @param context that of the handler which refuses; it gets nothing to read any more
	 * @param responder sends the answer
	 * @param answer the answer
	 */
	static void send(ChannelHandlerContext context, Responder responder, Answer answer) {
		ChannelPromise answered = context.newPromise();
		// before the answer is sent: a connection that fails then has no handlers any
		// more
		context.pipeline().addBefore(context.name(), null, new EarlyRefusal(answered));
		PromiseNotifier.cascade(responder.send(context, answer, responder.receive(), Responder.Afterwards.CLOSE)
			.addListener(ChannelFutureListener.CLOSE_ON_FAILURE), answered);
		context.executor().schedule(() -> context.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof LastHttpContent) {
			this.answered.addListener(ChannelFutureListener.CLOSE);
		}
		ReferenceCountUtil.release(message);
	}

}
