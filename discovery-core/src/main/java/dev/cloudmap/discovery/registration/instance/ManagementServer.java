package dev.cloudmap.discovery.registration.instance;

import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;

/**
 * Attributes for Actuator's endpoints: their path, and the port and the scheme of the
 * management server if it is not the application's. That server listens before the
 * application is ready.
 */
public final class ManagementServer implements RegistrationCustomizer {

	private final Supplier<Settings> settings;

	private final ServerPort application;

	private final @Nullable HostingPlatform platform;

	private volatile OptionalInt port = OptionalInt.empty();

	/**
	 * Creates the server.
	 * @param settings returns the settings of the endpoints
	 * @param application the application's web server
	 * @param platform the platform that runs the application; null if unknown
	 */
	public ManagementServer(Supplier<Settings> settings, ServerPort application, @Nullable HostingPlatform platform) {
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
	 * The port at which other machines reach it; empty if there is none.
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
	 * The settings of the endpoints.
	 *
	 * @param sharedPath their path on the application's port, with a slash in front; null
	 * if there are none
	 * @param ownPath their path on a separate management server, with a slash in front;
	 * null if other machines can't reach that
	 * @param ownScheme the scheme of a separate management server; null if it is the
	 * application's
	 */
	public record Settings(@Nullable String sharedPath, @Nullable String ownPath, @Nullable String ownScheme) {
	}

}
