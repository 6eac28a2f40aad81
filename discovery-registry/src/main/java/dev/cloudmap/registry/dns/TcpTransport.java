package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DNS over TCP: each message behind its length, any number of them on a connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class TcpTransport implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TcpTransport.class);

	private static final int LENGTH_BYTES = 2;

	private static final int MAX_MESSAGE = 65_535;

	/** Connections beyond these are closed at once. */
	private static final int MAX_CONNECTIONS = 256;

	private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

	private final ChannelGroup connections;

	private final Channel channel;

	TcpTransport(EventLoopGroup group, InetSocketAddress address, Responder responder) throws IOException {
		this.connections = new DefaultChannelGroup(group.next());
		ChannelFuture bound = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel connection) {
					accept(connection, responder);
				}

			})
			.bind(address)
			.awaitUninterruptibly();
		Throwable cause = bound.cause();
		if (cause != null) {
			throw (cause instanceof IOException failure) ? failure : new IOException(cause);
		}
		this.channel = bound.channel();
	}

	private void accept(SocketChannel connection, Responder responder) {
		if (this.connections.size() >= MAX_CONNECTIONS) {
			logger.debug("Closing the connection of {}: there are {} already", connection.remoteAddress(),
					MAX_CONNECTIONS);
			connection.close();
			return;
		}
		this.connections.add(connection);
		connection.pipeline()
			.addLast(new IdleStateHandler(0, 0, IDLE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS))
			.addLast(new LengthFieldBasedFrameDecoder(LENGTH_BYTES + MAX_MESSAGE, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
			.addLast(new LengthFieldPrepender(LENGTH_BYTES))
			.addLast(new QueryHandler(responder));
	}

	@Override
	public void close() {
		this.channel.close().awaitUninterruptibly();
		this.connections.close().awaitUninterruptibly();
	}

	/**
	 * Answers the queries of one connection.
	 */
	private static final class QueryHandler extends SimpleChannelInboundHandler<ByteBuf> {

		private final Responder responder;

		private QueryHandler(Responder responder) {
			this.responder = responder;
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, ByteBuf query) {
			byte[] response = this.responder.respond(ByteBufUtil.getBytes(query), Responder.Transport.TCP);
			if (response != null) {
				context.writeAndFlush(Unpooled.wrappedBuffer(response));
			}
			else {
				context.close();
			}
		}

		/**
		 * Takes no more queries of a client that does not take the answers.
		 */
		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			context.channel().config().setAutoRead(context.channel().isWritable());
			context.fireChannelWritabilityChanged();
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
			if (event instanceof IdleStateEvent) {
				context.close();
				return;
			}
			super.userEventTriggered(context, event);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			logger.debug("Closing the connection of {}", context.channel().remoteAddress(), cause);
			context.close();
		}

	}

}
