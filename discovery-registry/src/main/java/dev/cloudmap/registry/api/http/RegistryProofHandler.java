package dev.cloudmap.registry.api.http;

import java.net.InetSocketAddress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.signature.Authorization;
import dev.cloudmap.registry.api.signature.Credentials;

/**
 * Adds to each response a proof that this registry has the secret of the client that
 * signed the request: a MAC of the signature of the request and the address of the
 * registry (docs/registry.md, "Signatures"). The address prevents a proxy from using the
 * proof.
 * <p>
 * Only responses to requests with a valid signature have a proof. Otherwise an attacker
 * could obtain MACs of arbitrary texts and verify guesses of the secret.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that fails is closed
public final class RegistryProofHandler extends ChannelOutboundHandlerAdapter {

	/** The header of responses. */
	static final String HEADER = "X-Discovery-Proof";

	/** The value of the header for a request whose signature was not verified. */
	static final String NONE = "none";

	private final Credentials credentials;

	private String proof = NONE;

	/**
	 * Creates the handler of one connection.
	 * @param credentials the secrets of clients
	 */
	public RegistryProofHandler(Credentials credentials) {
		this.credentials = credentials;
	}

	/**
	 * Adds a proof to the next response if the registry requires signatures. Called on
	 * the event loop of the connection.
	 * @param connection the connection
	 * @param verified the verified Authorization header of the request; null if no
	 * signature is required
	 */
	public static void prove(Channel connection, @Nullable Authorization verified) {
		RegistryProofHandler handler = connection.pipeline().get(RegistryProofHandler.class);
		if (handler != null && verified != null) {
			String local = NetUtil.toSocketAddressString((InetSocketAddress) connection.localAddress());
			handler.proof = handler.credentials.proof(verified, local);
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
