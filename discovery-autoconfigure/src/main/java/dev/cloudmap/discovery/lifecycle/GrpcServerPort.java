package dev.cloudmap.discovery.lifecycle;

import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registration.instance.HostingPlatform;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.instance.ServerPort;

/**
 * Registers the port of a gRPC server as the attribute {@code port.grpc}, and as the port
 * of the instance if there is no web server. {@code discovery.registration.ports.grpc}
 * takes precedence.
 */
public final class GrpcServerPort implements RegistrationCustomizer {

	/** After the attributes that the user has configured. */
	public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 1;

	private final Supplier<IntStream> ports;

	private final @Nullable HostingPlatform platform;

	/**
	 * Creates the port.
	 * @param ports returns the ports of all gRPC servers; the port of a server that does
	 * not listen is not positive
	 * @param application the application's port
	 * @param platform the platform that runs the application; null if unknown
	 */
	public GrpcServerPort(Supplier<IntStream> ports, ServerPort application, @Nullable HostingPlatform platform) {
		this.ports = ports;
		this.platform = platform;
		application.setOther(this::port);
	}

	private OptionalInt port() {
		return this.ports.get().filter((port) -> port > 0).findFirst();
	}

	@Override
	public void customize(Map<String, String> attributes) {
		port().ifPresent((port) -> {
			String published = published(port);
			if (published != null) {
				attributes.putIfAbsent(InstanceAttributes.GRPC_PORT, published);
			}
		});
	}

	/** The port at which other machines reach it; null if there is none. */
	private @Nullable String published(int port) {
		try {
			return Integer.toString((this.platform != null) ? this.platform.publishedPort(port) : port);
		}
		catch (DiscoveryException ex) {
			return null;
		}
	}

}
