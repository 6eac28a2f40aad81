package dev.cloudmap.registry.api;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.CodecException;

import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.ManualTimeline;
import dev.cloudmap.registry.api.signature.Credentials;
import dev.cloudmap.registry.api.source.AllowedHosts;
import dev.cloudmap.registry.health.HealthReports;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.SampleState;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;

/**
 * The API server with sample content and connections without a network. The thread that
 * writes to a connection also serves it, and waits for the writer thread of the state, so
 * that the effect of an input is deterministic.
 */
final class FuzzedApi implements AutoCloseable {

	private static final EventLoopGroup GROUP = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	/** The maximum number of rounds until a connection has no pending tasks. */
	private static final int MAX_ROUNDS = 100;

	private final ManualTimeline scheduler = new ManualTimeline();

	private final SampleState content;

	private final RegistryState state;

	private final ApiServer server;

	private final ChannelHandler acceptor;

	private final RegistrySnapshot begin;

	private final int operations;

	FuzzedApi(Emulation emulation) throws IOException {
		this.content = new SampleState(this.scheduler, emulation);
		this.state = this.content.state();
		LookupView view = this.content.view();
		HealthReports health = HealthReports.begin(this.state, this.scheduler, () -> emulation);
		this.server = ApiServer.bind(GROUP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this.state,
				view, health, this.scheduler,
				new ApiSettings(AllowedHosts.DEFAULT, Credentials.NONE, () -> emulation, null));
		this.server.serve(8053, Map::of);
		this.acceptor = acceptor(this.server);
		this.begin = this.state.snapshot();
		this.operations = this.state.operations().size();
	}

	/**
	 * Returns the handler that the server adds to each accepted connection.
	 */
	private static ChannelHandler acceptor(ApiServer server) {
		Channel listening = (Channel) get(get(server, "server"), "channel");
		return (ChannelHandler) get(listening.pipeline().last(), "childHandler");
	}

	private static Object get(Object owner, String name) {
		try {
			Field field = owner.getClass().getDeclaredField(name);
			field.setAccessible(true);
			return field.get(owner);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns whether the state or an operation has changed since the creation.
	 */
	boolean isChanged() {
		return this.state.snapshot() != this.begin || this.state.operations().size() != this.operations;
	}

	void advance(Duration duration) {
		step(() -> this.scheduler.advance(duration));
	}

	Connection connect() {
		return new Connection();
	}

	/**
	 * Checks the consistency of the state.
	 */
	void check() {
		this.content.check();
	}

	/**
	 * Runs an action while the writer thread is blocked, and then waits until the writer
	 * thread has executed the submitted commands. Otherwise two threads would use the
	 * embedded event loop of a connection, which is not thread-safe.
	 */
	private void step(Runnable work) {
		CountDownLatch gate = new CountDownLatch(1);
		var held = this.state.submit((transaction) -> {
			try {
				gate.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return "";
		});
		try {
			work.run();
		}
		finally {
			gate.countDown();
		}
		held.join();
		this.state.submit((transaction) -> "").join();
	}

	@Override
	public void close() {
		this.server.close();
		this.content.close();
	}

	/**
	 * A client's connection.
	 */
	final class Connection implements AutoCloseable {

		private final EmbeddedConnection channel = new EmbeddedConnection();

		private final Failures failures = new Failures();

		private Connection() {
			this.channel.pipeline().addLast(FuzzedApi.this.acceptor);
			this.channel.pipeline().addBefore(this.channel.pipeline().lastContext().name(), null, this.failures);
		}

		boolean isOpen() {
			return this.channel.isOpen();
		}

		/**
		 * Sends bytes.
		 * @param bytes the bytes
		 * @param piece the number of bytes of each read
		 * @return the received bytes as ISO-8859-1 text
		 */
		String send(byte[] bytes, int piece) {
			step(() -> {
				for (int begin = 0; begin < bytes.length && this.channel.isOpen(); begin += piece) {
					this.channel
						.writeInbound(Unpooled.wrappedBuffer(bytes, begin, Math.min(piece, bytes.length - begin)));
				}
			});
			for (int i = 0; this.channel.hasPendingTasks(); i++) {
				Check.that(i < MAX_ROUNDS, "The connection has pending tasks forever");
				step(this.channel::runPendingTasks);
			}
			Check.that(this.failures.cause == null, "A handler threw an exception:", this.failures.cause);
			return received();
		}

		private String received() {
			StringBuilder text = new StringBuilder();
			for (ByteBuf bytes = this.channel.readOutbound(); bytes != null; bytes = this.channel.readOutbound()) {
				text.append(bytes.toString(StandardCharsets.ISO_8859_1));
				bytes.release();
			}
			return text.toString();
		}

		@Override
		public void close() {
			step(() -> {
				this.channel.close();
				this.channel.runPendingTasks();
			});
			this.channel.releaseInbound();
			this.channel.releaseOutbound();
		}

	}

	/**
	 * Stores exceptions for which the server would only close the connection. Exceptions
	 * of codecs are caused by the input.
	 */
	private static final class Failures extends ChannelInboundHandlerAdapter {

		private Throwable cause;

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
			if (!(thrown instanceof CodecException) && !(thrown instanceof IOException)) {
				this.cause = thrown;
			}
			context.fireExceptionCaught(thrown);
		}

	}

}
