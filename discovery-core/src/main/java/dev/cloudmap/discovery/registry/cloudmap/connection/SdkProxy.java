package dev.cloudmap.discovery.registry.cloudmap.connection;

import java.net.URI;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;

import dev.cloudmap.discovery.registry.LoopbackHost;
import dev.cloudmap.discovery.registry.http.ProxyRoute;

/**
 * Determines the proxy of the AWS SDK. Requests to hosts of this machine use none.
 */
public final class SdkProxy {

	private SdkProxy() {
	}

	/**
	 * Returns the proxy that the AWS SDK uses: the proxy in {@code HTTP_PROXY} or
	 * {@code http.proxyHost}, or else the JVM's.
	 * @return host and port, without credentials; null for a direct connection
	 */
	public static @Nullable String of(URI uri) {
		if (LoopbackHost.isHostOf(uri)) {
			return null;
		}
		ProxyConfiguration configured = ProxyConfiguration.builder().build();
		String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
		if (configured.host() != null && configured.nonProxyHosts().stream().noneMatch(host::matches)) {
			return configured.host() + ":" + configured.port();
		}
		return ProxyRoute.ofJvm(uri);
	}

}
