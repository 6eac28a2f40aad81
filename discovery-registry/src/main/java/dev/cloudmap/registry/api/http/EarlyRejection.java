package dev.cloudmap.registry.api.http;

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
 * Rejects a request before it has arrived completely, and closes the connection. All
 * further data is discarded.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class EarlyRejection extends ChannelInboundHandlerAdapter {

	/** The time for which data of the client is read and discarded. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	private final ChannelFuture answered;

	private EarlyRejection(ChannelFuture answered) {
		this.answered = answered;
	}

	/**
	 * Writes a response and closes the connection after the request is complete or one
	 * second has passed. Closing at once would reset the connection, and a client that
	 * still sends would not receive the response.
	 * @param context the handler that rejects the request; it receives no further data
	 * @param writer writes the response
	 * @param response the response
	 */
	static void send(ChannelHandlerContext context, ResponseWriter writer, ApiResponse response) {
		ChannelPromise answered = context.newPromise();
		// A connection that fails while the response is written has no handlers.
		context.pipeline().addBefore(context.name(), null, new EarlyRejection(answered));
		PromiseNotifier.cascade(writer.write(context, response, writer.metadata(), ResponseWriter.Connection.CLOSE)
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
