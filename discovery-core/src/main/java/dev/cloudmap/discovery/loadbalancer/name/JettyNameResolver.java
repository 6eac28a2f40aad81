package dev.cloudmap.discovery.loadbalancer.name;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/**
 * Resolves the names of instances for Jetty's HTTP client, and other names as that client
 * does by default.
 */
public final class JettyNameResolver implements SocketAddressResolver {

	private final InstanceNames names;

	private final HttpClient client;

	private JettyNameResolver(InstanceNames names, HttpClient client) {
		this.names = names;
		this.client = client;
	}

	/**
	 * Adds the resolver to a client that has none of its own. The client must not have
	 * been started.
	 * @param client the client
	 * @param names the names of instances
	 */
	public static void add(HttpClient client, InstanceNames names) {
		if (client.getSocketAddressResolver() == null) {
			client.setSocketAddressResolver(new JettyNameResolver(names, client));
		}
	}

	@Override
	public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
		InetAddress address = this.names.address(host);
		if (address != null) {
			promise.succeeded(List.of(new InetSocketAddress(address, port)));
			return;
		}
		// the client has an executor and a scheduler when it has been started
		new SocketAddressResolver.Async(this.client.getExecutor(), this.client.getScheduler(),
				this.client.getAddressResolutionTimeout())
			.resolve(host, port, context, promise);
	}

}
