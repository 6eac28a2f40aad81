package dev.cloudmap.registry.api;

import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The events of one watcher. All that it keeps is how far the watcher has been told:
 * while the connection takes no more, nothing waits for it but the history, from which it
 * is told the latest once it takes more, or is reset when that has forgotten too much.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class WatchStream extends ChannelInboundHandlerAdapter {

	/** How many events are written at a time. */
	private static final int PORTION = 64;

	private final Channel channel;

	private final ChangeHistory history;

	private long told;

	private boolean ended;

	/**
	 * Creates a stream, which begins with {@link #open(HttpResponse, Long)}.
	 * @param channel the connection
	 * @param history what changes
	 * @param told the revision whose changes come next
	 */
	WatchStream(Channel channel, ChangeHistory history, long told) {
		this.channel = channel;
		this.history = history;
		this.told = told;
	}

	/**
	 * Begins to tell.
	 * @param head what comes before the events
	 * @param since the revision that the watcher named, if it named one
	 */
	void open(HttpResponse head, @Nullable Long since) {
		this.channel.write(head);
		// A client that named another revision must not remember this one before it has
		// the event that tells it to ask anew.
		write((since == null || since == this.told) ? ServiceEvent.opening(this.told) : ServiceEvent.reset(this.told));
		this.channel.flush();
		tell();
	}

	/**
	 * Tells what has changed, as far as the connection takes it.
	 */
	void tell() {
		boolean written = false;
		while (!this.ended && this.channel.isWritable()
				&& (this.history.hasEnded() || this.history.latest() > this.told)) {
			tellNext();
			written = true;
		}
		if (written) {
			this.channel.flush();
		}
	}

	private void tellNext() {
		// Both before the history is asked: what changes meanwhile is told next.
		boolean end = this.history.hasEnded();
		long latest = this.history.latest();
		List<ServiceEvent> events = this.history.after(this.told, PORTION);
		if (end || events == null) {
			this.told = latest;
			write(ServiceEvent.reset(latest));
		}
		else {
			this.told = events.isEmpty() ? latest : events.get(events.size() - 1).revision();
			write(events);
		}
		if (end) {
			this.ended = true;
			this.channel.write(new DefaultLastHttpContent()).addListener(ChannelFutureListener.CLOSE);
		}
	}

	/**
	 * Shows that the stream lives. A connection that takes nothing gets no comment
	 * either, and so becomes idle and is closed.
	 */
	void comment() {
		if (!this.ended && this.channel.isWritable()) {
			write(ServiceEvent.COMMENT);
			this.channel.flush();
		}
	}

	private void write(byte[] event) {
		write(Unpooled.wrappedBuffer(event));
	}

	private void write(List<ServiceEvent> events) {
		ByteBuf buffer = this.channel.alloc().ioBuffer();
		events.forEach((event) -> buffer.writeBytes(event.bytes()));
		write(buffer);
	}

	private void write(ByteBuf content) {
		this.channel.write(new DefaultHttpContent(content));
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		// The connection can become full in the middle of what is being written, where
		// nothing else may come in between; tell() then does nothing.
		tell();
		context.fireChannelWritabilityChanged();
	}

	/**
	 * A stream has no end that another answer could follow: who asks for more on the same
	 * connection loses it.
	 */
	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ReferenceCountUtil.release(message);
		context.close();
	}

}
