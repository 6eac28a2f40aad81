package dev.cloudmap.registry.api;

import java.net.InetSocketAddress;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.NetUtil;

import dev.cloudmap.registry.api.signature.Credentials;

/**
 * Proves to each client that signs that this registry has the client's secret, which a
 * signature alone proves of the client only: the answer carries a MAC of the request's
 * signature and of the address at which the registry was reached (docs/registry.md,
 * "Signatures"). The address makes it useless to whoever passes requests on.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class ProofHandler extends ChannelDuplexHandler {

	/** The header of every answer of a registry that requires signatures. */
	static final String HEADER = "X-Discovery-Proof";

	/** Its value where the request is not signed with a key that is known. */
	static final String NONE = "none";

	private final Credentials credentials;

	private String proof = NONE;

	ProofHandler(Credentials credentials) {
		this.credentials = credentials;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof HttpRequest request) {
			String local = NetUtil.toSocketAddressString((InetSocketAddress) context.channel().localAddress());
			String found = this.credentials.proof(request.headers().get(HttpHeaderNames.AUTHORIZATION), local);
			this.proof = (found != null) ? found : NONE;
		}
		context.fireChannelRead(message);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response) {
			response.headers().set(HEADER, this.proof);
		}
		context.write(message, promise);
	}

}
