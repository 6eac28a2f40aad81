package dev.cloudmap.registry.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.LineBasedFrameDecoder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.net.TcpServer.Limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class TcpServerTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	@AfterEach
	void stop() {
		this.group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
	}

	@Nested
	class BeyondTheLimit {

		private TcpServer server;

		@BeforeEach
		void serve() throws IOException {
			this.server = bindLines(new Limits(3, LONG, LONG));
			this.server.open();
		}

		@AfterEach
		void close() {
			this.server.close();
		}

		@Test
		void closesLongestIdleConnection() throws IOException {
			try (Socket first = connect(this.server);
					Socket second = answered(connect(this.server));
					Socket third = answered(connect(this.server))) {
				answered(first);
				try (Socket fourth = answered(connect(this.server)); Socket fifth = answered(connect(this.server))) {
					assertThat(hasEnded(second)).isTrue();
					assertThat(hasEnded(third)).isTrue();
					answered(first);
					answered(fourth);
					answered(fifth);
				}
			}
		}

		@Test
		void connectionWithoutRequestIsIdle() throws IOException {
			try (Socket silent = connect(this.server);
					Socket second = answered(connect(this.server));
					Socket third = answered(connect(this.server));
					Socket fourth = answered(connect(this.server))) {
				assertThat(hasEnded(silent)).isTrue();
				answered(second);
				answered(third);
				answered(fourth);
			}
		}

		@Test
		void incompleteRequestsDoNotEvictActiveClient() throws IOException {
			try (Socket client = answered(connect(this.server))) {
				List<Socket> incomplete = new ArrayList<>();
				for (int i = 0; i < 20; i++) {
					Socket socket = connect(this.server);
					send(socket, "half");
					incomplete.add(socket);
					// the server accepts connections in this order and has one event loop
					answered(client);
				}
				assertThat(incomplete.subList(0, 18)).allMatch(TcpServerTests::hasEnded);
				answered(client);
				for (Socket socket : incomplete) {
					socket.close();
				}
			}
		}

		@Test
		void incompleteRequestDoesNotPreventEviction() throws IOException {
			try (Socket incomplete = connect(this.server);
					Socket second = held(connect(this.server));
					Socket third = held(connect(this.server))) {
				send(incomplete, "half");
				try (Socket next = held(connect(this.server))) {
					assertThat(hasEnded(incomplete)).isTrue();
					for (Socket socket : List.of(second, third, next)) {
						answered(socket);
					}
				}
			}
		}

		@Test
		void closesNewConnectionWhenAllAreActive() throws IOException {
			try (Socket first = held(connect(this.server));
					Socket second = held(connect(this.server));
					Socket third = held(connect(this.server));
					Socket refused = connect(this.server)) {
				assertThat(hasEnded(refused)).isTrue();
				for (Socket socket : List.of(first, second, third)) {
					answered(socket);
				}
			}
		}

		@Test
		void servesNewConnectionWhenOthersAreIdle() throws IOException {
			List<Socket> idle = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				idle.add(connect(this.server));
			}
			answered(connect(this.server)).close();
			assertThat(idle.subList(0, 48)).allMatch(TcpServerTests::hasEnded);
			for (Socket socket : idle) {
				socket.close();
			}
		}

		private Socket answered(Socket socket) throws IOException {
			send(socket, "a\n");
			assertThat(socket.getInputStream().read()).isEqualTo('a');
			return socket;
		}

		private Socket held(Socket socket) throws IOException {
			send(socket, "hold\n");
			assertThat(new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("hold");
			return socket;
		}

		private static void send(Socket socket, String text) throws IOException {
			socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		}

	}

	/**
	 * Each connection has its own event loop here.
	 */
	@Test
	void doesNotReadConnectionBeforeAdmission() throws Exception {
		EventLoopGroup loops = new MultiThreadIoEventLoopGroup(4, NioIoHandler.newFactory());
		CountDownLatch paused = new CountDownLatch(1);
		CountDownLatch resumed = new CountDownLatch(1);
		CountDownLatch accepted = new CountDownLatch(2);
		AtomicInteger requests = new AtomicInteger();
		try (TcpServer server = new TcpServer(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
				new Limits(1, LONG, LONG), (pipeline) -> {
					pipeline.addLast(new LineBasedFrameDecoder(100))
						.addLast(RequestTimeoutHandler.requestArrived())
						.addLast(new Pausing(paused, resumed, requests));
					accepted.countDown();
				})) {
			server.open();
			try (Socket replaced = connect(server)) {
				replaced.getOutputStream().write("pause\nhold\n".getBytes(StandardCharsets.US_ASCII));
				paused.await();
				try (Socket refused = connect(server)) {
					refused.getOutputStream().write("hold\n".getBytes(StandardCharsets.US_ASCII));
					accepted.await();
					resumed.countDown();
					assertThat(hasEnded(refused)).isTrue();
				}
				assertThat(replaced.getInputStream().read()).isEqualTo('h');
				assertThat(requests).hasValue(2);
			}
		}
		finally {
			resumed.countDown();
			loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
		}
	}

	@Test
	void closesIdleConnection() throws IOException {
		try (TcpServer server = serve(new Limits(2, Duration.ofMillis(100), LONG)); Socket idle = connect(server)) {
			assertThat(idle.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void closesConnectionAfterRequestTimeout() throws IOException {
		try (TcpServer server = bindLines(new Limits(2, LONG, Duration.ofMillis(300)))) {
			server.open();
			try (Socket slow = connect(server); Socket quick = connect(server)) {
				long begin = System.nanoTime();
				slow.setSoTimeout(1);
				// Neither connection is idle, but one never completes its line.
				await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(10)).until(() -> {
					slow.getOutputStream().write('a');
					quick.getOutputStream().write("a\n".getBytes(StandardCharsets.US_ASCII));
					assertThat(quick.getInputStream().read()).isEqualTo('a');
					return hasEnded(slow);
				});
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(290));
			}
		}
	}

	private static boolean hasEnded(Socket socket) {
		try {
			return socket.getInputStream().read() == -1;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Test
	void closesOnlyFailedConnection() throws IOException {
		try (TcpServer server = serve(new Limits(2, LONG, LONG));
				Socket failing = connect(server);
				Socket other = connect(server)) {
			failing.getOutputStream().write('!');
			assertThat(failing.getInputStream().read()).isEqualTo(-1);
			assertEchoes(other);
		}
	}

	@Test
	void servesNoConnectionBeforeOpen() throws IOException {
		try (TcpServer server = bind(new Limits(2, LONG, LONG)); Socket early = connect(server)) {
			early.setSoTimeout(100);
			early.getOutputStream().write('a');
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> early.getInputStream().read());
			server.open();
			early.setSoTimeout(10_000);
			assertThat(early.getInputStream().read()).isEqualTo('a');
		}
	}

	@Test
	void closesConnectionsOnClose() throws IOException {
		TcpServer server = serve(new Limits(2, LONG, LONG));
		try (Socket open = connect(server)) {
			assertEchoes(open);
			server.close();
			assertThat(open.getInputStream().read()).isEqualTo(-1);
			// the port is available after the event loop has closed it
			await().atMost(Duration.ofSeconds(10))
				.untilAsserted(
						() -> assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(server).close()));
		}
	}

	private TcpServer serve(Limits limits) throws IOException {
		TcpServer server = bind(limits);
		server.open();
		return server;
	}

	private TcpServer bind(Limits limits) throws IOException {
		return new TcpServer(this.group, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits,
				(pipeline) -> pipeline.addLast(RequestTimeoutHandler.requestArrived()).addLast(new Echo()));
	}

	private TcpServer bindLines(Limits limits) throws IOException {
		return new TcpServer(this.group, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits,
				(pipeline) -> pipeline.addLast(new LineBasedFrameDecoder(100))
					.addLast(RequestTimeoutHandler.requestArrived())
					.addLast(new Echo()));
	}

	private static Socket connect(TcpServer server) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
		socket.setSoTimeout(10_000);
		return socket;
	}

	private static void assertEchoes(Socket socket) throws IOException {
		socket.getOutputStream().write('a');
		assertThat(socket.getInputStream().read()).isEqualTo('a');
	}

	/**
	 * Echoes its input and fails at an exclamation mark. A request that starts with an h
	 * is incomplete.
	 */
	private static final class Echo extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			if (((ByteBuf) message).getByte(0) == '!') {
				throw new IllegalStateException("!");
			}
			boolean answered = ((ByteBuf) message).getByte(0) != 'h';
			context.writeAndFlush(message).addListener((written) -> {
				if (answered) {
					ConnectionState.requestEnded(context.channel());
				}
			});
		}

	}

	/**
	 * Completes its first request, then waits until the next one is received.
	 */
	private static final class Pausing extends ChannelInboundHandlerAdapter {

		private final CountDownLatch paused;

		private final CountDownLatch resumed;

		private final AtomicInteger requests;

		private Pausing(CountDownLatch paused, CountDownLatch resumed, AtomicInteger requests) {
			this.paused = paused;
			this.resumed = resumed;
			this.requests = requests;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
			this.requests.incrementAndGet();
			if (((ByteBuf) message).getByte(0) != 'p') {
				context.writeAndFlush(message);
				return;
			}
			((ByteBuf) message).release();
			ConnectionState.requestEnded(context.channel());
			this.paused.countDown();
			this.resumed.await();
		}

	}

}
