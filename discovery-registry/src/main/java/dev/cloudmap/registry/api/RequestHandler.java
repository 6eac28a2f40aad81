package dev.cloudmap.registry.api;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

import dev.cloudmap.registry.api.Responder.Afterwards;
import dev.cloudmap.registry.api.signature.RefusedSignatureException;
import dev.cloudmap.registry.api.signature.RequestTarget;
import dev.cloudmap.registry.api.signature.SignatureVerifier;
import dev.cloudmap.registry.net.ConnectionState;
import dev.cloudmap.registry.state.Fault;
import dev.cloudmap.registry.state.RegistryException;

/**
 * Answers the requests of one connection, one after another.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

	private static final String TARGET_HEADER = "X-Amz-Target";

	private final SignatureVerifier verifier;

	private final Dispatcher dispatcher;

	private final Responder responder;

	private final Watchers watchers;

	private final RealismEndpoint realism;

	private final List<StatisticsEndpoint> statistics;

	private final MemoryBudget budget;

	private final Function<InetSocketAddress, Identity> identity;

	RequestHandler(SignatureVerifier verifier, Dispatcher dispatcher, Watchers watchers, Responder responder,
			RealismEndpoint realism, List<StatisticsEndpoint> statistics, MemoryBudget budget,
			Function<InetSocketAddress, Identity> identity) {
		this.verifier = verifier;
		this.dispatcher = dispatcher;
		this.watchers = watchers;
		this.responder = responder;
		this.realism = realism;
		this.statistics = statistics;
		this.budget = budget;
		this.identity = identity;
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
		// Pipelined requests wait in front of this handler until this one's answer is
		// written: answers keep their order, and a client that does not take them is
		// given no more.
		context.channel().config().setAutoRead(false);
		Receipt receipt = this.responder.receive();
		if (request.decoderResult().isFailure()) {
			send(context, malformed(request.decoderResult().cause()), receipt, Afterwards.CLOSE);
			return;
		}
		Afterwards afterwards = afterwards(request);
		answer(context, request, receipt.requestId()).thenApply(this::afford).whenCompleteAsync((result, failure) -> {
			int size = (failure != null) ? 0 : size(result);
			if (!context.channel().isActive()) {
				this.budget.giveBack(size);
				return;
			}
			Answer answer = (failure != null) ? Answer.of(failure, receipt.requestId()) : result;
			send(context, answer, receipt, afterwards).addListener((written) -> this.budget.giveBack(size));
		}, context.executor());
	}

	/**
	 * Refuses a large answer where too many wait for clients to take them.
	 */
	private Answer afford(Answer answer) {
		if (!this.budget.take(size(answer), 0)) {
			throw new RegistryException(Fault.THROTTLING,
					"Too many large answers wait for clients to take them. Try again later, or ask for less.");
		}
		return answer;
	}

	private static int size(Answer answer) {
		return answer.body().readableBytes();
	}

	/**
	 * Only HTTP/1.1 keeps connections: a client of HTTP/1.0 that wants it would have to
	 * be told so.
	 */
	private static Afterwards afterwards(FullHttpRequest request) {
		return (HttpUtil.isKeepAlive(request) && request.protocolVersion().equals(HttpVersion.HTTP_1_1))
				? Afterwards.KEEP : Afterwards.CLOSE;
	}

	private CompletableFuture<Answer> answer(ChannelHandlerContext context, FullHttpRequest request, String requestId) {
		String path = RequestTarget.parse(request.uri()).path();
		boolean root = path.equals("/");
		// The identity is open to everyone: an application reads it to find out whether
		// the registry has its secret.
		boolean open = root && request.method().equals(HttpMethod.GET);
		HostedZoneEndpoint hostedZones = this.dispatcher.hostedZones();
		try {
			this.verifier.verify(request,
					hostedZones.isAt(path) ? HostedZoneEndpoint.SERVICE : SignatureVerifier.SERVICE);
			ProofHandler.prove(context.channel(), request);
		}
		catch (RefusedSignatureException ex) {
			if (!open) {
				return CompletableFuture
					.completedFuture(Answer.error(HttpResponseStatus.BAD_REQUEST, ex.type(), ex.message()));
			}
		}
		if (open) {
			InetSocketAddress local = (InetSocketAddress) context.channel().localAddress();
			return CompletableFuture.completedFuture(Answer.of(this.identity.apply(local)));
		}
		if (this.watchers.isAt(path)) {
			return watch(context, request, requestId);
		}
		if (this.realism.isAt(path)) {
			return CompletableFuture.completedFuture(this.realism.answer(request));
		}
		for (StatisticsEndpoint endpoint : this.statistics) {
			if (endpoint.isAt(path)) {
				return CompletableFuture.completedFuture(endpoint.answer(request));
			}
		}
		if (hostedZones.isAt(path)) {
			return CompletableFuture.completedFuture(hostedZones.answer(request, path));
		}
		if (!root) {
			return CompletableFuture.completedFuture(Answer.error(HttpResponseStatus.NOT_FOUND, "NotFound",
					"There is nothing at '%s': the API takes POST /.".formatted(request.uri())));
		}
		if (!request.method().equals(HttpMethod.POST)) {
			return CompletableFuture.completedFuture(Answer.methodNotAllowed(request.method(), "GET", "POST"));
		}
		return this.dispatcher
			.dispatch(request.headers().get(TARGET_HEADER), ByteBufUtil.getBytes(request.content()),
					Caller.of(request.headers().get(HttpHeaderNames.AUTHORIZATION)))
			// Not on the writer's thread, which others wait for.
			.thenApplyAsync(Answer::of, context.executor());
	}

	/**
	 * Returns why there is nothing to watch; never anything where a stream has begun,
	 * which then has this handler's place.
	 */
	private CompletableFuture<Answer> watch(ChannelHandlerContext context, FullHttpRequest request, String requestId) {
		Answer refusal = this.watchers.open(context, request, this.responder, requestId);
		return (refusal != null) ? CompletableFuture.completedFuture(refusal) : new CompletableFuture<>();
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

	private ChannelFuture send(ChannelHandlerContext context, Answer answer, Receipt receipt, Afterwards afterwards) {
		return this.responder.send(context, answer, receipt, afterwards).addListener((written) -> {
			if (afterwards == Afterwards.CLOSE || !written.isSuccess()) {
				context.close();
			}
			else {
				ConnectionState.requestEnded(context.channel());
				context.channel().config().setAutoRead(true);
			}
		});
	}

}
