package dev.cloudmap.registry.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
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
 * Accepts a limited number of connections and closes those that are idle or fail. At the
 * limit a new connection replaces the connection that has been idle for the longest time.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
public final class TcpServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TcpServer.class);

	private final ChannelGroup connections;

	private final Channel channel;

	/**
	 * Binds a server. Connections wait until {@link #open()}.
	 * @param group the event loops
	 * @param address the address; port 0 selects a free port
	 * @param limits the limits of connections
	 * @param protocol adds the handlers of the protocol to the pipeline of a connection
	 * @throws IOException if the address cannot be bound
	 */
	public TcpServer(EventLoopGroup group, InetSocketAddress address, Limits limits, Consumer<ChannelPipeline> protocol)
			throws IOException {
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
	 * Starts to accept connections.
	 */
	public void open() {
		this.channel.config().setAutoRead(true);
	}

	/**
	 * Returns whether the server listens on its port.
	 * @return whether the server listens on its port
	 */
	public boolean isListening() {
		return this.channel.isActive();
	}

	/**
	 * Returns the address with the actual port.
	 * @return the address
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
		connection.pipeline()
			.addLast(new IdleHandler(limits.idle()))
			.addLast(new RequestTimeoutHandler(limits.request()));
		protocol.accept(connection.pipeline());
		connection.pipeline().addLast(new FailureHandler());
	}

	/**
	 * Adds a connection. At the limit it replaces the connection that has been idle for
	 * the longest time, unless all are in use.
	 * @return whether the connection was added
	 */
	private synchronized boolean admit(SocketChannel connection, Limits limits) {
		if (this.connections.size() >= limits.connections()) {
			Channel replaced = leastUsed();
			if (replaced == null) {
				return false;
			}
			// Removed at once, so that only one new connection replaces it. The new
			// connection reads nothing before the replacement is certain.
			this.connections.remove(replaced);
			connection.config().setAutoRead(false);
			replaced.eventLoop().execute(() -> closeUnlessInUse(replaced, connection));
		}
		this.connections.add(connection);
		return true;
	}

	private @Nullable Channel leastUsed() {
		long now = System.nanoTime();
		return this.connections.stream()
			.filter((connection) -> !ConnectionState.of(connection).isInUse())
			.max(Comparator.comparingLong((connection) -> ConnectionState.of(connection).age(now)))
			.orElse(null);
	}

	/**
	 * Closes a connection and lets the new one read. If a request has arrived meanwhile,
	 * the new one is closed.
	 */
	private void closeUnlessInUse(Channel replaced, SocketChannel added) {
		if (ConnectionState.of(replaced).isInUse()) {
			this.connections.add(replaced);
			added.close();
			return;
		}
		logger.debug("Closing the connection of {}, the longest idle, for that of {}", replaced.remoteAddress(),
				added.remoteAddress());
		replaced.close();
		added.config().setAutoRead(true);
	}

	@Override
	public void close() {
		this.channel.close().awaitUninterruptibly();
		this.connections.close().awaitUninterruptibly();
	}

	/**
	 * The limits of connections.
	 *
	 * @param connections the maximum number of connections; if all are in use, a new one
	 * is closed
	 * @param idle the time after which a connection without traffic is closed
	 * @param request the time within which a request must arrive completely, see
	 * {@link RequestTimeoutHandler#requestArrived()}
	 */
	public record Limits(int connections, Duration idle, Duration request) {
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
