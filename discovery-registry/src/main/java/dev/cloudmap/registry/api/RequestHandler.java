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
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

import dev.cloudmap.registry.api.http.ResponseWriter;
import dev.cloudmap.registry.api.http.ApiResponse;
import dev.cloudmap.registry.api.http.MemoryBudget;
import dev.cloudmap.registry.api.http.RegistryProofHandler;
import dev.cloudmap.registry.api.http.ResponseMetadata;
import dev.cloudmap.registry.api.http.ResponseWriter.Connection;
import dev.cloudmap.registry.api.operation.ApiDispatcher;
import dev.cloudmap.registry.api.operation.Caller;
import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.api.signature.RequestTarget;
import dev.cloudmap.registry.api.signature.SignatureVerifier;
import dev.cloudmap.registry.api.watch.WatchQuery;
import dev.cloudmap.registry.api.watch.Watchers;
import dev.cloudmap.registry.net.ConnectionState;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.RegistryException;

/**
 * Processes the requests of one connection, one after another.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

	private static final String TARGET_HEADER = "X-Amz-Target";

	private final SignatureVerifier verifier;

	private final ApiDispatcher dispatcher;

	private final ResponseWriter writer;

	private final Watchers watchers;

	private final List<Endpoint> endpoints;

	private final MemoryBudget budget;

	private final Function<InetSocketAddress, RegistryIdentity> identity;

	RequestHandler(SignatureVerifier verifier, ApiDispatcher dispatcher, Watchers watchers, ResponseWriter writer,
			List<Endpoint> endpoints, MemoryBudget budget, Function<InetSocketAddress, RegistryIdentity> identity) {
		this.verifier = verifier;
		this.dispatcher = dispatcher;
		this.watchers = watchers;
		this.writer = writer;
		this.endpoints = endpoints;
		this.budget = budget;
		this.identity = identity;
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
		// Pipelined requests wait until this response is written: responses stay in
		// order,
		// and a client that does not read receives no more.
		context.channel().config().setAutoRead(false);
		ResponseMetadata metadata = this.writer.metadata();
		if (request.decoderResult().isFailure()) {
			send(context, malformed(request.decoderResult().cause()), metadata, Connection.CLOSE);
			return;
		}
		Connection connection = connection(request);
		respond(context, request).thenApply(this::reserve).whenCompleteAsync((result, failure) -> {
			int size = (failure != null) ? 0 : size(result);
			if (!context.channel().isActive()) {
				this.budget.release(size);
				return;
			}
			ApiResponse response = (failure != null) ? ApiResponse.of(failure, metadata.requestId()) : result;
			send(context, response, metadata, connection).addListener((written) -> this.budget.release(size));
		}, context.executor());
	}

	private ApiResponse reserve(ApiResponse response) {
		if (!this.budget.reserve(size(response), 0)) {
			throw new RegistryException(ErrorType.THROTTLING,
					"Clients have not received too many large responses. Try again later, or request less.");
		}
		return response;
	}

	private static int size(ApiResponse response) {
		return response.body().readableBytes();
	}

	/**
	 * Keeps the connections of HTTP/1.1 only: HTTP/1.0 would need a header.
	 */
	private static Connection connection(FullHttpRequest request) {
		return (HttpUtil.isKeepAlive(request) && request.protocolVersion().equals(HttpVersion.HTTP_1_1))
				? Connection.KEEP : Connection.CLOSE;
	}

	private CompletableFuture<ApiResponse> respond(ChannelHandlerContext context, FullHttpRequest request) {
		String path = RequestTarget.parse(request.uri()).path();
		boolean root = path.equals("/");
		// The identity needs no signature: an application reads it to find out whether
		// the registry has the same secret.
		boolean open = root && request.method().equals(HttpMethod.GET);
		try {
			String service = path.startsWith(HostedZoneEndpoint.PATH) ? HostedZoneEndpoint.SERVICE
					: SignatureVerifier.SERVICE;
			RegistryProofHandler.prove(context.channel(), this.verifier.verify(request, service));
		}
		catch (RejectedRequestException ex) {
			if (!open) {
				return CompletableFuture.failedFuture(ex);
			}
		}
		if (this.watchers.isAt(path)) {
			return watch(context, request);
		}
		if (root && request.method().equals(HttpMethod.POST)) {
			CompletableFuture<?> result = this.dispatcher.dispatch(request.headers().get(TARGET_HEADER),
					ByteBufUtil.getBytes(request.content()),
					Caller.of(request.headers().get(HttpHeaderNames.AUTHORIZATION)));
			// Not on the writer thread.
			return result.isDone() ? result.thenApply(ApiResponse::of)
					: result.thenApplyAsync(ApiResponse::of, context.executor());
		}
		return CompletableFuture.completedFuture(
				open ? ApiResponse.of(this.identity.apply((InetSocketAddress) context.channel().localAddress()))
						: respondToOtherPath(request, path));
	}

	private ApiResponse respondToOtherPath(FullHttpRequest request, String path) {
		for (Endpoint endpoint : this.endpoints) {
			if (endpoint.isAt(path)) {
				return endpoint.respond(request, path);
			}
		}
		return path.equals("/") ? ApiResponse.methodNotAllowed(request.method(), "GET", "POST")
				: ApiResponse.error(HttpResponseStatus.NOT_FOUND, "NotFound",
						"There is no '%s': the API is at POST /.".formatted(request.uri()));
	}

	private CompletableFuture<ApiResponse> watch(ChannelHandlerContext context, FullHttpRequest request) {
		if (!request.method().equals(HttpMethod.GET)) {
			return CompletableFuture.completedFuture(ApiResponse.methodNotAllowed(request.method(), "GET"));
		}
		CompletableFuture<ApiResponse> response;
		try {
			response = this.watchers.answer(WatchQuery.parse(request.uri()), context.channel())
				.thenApply((changes) -> ApiResponse.of(changes).with(HttpHeaderNames.CACHE_CONTROL, "no-store"));
		}
		catch (RegistryException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		if (!response.isDone()) {
			// Without a read the end of the connection is not noticed. A request that
			// arrives instead is kept by the flow control and answered afterwards.
			context.pipeline().context(HttpServerCodec.class).read();
		}
		return response;
	}

	private static ApiResponse malformed(Throwable cause) {
		if (cause instanceof TooLongHttpLineException) {
			return ApiResponse.error(HttpResponseStatus.REQUEST_URI_TOO_LONG, "UriTooLong",
					"The request line is too long.");
		}
		if (cause instanceof TooLongHttpHeaderException) {
			return ApiResponse.error(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "HeadersTooLarge",
					"The headers of the request are too large.");
		}
		return ApiResponse.error(HttpResponseStatus.BAD_REQUEST, "BadRequest", "The request is malformed.");
	}

	private ChannelFuture send(ChannelHandlerContext context, ApiResponse response, ResponseMetadata metadata,
			Connection connection) {
		return this.writer.write(context, response, metadata, connection).addListener((written) -> {
			if (connection == Connection.CLOSE || !written.isSuccess()) {
				context.close();
			}
			else {
				ConnectionState.requestEnded(context.channel());
				context.channel().config().setAutoRead(true);
			}
		});
	}

}
