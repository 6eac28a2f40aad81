package dev.cloudmap.registry.api;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.api.Responder.Afterwards;

/**
 * Answers the requests of one connection, one after another.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

	private static final Logger logger = LoggerFactory.getLogger(RequestHandler.class);

	private static final String TARGET_HEADER = "X-Amz-Target";

	private final Dispatcher dispatcher;

	private final Responder responder;

	private final IntSupplier dnsPort;

	/** Pipelined requests that came before the current one was answered. */
	private final Deque<FullHttpRequest> waiting = new ArrayDeque<>();

	private boolean busy;

	RequestHandler(Dispatcher dispatcher, Responder responder, IntSupplier dnsPort) {
		this.dispatcher = dispatcher;
		this.responder = responder;
		this.dnsPort = dnsPort;
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
		if (this.busy) {
			this.waiting.add(request.retain());
			context.channel().config().setAutoRead(false);
		}
		else {
			handle(context, request);
		}
	}

	private void handle(ChannelHandlerContext context, FullHttpRequest request) {
		String requestId = Responder.newRequestId();
		if (request.decoderResult().isFailure()) {
			send(context, malformed(request.decoderResult().cause()), requestId, Afterwards.CLOSE);
			return;
		}
		this.busy = true;
		Afterwards afterwards = HttpUtil.isKeepAlive(request) ? Afterwards.KEEP : Afterwards.CLOSE;
		answer(context, request).whenComplete((result, failure) -> {
			Answer answer = (failure != null) ? Answer.of(failure, requestId) : result;
			context.executor().execute(() -> {
				send(context, answer, requestId, afterwards);
				next(context);
			});
		});
	}

	private void next(ChannelHandlerContext context) {
		this.busy = false;
		FullHttpRequest request = this.waiting.poll();
		if (request == null) {
			context.channel().config().setAutoRead(true);
			return;
		}
		try {
			handle(context, request);
		}
		finally {
			request.release();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.waiting.forEach(FullHttpRequest::release);
		this.waiting.clear();
		context.fireChannelInactive();
	}

	private CompletableFuture<Answer> answer(ChannelHandlerContext context, FullHttpRequest request) {
		if (!path(request.uri()).equals("/")) {
			return CompletableFuture.completedFuture(Answer.error(HttpResponseStatus.NOT_FOUND, "NotFound",
					"There is nothing at '%s'. The API takes POST /.".formatted(request.uri())));
		}
		if (request.method().equals(HttpMethod.GET)) {
			InetSocketAddress local = (InetSocketAddress) context.channel().localAddress();
			return CompletableFuture.completedFuture(Answer.of(Identity.seenAt(local, this.dnsPort.getAsInt())));
		}
		if (!request.method().equals(HttpMethod.POST)) {
			return CompletableFuture.completedFuture(Answer.error(HttpResponseStatus.METHOD_NOT_ALLOWED,
					"MethodNotAllowed", "The API takes POST, not %s.".formatted(request.method())));
		}
		return this.dispatcher
			.dispatch(request.headers().get(TARGET_HEADER), ByteBufUtil.getBytes(request.content()),
					Caller.of(request.headers().get(HttpHeaderNames.AUTHORIZATION)))
			.thenApply(Answer::of);
	}

	private static String path(String uri) {
		int query = uri.indexOf('?');
		return (query >= 0) ? uri.substring(0, query) : uri;
	}

	private static Answer malformed(Throwable cause) {
		if (cause instanceof TooLongHttpLineException) {
			return Answer.error(HttpResponseStatus.REQUEST_URI_TOO_LONG, "UriTooLong", "The request line is too long.");
		}
		if (cause instanceof TooLongHttpHeaderException) {
			return Answer.error(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "HeadersTooLarge",
					"The request's headers are too large.");
		}
		return Answer.error(HttpResponseStatus.BAD_REQUEST, "BadRequest", "This is no HTTP request.");
	}

	private void send(ChannelHandlerContext context, Answer answer, String requestId, Afterwards afterwards) {
		this.responder.send(context, answer, requestId, afterwards)
			.addListener((afterwards == Afterwards.CLOSE) ? ChannelFutureListener.CLOSE
					: ChannelFutureListener.CLOSE_ON_FAILURE);
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
