package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.net.ArrivalDeadline;
import dev.cloudmap.registry.net.TcpServer;

/**
 * DNS over TCP: each message behind its length, any number of them on a connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class TcpTransport implements AutoCloseable {

	private static final int LENGTH_BYTES = 2;

	private static final int MAX_MESSAGE = 65_535;

	private static final TcpServer.Limits LIMITS = new TcpServer.Limits(256, Duration.ofSeconds(10),
			Duration.ofSeconds(5));

	private final TcpServer server;

	TcpTransport(EventLoopGroup group, InetSocketAddress address, Responder responder, ReadyAnswers answers,
			DnsCounters counters) throws IOException {
		this.server = TcpServer.bind(group, address, LIMITS,
				(pipeline) -> pipeline.addLast(new MessageDecoder())
					.addLast(ArrivalDeadline.requestsArriveHere())
					.addLast(new LengthFieldPrepender(LENGTH_BYTES))
					.addLast(new QueryHandler(responder, answers, counters)));
		this.server.open();
	}

	@Override
	public void close() {
		this.server.close();
	}

	/**
	 * Takes messages out of the stream. One that is cut by the connection's end comes out
	 * empty.
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
	 * Answers the queries of one connection.
	 */
	private static final class QueryHandler extends SimpleChannelInboundHandler<ByteBuf> {

		private final Responder responder;

		private final ReadyAnswers answers;

		private final DnsCounters counters;

		private final WireQuery query = new WireQuery();

		private boolean closing;

		private QueryHandler(Responder responder, ReadyAnswers answers, DnsCounters counters) {
			this.responder = responder;
			this.answers = answers;
			this.counters = counters;
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
			if (this.closing) {
				return;
			}
			byte[] response = respond(ByteBufUtil.getBytes(message));
			if (response != null) {
				this.counters.answered(Responder.Transport.TCP, ByteBuffer.wrap(response));
				context.writeAndFlush(Unpooled.wrappedBuffer(response)).addListener((written) -> {
					if (!written.isSuccess()) {
						this.counters.dropped();
					}
				});
			}
			else {
				this.counters.ignored(Responder.Transport.TCP);
				this.closing = true;
				context.close();
			}
		}

		private byte @Nullable [] respond(byte[] packet) {
			if (!this.query.read(packet, packet.length)) {
				return this.responder.respond(packet, Responder.Transport.TCP);
			}
			byte[] ready = this.answers.find(this.query, Responder.Transport.TCP);
			if (ready == null) {
				return this.answers.make(this.query, packet, Responder.Transport.TCP);
			}
			byte[] response = ready.clone();
			this.query.adopt(ByteBuffer.wrap(response));
			return response;
		}

		/**
		 * Takes no more queries of a client that does not take the answers.
		 */
		@Override
		public void channelWritabilityChanged(ChannelHandlerContext context) {
			context.channel().config().setAutoRead(context.channel().isWritable());
			context.fireChannelWritabilityChanged();
		}

	}

}
