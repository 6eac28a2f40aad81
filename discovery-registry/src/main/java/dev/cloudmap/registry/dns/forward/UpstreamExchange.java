package dev.cloudmap.registry.dns.forward;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * One query to one server and its answer. All other messages are ignored.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the answer has the result
final class UpstreamExchange {

	private static final Logger logger = LoggerFactory.getLogger(UpstreamExchange.class);

	private static final int HEADER_SIZE = 12;

	private static final int RESPONSE_BIT = 0x80;

	private static final int LENGTH_BYTES = 2;

	private static final int MAX_MESSAGE = 65_535;

	private final EventLoop loop;

	private final ChannelGroup channels;

	private final Message query;

	private final CompletableFuture<Message> answer = new CompletableFuture<>();

	UpstreamExchange(EventLoop loop, ChannelGroup channels, Message query) {
		this.loop = loop;
		this.channels = channels;
		this.query = query;
	}

	/**
	 * Sends the query.
	 * @return the answer; fails with {@link SocketTimeoutException} after the timeout
	 */
	CompletableFuture<Message> send(InetSocketAddress server, Transport transport, Duration timeout) {
		ChannelFuture connecting = new Bootstrap().group(this.loop)
			.channel((transport == Transport.UDP) ? NioDatagramChannel.class : NioSocketChannel.class)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					UpstreamExchange.this.channels.add(channel);
					if (transport == Transport.TCP) {
						channel.pipeline()
							.addLast(new LengthFieldBasedFrameDecoder(LENGTH_BYTES + MAX_MESSAGE, 0, LENGTH_BYTES, 0,
									LENGTH_BYTES))
							.addLast(new LengthFieldPrepender(LENGTH_BYTES));
					}
					channel.pipeline().addLast(new AnswerReader());
				}

			})
			.connect(server);
		Future<?> timer = this.loop.schedule(
				() -> this.answer.completeExceptionally(new SocketTimeoutException(
						"no answer over %s within %d ms".formatted(transport, timeout.toMillis()))),
				timeout.toMillis(), TimeUnit.MILLISECONDS);
		this.answer.whenComplete((message, failure) -> {
			timer.cancel(false);
			connecting.channel().close();
		});
		connecting.addListener((connected) -> {
			if (connected.isSuccess()) {
				connecting.channel()
					.writeAndFlush(Unpooled.wrappedBuffer(this.query.toWire()))
					.addListener(this::failIfFailed);
			}
			else {
				failIfFailed(connected);
			}
		});
		return this.answer;
	}

	private void failIfFailed(io.netty.util.concurrent.Future<?> future) {
		Throwable cause = future.cause();
		if (cause != null) {
			this.answer.completeExceptionally(cause);
		}
	}

	private void read(byte[] packet) {
		int id = this.query.getHeader().getID();
		if (packet.length < HEADER_SIZE || (packet[2] & RESPONSE_BIT) == 0 || packet[0] != (byte) (id >> 8)
				|| packet[1] != (byte) id) {
			logger.debug("Ignored a message that is not the answer");
			return;
		}
		Message message;
		try {
			message = new Message(packet);
		}
		catch (IOException | RuntimeException ex) {
			this.answer.completeExceptionally(new IOException("the answer is malformed", ex));
			return;
		}
		if (isForTheQuery(message)) {
			this.answer.complete(message);
		}
		else {
			logger.debug("Ignored an answer to another question");
		}
	}

	private boolean isForTheQuery(Message message) {
		List<Record> questions = message.getSection(Section.QUESTION);
		if (questions.isEmpty()) {
			// An error response need not repeat the question. Only a failure can be
			// forged in that way.
			int rcode = message.getRcode();
			return rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN;
		}
		// Names are case-insensitive.
		return questions.size() == 1 && questions.get(0).equals(this.query.getQuestion());
	}

	/**
	 * The transport of a query.
	 */
	enum Transport {

		/** A connected socket on its own port, which receives only from the server. */
		UDP,
		/** A connection with length-prefixed messages. */
		TCP

	}

	private final class AnswerReader extends SimpleChannelInboundHandler<Object> {

		@Override
		protected void channelRead0(ChannelHandlerContext context, Object message) {
			read(ByteBufUtil
				.getBytes((message instanceof ByteBufHolder datagram) ? datagram.content() : (ByteBuf) message));
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			UpstreamExchange.this.answer.completeExceptionally(new IOException("the connection was closed"));
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			UpstreamExchange.this.answer.completeExceptionally(cause);
		}

	}

}
