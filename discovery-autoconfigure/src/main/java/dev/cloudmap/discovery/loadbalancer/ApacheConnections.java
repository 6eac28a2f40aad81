package dev.cloudmap.discovery.loadbalancer;

import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.Timeout;

/**
 * The connections of Apache's blocking client. Its pools close what is idle of all routes
 * only, so those of one are leased, as for a request, and given back as not to be used
 * again. Those in use are not closed when they are not any more.
 */
public final class ApacheConnections implements IdleConnections {

	/** An idle connection is there at once, and another is not wanted. */
	private static final Timeout AT_ONCE = Timeout.ofMilliseconds(1);

	private final Supplier<Stream<PoolingHttpClientConnectionManager>> pools;

	/**
	 * Creates it.
	 * @param pools the application's own pools; not null
	 */
	public ApacheConnections(Supplier<Stream<PoolingHttpClientConnectionManager>> pools) {
		this.pools = pools;
	}

	@Override
	public void close(InetSocketAddress address) {
		this.pools.get()
			.distinct()
			.forEach((pool) -> pool.getRoutes()
				.stream()
				.filter((route) -> leadsTo(route.getTargetHost(), address))
				.forEach((route) -> close(pool, route)));
	}

	private static boolean leadsTo(HttpHost host, InetSocketAddress address) {
		return HostAddress.isSame(address, host.getHostName(), DefaultSchemePortResolver.INSTANCE.resolve(host));
	}

	private static void close(PoolingHttpClientConnectionManager pool, HttpRoute route) {
		try {
			for (int idle = pool.getStats(route).getAvailable(); idle > 0; idle--) {
				LeaseRequest lease = pool.lease("discovery-eviction", route, AT_ONCE, null);
				pool.release(lease.get(AT_ONCE), null, null);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			// requests have taken all that were idle
		}
	}

}
