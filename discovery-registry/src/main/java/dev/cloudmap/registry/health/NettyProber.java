package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.HealthCheck;

/**
 * Runs health checks as Route 53 does. A TCP check succeeds with a connection, an HTTP or
 * HTTPS check with a response of status 2xx or 3xx. Certificates are not verified, and no
 * server name is sent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the result has the outcome
final class NettyProber implements Prober {

	private static final String USER_AGENT = "discovery-registry health check";

	private final EventLoopGroup group;

	private final Timeouts timeouts;

	private @Nullable SslContext tls;

	NettyProber(EventLoopGroup group, Timeouts timeouts) {
		this.group = group;
		this.timeouts = timeouts;
	}

	@Override
	public CompletableFuture<CheckResult> probe(CheckTarget endpoint) {
		CompletableFuture<CheckResult> result = new CompletableFuture<>();
		EventLoop loop = this.group.next();
		// Opening a socket must not delay the calling thread.
		loop.execute(() -> {
			try {
				connect(loop, endpoint, result);
			}
			catch (RuntimeException | SSLException ex) {
				result.completeExceptionally(ex);
			}
		});
		return result;
	}

	private void connect(EventLoop loop, CheckTarget endpoint, CompletableFuture<CheckResult> result)
			throws SSLException {
		if (result.isDone()) {
			return;
		}
		boolean http = endpoint.type() != HealthCheck.Type.TCP;
		Duration timeout = http ? this.timeouts.httpConnect() : this.timeouts.tcpConnect();
		SslContext encryption = (endpoint.type() == HealthCheck.Type.HTTPS) ? tls() : null;
		ChannelFuture connecting = new Bootstrap().group(loop)
			.channel(NioSocketChannel.class)
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					if (http) {
						prepare(channel.pipeline(), encryption, endpoint, result);
					}
				}

			})
			.connect(endpoint.socketAddress());
		Channel channel = connecting.channel();
		result.whenComplete((finding, failure) -> channel.close());
		connecting.addListener((ignored) -> {
			Throwable cause = connecting.cause();
			if (cause != null) {
				result.complete(CheckResult.unhealthy(noConnection(endpoint, timeout, cause)));
			}
			else if (http) {
				ask(channel, endpoint, result);
			}
			else {
				result.complete(CheckResult.healthy("%s accepts connections".formatted(endpoint)));
			}
		});
	}

	private synchronized SslContext tls() throws SSLException {
		if (this.tls == null) {
			this.tls = SslContextBuilder.forClient()
				.sslProvider(SslProvider.JDK)
				.trustManager(InsecureTrustManagerFactory.INSTANCE)
				.endpointIdentificationAlgorithm(null)
				.build();
		}
		return this.tls;
	}

	private static void prepare(ChannelPipeline pipeline, @Nullable SslContext encryption, CheckTarget endpoint,
			CompletableFuture<CheckResult> result) {
		if (encryption != null) {
			pipeline.addLast(encryption.newHandler(pipeline.channel().alloc()));
		}
		HttpStatusReader.addTo(pipeline, endpoint, result);
	}

	private void ask(Channel channel, CheckTarget endpoint, CompletableFuture<CheckResult> result) {
		Duration timeout = this.timeouts.response();
		Future<?> deadline = channel.eventLoop()
			.schedule(
					() -> result.complete(CheckResult
						.unhealthy("%s did not respond within %d ms".formatted(endpoint, timeout.toMillis()))),
					timeout.toMillis(), TimeUnit.MILLISECONDS);
		result.whenComplete((finding, failure) -> deadline.cancel(false));
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, endpoint.path());
		request.headers()
			.set(HttpHeaderNames.HOST, endpoint.hostHeader())
			.set(HttpHeaderNames.USER_AGENT, USER_AGENT)
			.set(HttpHeaderNames.ACCEPT, "*/*")
			.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
		channel.writeAndFlush(request);
	}

	private static String noConnection(CheckTarget endpoint, Duration timeout, Throwable cause) {
		if (cause instanceof ConnectTimeoutException) {
			return "no connection to %s within %d ms".formatted(endpoint, timeout.toMillis());
		}
		// The cause has the message of the operating system without the address.
		Throwable original = (cause.getCause() != null) ? cause.getCause() : cause;
		return "no connection to %s: %s".formatted(endpoint, original.getMessage());
	}

	/**
	 * The timeouts of checks.
	 *
	 * @param httpConnect the connect timeout of HTTP and HTTPS
	 * @param response the timeout of the response, including the TLS handshake
	 * @param tcpConnect the connect timeout of TCP
	 */
	record Timeouts(Duration httpConnect, Duration response, Duration tcpConnect) {

		/** Route 53 Developer Guide. */
		static final Timeouts OF_ROUTE_53 = new Timeouts(Duration.ofSeconds(4), Duration.ofSeconds(2),
				Duration.ofSeconds(10));

	}

}
