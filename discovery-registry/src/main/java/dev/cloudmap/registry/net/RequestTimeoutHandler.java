package dev.cloudmap.registry.net;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection if a request does not arrive completely in time. The idle timeout
 * does not prevent clients from sending a request byte by byte. There is no response: the
 * received bytes need not be a request.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
public final class RequestTimeoutHandler extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(RequestTimeoutHandler.class);

	private final Duration duration;

	private @Nullable Future<?> timer;

	RequestTimeoutHandler(Duration duration) {
		this.duration = duration;
	}

	/**
	 * Returns a handler that cancels the timeout. It must receive complete requests only.
	 * The protocol calls {@link ConnectionState#requestEnded} for each request.
	 * @return a handler for one connection
	 */
	public static ChannelHandler requestArrived() {
		return new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object request) {
				context.pipeline().get(RequestTimeoutHandler.class).cancel();
				ConnectionState.of(context.channel()).requestArrived();
				context.fireChannelRead(request);
			}

		};
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object bytes) {
		if (this.timer == null) {
			begin(context);
		}
		context.fireChannelRead(bytes);
	}

	private void begin(ChannelHandlerContext context) {
		this.timer = context.executor()
			.schedule(() -> expire(context), this.duration.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void expire(ChannelHandlerContext context) {
		if (!context.channel().config().isAutoRead()) {
			// The server does not read while it processes the previous request.
			begin(context);
			return;
		}
		logger.debug("Closing the connection of {}: a request has not arrived completely within {} ms",
				context.channel().remoteAddress(), this.duration.toMillis());
		context.close();
	}

	private void cancel() {
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		cancel();
		context.fireChannelInactive();
	}

}
