package dev.cloudmap.registry.dns.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;

/**
 * What carries a query to an upstream.
 */
enum UpstreamTransport {

	/** From a port of its own, connected: what others send never arrives. */
	UDP(NioDatagramChannel.class) {

		@Override
		void prepare(ChannelPipeline pipeline) {
			// A datagram is a message.
		}

	},

	/** A connection of its own, on which each message is behind its length. */
	TCP(NioSocketChannel.class) {

		@Override
		void prepare(ChannelPipeline pipeline) {
			pipeline
				.addLast(new LengthFieldBasedFrameDecoder(LENGTH_BYTES + MAX_MESSAGE, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
				.addLast(new LengthFieldPrepender(LENGTH_BYTES));
		}

	};

	private static final int LENGTH_BYTES = 2;

	private static final int MAX_MESSAGE = 65_535;

	private final Class<? extends Channel> channel;

	UpstreamTransport(Class<? extends Channel> channel) {
		this.channel = channel;
	}

	Class<? extends Channel> channel() {
		return this.channel;
	}

	abstract void prepare(ChannelPipeline pipeline);

}
