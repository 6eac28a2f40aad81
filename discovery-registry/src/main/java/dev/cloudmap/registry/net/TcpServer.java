package dev.cloudmap.registry.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections, so many at most, and closes those that are idle or fail. Beyond
 * the limit the longest idle connection is closed for a new one.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
public final class TcpServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TcpServer.class);

	private final ChannelGroup connections;

	private final Channel channel;

	private TcpServer(EventLoopGroup group, InetSocketAddress address, Limits limits,
			Consumer<ChannelPipeline> protocol) throws IOException {
		this.connections = new DefaultChannelGroup(group.next());
		ChannelFuture bound = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.AUTO_READ, false)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel connection) {
					accept(connection, limits, protocol);
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

	/**
	 * Takes an address; connections wait until {@link #open()}.
	 * @param group whose threads serve
	 * @param address the address; port 0 takes a free one
	 * @param limits what clients may take
	 * @param protocol adds the handlers of the protocol to a new connection's
	 * @return the server
	 * @throws IOException when the address cannot be had
	 */
	public static TcpServer bind(EventLoopGroup group, InetSocketAddress address, Limits limits,
			Consumer<ChannelPipeline> protocol) throws IOException {
		return new TcpServer(group, address, limits, protocol);
	}

	/**
	 * Begins to accept connections.
	 */
	public void open() {
		this.channel.config().setAutoRead(true);
	}

	/**
	 * Whether connections reach this server.
	 * @return whether connections reach this server
	 */
	public boolean isListening() {
		return this.channel.isActive();
	}

	/**
	 * Returns where the server is, with its real port.
	 * @return where the server is
	 */
	public InetSocketAddress address() {
		return (InetSocketAddress) this.channel.localAddress();
	}

	private void accept(SocketChannel connection, Limits limits, Consumer<ChannelPipeline> protocol) {
		ConnectionState.begin(connection);
		if (!admit(connection, limits)) {
			logger.debug("Closing the connection of {}: {} others are in use", connection.remoteAddress(),
					limits.connections());
			connection.close();
			return;
		}
		connection.pipeline().addLast(new IdleHandler(limits.idle())).addLast(new ArrivalDeadline(limits.arrival()));
		protocol.accept(connection.pipeline());
		connection.pipeline().addLast(new FailureHandler());
	}

	/**
	 * Takes in a connection. When there are as many as there may be, it takes the place
	 * of the one that was accepted or answered longest ago, unless all are in use.
	 * @return whether there is a place
	 */
	private synchronized boolean admit(SocketChannel connection, Limits limits) {
		if (this.connections.size() >= limits.connections()) {
			Channel replaced = leastUsed();
			if (replaced == null) {
				return false;
			}
			// Removed at once, so that no other new connection replaces it too. The new
			// one reads nothing before it is certain that it is not closed again.
			this.connections.remove(replaced);
			connection.config().setAutoRead(false);
			replaced.eventLoop().execute(() -> closeUnlessInUse(replaced, connection, limits));
		}
		this.connections.add(connection);
		return true;
	}

	private @Nullable Channel leastUsed() {
		long now = System.nanoTime();
		Channel found = null;
		long age = Long.MIN_VALUE;
		for (Channel candidate : this.connections) {
			ConnectionState state = ConnectionState.of(candidate);
			if (!state.isInUse() && state.age(now) > age) {
				found = candidate;
				age = state.age(now);
			}
		}
		return found;
	}

	/**
	 * Closes a connection and lets the new one read, unless a request has arrived
	 * meanwhile: then the new connection has to replace another one.
	 */
	private void closeUnlessInUse(Channel replaced, SocketChannel newcomer, Limits limits) {
		if (!ConnectionState.of(replaced).isInUse()) {
			logger.debug("Closing the connection of {}, the longest idle, for that of {}", replaced.remoteAddress(),
					newcomer.remoteAddress());
			replaced.close();
			newcomer.config().setAutoRead(true);
			return;
		}
		boolean waits;
		synchronized (this) {
			// Not when it has been closed, or replaced by another one, which closes it.
			waits = this.connections.remove(newcomer);
			this.connections.add(replaced);
		}
		if (waits && !admit(newcomer, limits)) {
			newcomer.close();
		}
	}

	@Override
	public void close() {
		this.channel.close().awaitUninterruptibly();
		this.connections.close().awaitUninterruptibly();
	}

	/**
	 * What clients may take.
	 *
	 * @param connections how many connections at a time; beyond them the one that was
	 * accepted or answered longest ago is closed, whether or not a request has begun to
	 * arrive, and when requests of all are being answered the new one
	 * @param idle how long a connection may say nothing and be told nothing
	 * @param arrival how long a request may take to arrive whole once it has begun; the
	 * protocol tells with {@link ArrivalDeadline#requestsArriveHere()} when it has
	 */
	public record Limits(int connections, Duration idle, Duration arrival) {
	}

	private static final class IdleHandler extends IdleStateHandler {

		private IdleHandler(Duration idle) {
			super(0, 0, idle.toMillis(), TimeUnit.MILLISECONDS);
		}

		@Override
		protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
			context.close();
		}

	}

	private static final class FailureHandler extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			logger.debug("Closing the connection of {}", context.channel().remoteAddress(), cause);
			context.close();
		}

	}

}
