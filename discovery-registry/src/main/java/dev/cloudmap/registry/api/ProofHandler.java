package dev.cloudmap.registry.api;

import java.net.InetSocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.NetUtil;

import dev.cloudmap.registry.api.signature.Credentials;

/**
 * Adds to each answer a proof that this registry has the secret of the client that signed
 * the request: a MAC of the request's signature and of the address at which the registry
 * was reached (docs/registry.md, "Signatures"). The address makes the proof useless to a
 * program that passes requests on.
 * <p>
 * Only a request whose signature was verified gets a proof. Otherwise anyone could have
 * MACs of texts of their own computed, and test guesses of the secret against them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
final class ProofHandler extends ChannelOutboundHandlerAdapter {

	/** The header of the answers of a registry that requires signatures. */
	static final String HEADER = "X-Discovery-Proof";

	/** The value of the header for a request whose signature was not verified. */
	static final String NONE = "none";

	private final Credentials credentials;

	private String proof = NONE;

	ProofHandler(Credentials credentials) {
		this.credentials = credentials;
	}

	/**
	 * Adds a proof to the next answer of a connection, if its registry requires
	 * signatures. Called on the event loop of the connection.
	 * @param connection the connection
	 * @param verified the request to answer, whose signature was verified
	 */
	static void prove(Channel connection, HttpRequest verified) {
		ProofHandler handler = connection.pipeline().get(ProofHandler.class);
		if (handler != null) {
			String local = NetUtil.toSocketAddressString((InetSocketAddress) connection.localAddress());
			handler.proof = handler.credentials.proof(verified.headers().get(HttpHeaderNames.AUTHORIZATION), local);
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response) {
			response.headers().set(HEADER, this.proof);
			this.proof = NONE;
		}
		context.write(message, promise);
	}

}
