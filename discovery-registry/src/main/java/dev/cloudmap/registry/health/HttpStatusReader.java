package dev.cloudmap.registry.health;

import java.util.concurrent.CompletableFuture;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.ssl.SslHandler;

/**
 * Reads the status of an HTTP response, without its body.
 */
final class HttpStatusReader extends SimpleChannelInboundHandler<HttpObject> {

	/** The maximum size of all headers, in bytes. */
	static final int MAX_BYTES = 16 * 1024;

	private static final int MAX_STATUS_LINE = 4096;

	private static final int MAX_CHUNK = 8192;

	private static final int MAX_EXPLANATION = 120;

	private final CheckTarget endpoint;

	private final CompletableFuture<CheckResult> result;

	private HttpStatusReader(CheckTarget endpoint, CompletableFuture<CheckResult> result) {
		this.endpoint = endpoint;
		this.result = result;
	}

	static void addTo(ChannelPipeline pipeline, CheckTarget endpoint, CompletableFuture<CheckResult> result) {
		pipeline.addLast(new HttpClientCodec(MAX_STATUS_LINE, MAX_BYTES, MAX_CHUNK));
		pipeline.addLast(new HttpStatusReader(endpoint, result));
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
		if (message.decoderResult().isFailure()) {
			fail("%s sent a malformed HTTP response: %s", message.decoderResult().cause());
		}
		else if (message instanceof HttpResponse response && isFinal(response.status())) {
			HttpStatusClass kind = response.status().codeClass();
			boolean good = kind == HttpStatusClass.SUCCESS || kind == HttpStatusClass.REDIRECTION;
			String reason = "%s responded with status %d".formatted(this.endpoint, response.status().code());
			this.result.complete(good ? CheckResult.healthy(reason) : CheckResult.unhealthy(reason));
		}
	}

	/**
	 * Returns whether no other response follows, as after an informational status.
	 */
	private static boolean isFinal(HttpResponseStatus status) {
		return status.codeClass() != HttpStatusClass.INFORMATIONAL
				|| status.code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.result
			.complete(CheckResult.unhealthy("%s closed the connection before it responded".formatted(this.endpoint)));
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		SslHandler tls = context.pipeline().get(SslHandler.class);
		boolean handshaken = tls == null || tls.handshakeFuture().isSuccess();
		fail(handshaken ? "the connection to %s failed: %s" : "TLS with %s failed: %s", cause);
	}

	private void fail(String what, Throwable cause) {
		this.result.complete(CheckResult.unhealthy(what.formatted(this.endpoint, explain(cause))));
	}

	/**
	 * Returns a message for the log, shortened and without line breaks, because it can
	 * contain data of the server.
	 */
	private static String explain(Throwable cause) {
		Throwable original = (cause.getCause() != null) ? cause.getCause() : cause;
		String message = String.valueOf(original.getMessage());
		String cut = (message.length() > MAX_EXPLANATION) ? message.substring(0, MAX_EXPLANATION) + "..." : message;
		return cut.replaceAll("[^ -~]", "?");
	}

}
