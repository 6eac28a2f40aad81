package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleStateHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.health.InstanceHealth;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Timeline;

/**
 * The API's HTTP server.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
public final class ApiServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ApiServer.class);

	/** Longer request lines are refused, in bytes. */
	private static final int MAX_REQUEST_LINE = 4096;

	/** Longer headers, all together, are refused, in bytes. */
	private static final int MAX_HEADERS = 16 * 1024;

	private static final int MAX_CHUNK = 8192;

	/** Connections beyond these are closed at once. */
	private static final int MAX_CONNECTIONS = 1024;

	private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

	private final ChannelGroup connections;

	private final Channel channel;

	private volatile int dnsPort;

	private ApiServer(EventLoopGroup group, InetSocketAddress address, RegistryState state, Dispatcher dispatcher)
			throws IOException {
		this.connections = new DefaultChannelGroup(group.next());
		ChannelFuture bound = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.AUTO_READ, false)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel connection) {
					accept(connection, state, dispatcher);
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
	 * Takes the address; requests wait until {@link #serve(int)}.
	 * @param group whose threads serve
	 * @param address the address; port 0 takes a free one
	 * @param state the registry's content
	 * @param health takes reports of health
	 * @param timeline where time comes from
	 * @return the server
	 * @throws IOException when the address cannot be had
	 */
	public static ApiServer bind(EventLoopGroup group, InetSocketAddress address, RegistryState state,
			InstanceHealth health, Timeline timeline) throws IOException {
		return new ApiServer(group, address, state, new Dispatcher(state, health, timeline));
	}

	/**
	 * Begins to answer.
	 * @param portOfDns where the same registry's DNS is
	 */
	public void serve(int portOfDns) {
		this.dnsPort = portOfDns;
		this.channel.config().setAutoRead(true);
	}

	/**
	 * Returns where the server is, with its real port.
	 * @return where the server is
	 */
	public InetSocketAddress address() {
		return (InetSocketAddress) this.channel.localAddress();
	}

	private void accept(SocketChannel connection, RegistryState state, Dispatcher dispatcher) {
		if (this.connections.size() >= MAX_CONNECTIONS) {
			logger.debug("Closing the connection of {}: there are {} already", connection.remoteAddress(),
					MAX_CONNECTIONS);
			connection.close();
			return;
		}
		this.connections.add(connection);
		HttpDecoderConfig config = new HttpDecoderConfig().setMaxInitialLineLength(MAX_REQUEST_LINE)
			.setMaxHeaderSize(MAX_HEADERS)
			.setMaxChunkSize(MAX_CHUNK);
		Responder responder = new Responder(state);
		connection.pipeline()
			.addLast(new IdleStateHandler(0, 0, IDLE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS))
			.addLast(new HttpServerCodec(config))
			.addLast(new FlowControlHandler())
			.addLast(new BodyLimit(responder))
			.addLast(new RequestHandler(dispatcher, responder, () -> this.dnsPort));
	}

	@Override
	public void close() {
		this.channel.close().awaitUninterruptibly();
		this.connections.close().awaitUninterruptibly();
	}

}
