package dev.cloudmap.discovery.loadbalancer;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.ImmediateCatalogListener;

/**
 * Closes the connections to instances that have left the catalog, so that nothing is sent
 * to them because a connection happens to be there, and their addresses can be others'.
 */
public final class ConnectionEviction implements ImmediateCatalogListener {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionEviction.class);

	private final Supplier<Stream<IdleConnections>> pools;

	private final Executor executor;

	/** Of services that have any. */
	private final Map<ServiceName, Set<InetSocketAddress>> known = new ConcurrentHashMap<>();

	/**
	 * Creates the listener.
	 * @param pools where connections are; asked for when there are any to close; not null
	 * @param executor closes them, which may take a moment; not null
	 */
	public ConnectionEviction(Supplier<Stream<IdleConnections>> pools, Executor executor) {
		this.pools = pools;
		this.executor = executor;
	}

	@Override
	public void onChange(InstanceSet set) {
		Set<InetSocketAddress> current = set.instances()
			.stream()
			.map((instance) -> InetSocketAddress.createUnresolved(instance.host(), instance.port()))
			.collect(Collectors.toUnmodifiableSet());
		Set<InetSocketAddress> before = current.isEmpty() ? this.known.remove(set.service())
				: this.known.put(set.service(), current);
		if (before == null) {
			return;
		}
		Set<InetSocketAddress> left = before.stream()
			.filter((address) -> !isKnown(address))
			.collect(Collectors.toUnmodifiableSet());
		if (left.isEmpty()) {
			return;
		}
		try {
			this.executor.execute(() -> close(left));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Connections to {} are left to their time-outs: there is too much to do", left, ex);
		}
	}

	private void close(Set<InetSocketAddress> left) {
		for (InetSocketAddress address : left) {
			// it may have come back meanwhile
			if (!isKnown(address)) {
				this.pools.get().forEach((pool) -> close(pool, address));
			}
		}
	}

	private boolean isKnown(InetSocketAddress address) {
		return this.known.values().stream().anyMatch((addresses) -> addresses.contains(address));
	}

	private static void close(IdleConnections pool, InetSocketAddress address) {
		try {
			pool.close(address);
		}
		catch (RuntimeException ex) {
			logger.debug("Connections to {} could not be closed", address, ex);
		}
	}

}
