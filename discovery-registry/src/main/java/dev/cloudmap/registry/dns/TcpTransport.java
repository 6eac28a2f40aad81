package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.dns.response.CachedResponse;
import dev.cloudmap.registry.dns.response.FastPathQuery;
import dev.cloudmap.registry.dns.response.QueryResponder;
import dev.cloudmap.registry.dns.response.Reply;
import dev.cloudmap.registry.dns.response.ResponseCache;
import dev.cloudmap.registry.net.ConnectionState;
import dev.cloudmap.registry.net.RequestTimeoutHandler;
import dev.cloudmap.registry.net.TcpServer;

/**
 * DNS over TCP: length-prefixed messages, any number per connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class TcpTransport implements AutoCloseable {

	private static final int LENGTH_BYTES = 2;

	private static final int MAX_MESSAGE = 65_535;

	/** The maximum number of forwarded queries of a connection; further queries fail. */
	static final int MAX_FORWARDED = 100;

	/** The limits of connections. */
	static final TcpServer.Limits LIMITS = new TcpServer.Limits(256, Duration.ofSeconds(10), Duration.ofSeconds(5));

	private final TcpServer server;

	private final ResponseCache answers;

	private final Forwarder forwarder;

	private final DnsCounters counters;

	TcpTransport(EventLoopGroup group, InetSocketAddress address, TcpServer.Limits limits, ResponseCache answers,
			Forwarder forwarder, DnsCounters counters) throws IOException {
		this.answers = answers;
		this.forwarder = forwarder;
		this.counters = counters;
		this.server = new TcpServer(group, address, limits, (pipeline) -> {
			// A client that has closed its output still receives responses.
			pipeline.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
			pipeline.addLast(new MessageDecoder())
				.addLast(RequestTimeoutHandler.requestArrived())
				.addLast(new LengthFieldPrepender(LENGTH_BYTES))
				.addLast(new QueryHandler());
		});
		this.server.open();
	}

	@Override
	public void close() {
		this.server.close();
	}

	/**
	 * Decodes messages. An incomplete message at the end results in an empty one.
	 */
	private static final class MessageDecoder extends LengthFieldBasedFrameDecoder {

		private MessageDecoder() {
			super(LENGTH_BYTES + MAX_MESSAGE, 0, LENGTH_BYTES, 0, LENGTH_BYTES);
		}

		@Override
		protected void decodeLast(ChannelHandlerContext context, ByteBuf rest, List<Object> messages) throws Exception {
			super.decodeLast(context, rest, messages);
			if (rest.isReadable()) {
				rest.skipBytes(rest.readableBytes());
				messages.add(Unpooled.EMPTY_BUFFER);
			}
		}

	}

	/**
	 * Responds to the queries of one connection.
	 */
	private final class QueryHandler extends SimpleChannelInboundHandler<ByteBuf> {

		private final FastPathQuery query = new FastPathQuery();

		/** The forwarded queries by their number. */
		private final Map<Long, CompletableFuture<byte[]>> forwarded = new HashMap<>();

		private long queries;

		/** The number of responses that are being written. */
		private int unsent;

		/** Whether further queries are ignored. */
		private boolean closing;

		@Override
		protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
			if (this.closing) {
				return;
			}
			Reply reply = respond(ByteBufUtil.getBytes(message));
			if (reply instanceof Reply.Complete complete) {
				send(context, complete.response());
			}
			else if (reply instanceof Reply.Incomplete incomplete) {
				forward(context, incomplete);
			}
			else {
				TcpTransport.this.counters.ignored(QueryResponder.Transport.TCP);
				closeWhenAnswered(context);
			}
		}

		/**
		 * Closes the connection after all responses.
		 */
		private void closeWhenAnswered(ChannelHandlerContext context) {
			this.closing = true;
			if (this.forwarded.isEmpty() && this.unsent == 0) {
				context.close();
			}
		}

		private @Nullable Reply respond(byte[] packet) {
			this.query.read(packet, packet.length);
			CachedResponse ready = TcpTransport.this.answers.find(this.query, QueryResponder.Transport.TCP);
			if (ready == null) {
				return TcpTransport.this.answers.make(this.query, packet, QueryResponder.Transport.TCP);
			}
			byte[] response = new byte[ready.length()];
			ByteBuffer buffer = ByteBuffer.wrap(response);
			ready.copyTo(buffer);
			this.query.adopt(buffer);
			return new Reply.Complete(response);
		}

		/**
		 * Forwards a query. Responses to later queries can overtake its response (RFC
		 * 7766, section 7).
		 */
		private void forward(ChannelHandlerContext context, Reply.Incomplete reply) {
			if (this.forwarded.size() >= MAX_FORWARDED) {
				send(context, TcpTransport.this.forwarder.fail(reply));
				return;
			}
			CompletableFuture<byte[]> response = TcpTransport.this.forwarder.forward(reply, context.channel());
			if (response != null) {
				long number = this.queries++;
				this.forwarded.put(number, response);
				response.whenCompleteAsync((bytes, failure) -> {
					this.forwarded.remove(number);
					if (bytes != null) {
						send(context, bytes);
					}
					else {
						leaveUnanswered(context);
					}
				}, context.executor());
			}
			else {
				leaveUnanswered(context);
			}
		}

		private void leaveUnanswered(ChannelHandlerContext context) {
			TcpTransport.this.counters.unanswered(QueryResponder.Transport.TCP);
			ConnectionState.requestEnded(context.channel());
		}

		private void send(ChannelHandlerContext context, byte[] response) {
			TcpTransport.this.counters.answered(QueryResponder.Transport.TCP, ByteBuffer.wrap(response));
			this.unsent++;
			context.writeAndFlush(Unpooled.wrappedBuffer(response)).addListener((written) -> {
				this.unsent--;
				ConnectionState.requestEnded(context.channel());
				if (!written.isSuccess()) {
					TcpTransport.this.counters.dropped();
				}
				if (this.closing) {
					closeWhenAnswered(context);
				}
			});
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event instanceof ChannelInputShutdownEvent) {
				closeWhenAnswered(context);
			}
			context.fireUserEventTriggered(event);
		}

		/**
		 * Cancels the forwarded queries of a closed connection.
		 */
		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.forwarded.values().forEach((response) -> response.cancel(false));
			context.fireChannelInactive();
		}

		/**
		 * Stops reading while the client does not receive responses.
		 */
		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			context.channel().config().setAutoRead(context.channel().isWritable());
			context.fireChannelWritabilityChanged();
		}

	}

}
