package dev.cloudmap.discovery.registration;

import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;

/**
 * Where Actuator's endpoints are, as attributes: their path, and the port and the scheme
 * of the management server where it is another one than the application's. That server
 * listens before the application is ready.
 */
public final class ManagementServer implements RegistrationCustomizer {

	private final Supplier<Settings> settings;

	private final ServerPort application;

	private final @Nullable AwsPlatform platform;

	private volatile OptionalInt port = OptionalInt.empty();

	/**
	 * Creates the server.
	 * @param settings gives where the endpoints are
	 * @param application the application's web server
	 * @param platform where the application runs; null outside AWS
	 */
	public ManagementServer(Supplier<Settings> settings, ServerPort application, @Nullable AwsPlatform platform) {
		this.settings = settings;
		this.application = application;
		this.platform = platform;
	}

	/**
	 * Called when the server listens.
	 * @param port its real port; one that is not positive means that it does not
	 */
	public void listening(int port) {
		this.port = (port > 0) ? OptionalInt.of(port) : OptionalInt.empty();
	}

	@Override
	public void customize(Map<String, String> attributes) {
		Settings settings = this.settings.get();
		OptionalInt published = publishedPort();
		if (published.isPresent()) {
			if (settings.ownPath() != null) {
				attributes.putIfAbsent(InstanceAttributes.MANAGEMENT_PORT, Integer.toString(published.getAsInt()));
				attributes.putIfAbsent(InstanceAttributes.MANAGEMENT_CONTEXT_PATH, settings.ownPath());
				if (settings.ownScheme() != null) {
					attributes.putIfAbsent(InstanceAttributes.MANAGEMENT_SCHEME, settings.ownScheme());
				}
			}
		}
		else if (this.application.isListening() && settings.sharedPath() != null) {
			attributes.putIfAbsent(InstanceAttributes.MANAGEMENT_CONTEXT_PATH, settings.sharedPath());
		}
	}

	/**
	 * The port at which others reach it; empty if they don't.
	 */
	private OptionalInt publishedPort() {
		OptionalInt port = this.port;
		if (port.isEmpty() || this.platform == null) {
			return port;
		}
		try {
			return OptionalInt.of(this.platform.publishedPort(port.getAsInt()));
		}
		catch (DiscoveryException ex) {
			return OptionalInt.empty();
		}
	}

	/**
	 * Where the endpoints are.
	 *
	 * @param sharedPath their path on the application's port, with a slash in front; null
	 * where there are none
	 * @param ownPath their path on a management server of its own, with a slash in front;
	 * null if that listens where others don't reach it
	 * @param ownScheme the scheme of a management server of its own; null if it is the
	 * application's
	 */
	public record Settings(@Nullable String sharedPath, @Nullable String ownPath, @Nullable String ownScheme) {
	}

}
