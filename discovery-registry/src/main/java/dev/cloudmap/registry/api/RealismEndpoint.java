package dev.cloudmap.registry.api;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.Realism;

/**
 * Tells and changes in how far a running registry is like the real service. Cloud Map has
 * nothing like it.
 */
final class RealismEndpoint {

	/** Where it is; Cloud Map has nothing but the root. */
	static final String PATH = "/discovery-registry/realism";

	private static final Logger logger = LoggerFactory.getLogger(RealismEndpoint.class);

	private final Supplier<Realism> realism;

	private final @Nullable Consumer<Realism> change;

	/**
	 * Creates the endpoint.
	 * @param realism tells the realism in force
	 * @param change puts another in force; null when there is no such endpoint
	 */
	RealismEndpoint(Supplier<Realism> realism, @Nullable Consumer<Realism> change) {
		this.realism = realism;
		this.change = change;
	}

	boolean isAt(String path) {
		return this.change != null && path.equals(PATH);
	}

	/**
	 * Answers a request. A change counts for what begins after the answer.
	 */
	Answer answer(FullHttpRequest request) {
		if (request.method().equals(HttpMethod.GET)) {
			return Answer.of(RealismJson.write(this.realism.get()));
		}
		if (!request.method().equals(HttpMethod.PUT)) {
			return Answer.methodNotAllowed(request.method(), "GET", "PUT");
		}
		try {
			Realism changed = RealismJson.read(ByteBufUtil.getBytes(request.content()));
			Objects.requireNonNull(this.change).accept(changed);
			logger.info("A client has changed the realism to {}", RealismJson.write(changed));
			return Answer.of(RealismJson.write(changed));
		}
		catch (IllegalArgumentException ex) {
			return Answer.error(HttpResponseStatus.BAD_REQUEST, "BadRequest", String.valueOf(ex.getMessage()));
		}
	}

}
