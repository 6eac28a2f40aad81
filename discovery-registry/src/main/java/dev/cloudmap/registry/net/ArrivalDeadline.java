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
 * Closes a connection on which a request has begun but does not arrive whole in time. One
 * byte now and then keeps a connection from being idle, so clients that send like that
 * could hold all of them. There is no answer to it: what has arrived need not even be a
 * request.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
public final class ArrivalDeadline extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(ArrivalDeadline.class);

	private final Duration duration;

	private @Nullable Future<?> alarm;

	ArrivalDeadline(Duration duration) {
		this.duration = duration;
	}

	/**
	 * Returns what tells the deadline of a connection that a request is there. A protocol
	 * puts it where whole requests, and nothing else, come by, and says with
	 * {@link ConnectionState#requestEnded} when each was answered.
	 * @return a handler for one connection
	 */
	public static ChannelHandler requestsArriveHere() {
		return new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object request) {
				context.pipeline().get(ArrivalDeadline.class).cancel();
				ConnectionState.of(context.channel()).requestArrived();
				context.fireChannelRead(request);
			}

		};
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object bytes) {
		if (this.alarm == null) {
			begin(context);
		}
		context.fireChannelRead(bytes);
	}

	private void begin(ChannelHandlerContext context) {
		this.alarm = context.executor()
			.schedule(() -> expire(context), this.duration.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void expire(ChannelHandlerContext context) {
		if (!context.channel().config().isAutoRead()) {
			// Nothing is read while the request before is answered: that the rest of the
			// next one is not there is not the client's fault.
			begin(context);
			return;
		}
		logger.debug("Closing the connection of {}: its request has not arrived within {} ms",
				context.channel().remoteAddress(), this.duration.toMillis());
		context.close();
	}

	private void cancel() {
		if (this.alarm != null) {
			this.alarm.cancel(false);
			this.alarm = null;
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		cancel();
		context.fireChannelInactive();
	}

}
