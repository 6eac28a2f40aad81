package dev.cloudmap.discovery.registration;

import java.util.Map;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;

/**
 * The management server, where it is another one than the application's: its port becomes
 * an attribute, once it listens, which it does before the application is ready.
 */
public final class ManagementServer implements RegistrationCustomizer {

	private final @Nullable String path;

	private final @Nullable AwsPlatform platform;

	private volatile OptionalInt port = OptionalInt.empty();

	/**
	 * Creates the server.
	 * @param path the path of its endpoints, with a slash in front; null if it listens
	 * where others don't reach it
	 * @param platform where the application runs; null outside AWS
	 */
	public ManagementServer(@Nullable String path, @Nullable AwsPlatform platform) {
		this.path = path;
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
		OptionalInt published = publishedPort();
		if (published.isPresent() && this.path != null) {
			attributes.putIfAbsent(InstanceAttributes.MANAGEMENT_PORT, Integer.toString(published.getAsInt()));
			attributes.putIfAbsent(InstanceAttributes.MANAGEMENT_CONTEXT_PATH, this.path);
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

}
