package dev.cloudmap.registry.dns.forward;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;

/**
 * The transports of queries to upstream servers.
 */
enum UpstreamTransport {

	/** A connected socket on its own port, which receives only from the server. */
	UDP(NioDatagramChannel.class) {

		@Override
		void prepare(ChannelPipeline pipeline) {
			// Each datagram is a message.
		}

	},

	/** A connection with length-prefixed messages. */
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
