package dev.cloudmap.discovery.loadbalancer;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.DuplexConnectionPool;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Origin;

/**
 * The connections of Jetty's client over HTTP/1.1. Those in use are not closed when they
 * are not any more. A pool of HTTP/2 hands out connections that others are using, and is
 * left alone.
 */
public final class JettyConnections implements IdleConnections {

	private final Supplier<Stream<HttpClient>> clients;

	/**
	 * Creates it.
	 * @param clients the application's own clients; not null
	 */
	public JettyConnections(Supplier<Stream<HttpClient>> clients) {
		this.clients = clients;
	}

	@Override
	public void close(InetSocketAddress address) {
		this.clients.get()
			.distinct()
			.flatMap((client) -> client.getDestinations().stream())
			.filter((destination) -> leadsTo(destination, address))
			.forEach((destination) -> {
				if (destination.getConnectionPool() instanceof DuplexConnectionPool pool) {
					close(pool);
				}
			});
	}

	private static boolean leadsTo(Destination destination, InetSocketAddress address) {
		Origin.Address origin = destination.getOrigin().getAddress();
		return HostAddress.isSame(address, origin.getHost(), origin.getPort());
	}

	private static void close(DuplexConnectionPool pool) {
		for (int idle = pool.getIdleConnectionCount(); idle > 0; idle--) {
			Connection connection = pool.acquire(false);
			if (connection == null) {
				return;
			}
			connection.close();
		}
	}

}
