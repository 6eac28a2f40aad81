package dev.cloudmap.discovery.registry.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.registry.LoopbackHost;

/**
 * Determines the proxy for requests. Requests to hosts of this machine use no proxy,
 * regardless of the environment and the system properties.
 */
public final class ProxyRoute {

	/** Selects the JVM's proxies, except for hosts of this machine. */
	public static final ProxySelector JVM_EXCEPT_LOOPBACK = new ExceptLoopback();

	private ProxyRoute() {
	}

	/**
	 * Returns the proxy that the JVM's {@link ProxySelector} selects.
	 * @return host and port; null for a direct connection
	 */
	public static @Nullable String ofJvm(URI uri) {
		for (Proxy proxy : JVM_EXCEPT_LOOPBACK.select(uri)) {
			if (proxy.address() instanceof InetSocketAddress address) {
				return address.getHostString() + ":" + address.getPort();
			}
		}
		return null;
	}

	/**
	 * Returns the suffix that names the proxy in a message about a failed request.
	 * @param proxy the proxy; null for none
	 */
	public static String describe(@Nullable String proxy) {
		return (proxy != null) ? " through the proxy " + proxy : "";
	}

	private static final class ExceptLoopback extends ProxySelector {

		@Override
		public List<Proxy> select(URI uri) {
			ProxySelector selector = ProxySelector.getDefault();
			return (selector == null || LoopbackHost.isHostOf(uri)) ? List.of(Proxy.NO_PROXY) : selector.select(uri);
		}

		@Override
		public void connectFailed(URI uri, SocketAddress address, IOException failure) {
			ProxySelector selector = ProxySelector.getDefault();
			if (selector != null) {
				selector.connectFailed(uri, address, failure);
			}
		}

	}

}
