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

import dev.cloudmap.registry.api.http.ApiResponse;
import dev.cloudmap.registry.state.emulation.Emulation;

/**
 * Reads and changes the emulation settings of a running registry. Not part of Cloud Map.
 */
final class EmulationEndpoint implements Endpoint {

	/** The path of the endpoint. */
	static final String PATH = "/discovery-registry/emulation";

	private static final Logger logger = LoggerFactory.getLogger(EmulationEndpoint.class);

	private final Supplier<Emulation> emulation;

	private final @Nullable Consumer<Emulation> change;

	/**
	 * Creates the endpoint.
	 * @param emulation returns the current settings
	 * @param change changes the settings; null if the endpoint is disabled
	 */
	EmulationEndpoint(Supplier<Emulation> emulation, @Nullable Consumer<Emulation> change) {
		this.emulation = emulation;
		this.change = change;
	}

	@Override
	public boolean isAt(String path) {
		return this.change != null && path.equals(PATH);
	}

	@Override
	public ApiResponse respond(FullHttpRequest request, String path) {
		if (request.method().equals(HttpMethod.GET)) {
			return ApiResponse.of(EmulationJson.write(this.emulation.get()));
		}
		if (!request.method().equals(HttpMethod.PUT)) {
			return ApiResponse.methodNotAllowed(request.method(), "GET", "PUT");
		}
		try {
			Emulation changed = EmulationJson.read(ByteBufUtil.getBytes(request.content()));
			Objects.requireNonNull(this.change).accept(changed);
			logger.info("A client has changed the emulation settings to {}", EmulationJson.write(changed));
			return ApiResponse.of(EmulationJson.write(changed));
		}
		catch (IllegalArgumentException ex) {
			return ApiResponse.error(HttpResponseStatus.BAD_REQUEST, "BadRequest", String.valueOf(ex.getMessage()));
		}
	}

}
