package dev.cloudmap.discovery.autoconfigure.consul;

import java.net.URI;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

import dev.cloudmap.discovery.autoconfigure.properties.ConsulProperties;

/**
 * Adapts {@link ConsulProperties} to {@link ConsulConnectionDetails}.
 *
 * @param properties the properties
 * @param bundles returns an SSL bundle by its name
 */
record PropertiesConsulConnectionDetails(ConsulProperties properties,
		Function<String, SslBundle> bundles) implements ConsulConnectionDetails {

	@Override
	public URI getAgent() {
		return this.properties.agent();
	}

	@Override
	public @Nullable String getToken() {
		return this.properties.token();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		String bundle = this.properties.ssl().bundle();
		return (bundle != null) ? this.bundles.apply(bundle) : null;
	}

}
