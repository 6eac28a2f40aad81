package dev.cloudmap.registry.api;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.api.source.RefusedSourceException;
import dev.cloudmap.registry.api.source.SourceRules;

/**
 * Answers 403 to requests that web pages of other servers may have sent, whatever they
 * ask for, before anything else looks at them. What is no HTTP request is left to what
 * follows, which refuses it.
 */
final class SourceCheck extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(SourceCheck.class);

	private final SourceRules rules;

	private final Responder responder;

	SourceCheck(SourceRules rules, Responder responder) {
		this.rules = rules;
		this.responder = responder;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
			try {
				this.rules.check(request);
			}
			catch (RefusedSourceException ex) {
				logger.debug("Refusing a request of {}: {}", context.channel().remoteAddress(), ex.getMessage());
				ReferenceCountUtil.release(message);
				EarlyRefusal.send(context, this.responder,
						Answer.error(HttpResponseStatus.FORBIDDEN, ex.type(), ex.message()));
				return;
			}
		}
		context.fireChannelRead(message);
	}

}
