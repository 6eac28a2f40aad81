package dev.cloudmap.registry.api.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.api.source.HostRules;

/**
 * Rejects requests that web pages of other servers may have sent with status 403, before
 * any other handler processes them. Later handlers reject malformed requests.
 */
public final class HostCheckHandler extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(HostCheckHandler.class);

	private final HostRules rules;

	private final ResponseWriter writer;

	/**
	 * Creates the handler of one connection.
	 * @param rules decides which requests are allowed
	 * @param writer writes rejections
	 */
	public HostCheckHandler(HostRules rules, ResponseWriter writer) {
		this.rules = rules;
		this.writer = writer;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
			try {
				this.rules.check(request);
			}
			catch (RejectedRequestException ex) {
				logger.debug("Rejecting a request of {}: {}", context.channel().remoteAddress(), ex.getMessage());
				ReferenceCountUtil.release(message);
				EarlyRejection.send(context, this.writer,
						ApiResponse.error(HttpResponseStatus.FORBIDDEN, ex.type(), ex.message()));
				return;
			}
		}
		context.fireChannelRead(message);
	}

}
