package dev.cloudmap.discovery.client;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.reactive.ReactiveCompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClient;

/**
 * The discovery clients of an application in their order, without the clients of this
 * library and without composite clients, which would call this library again. Blocking
 * clients precede reactive clients of the same order, since most registries provide both.
 * The beans are created at the first use.
 */
public final class OtherClientBeans implements Supplier<List<DiscoveryClient>> {

	private static final Logger logger = LoggerFactory.getLogger(OtherClientBeans.class);

	private final ObjectProvider<DiscoveryClient> blocking;

	private final ObjectProvider<ReactiveDiscoveryClient> reactive;

	private final Duration timeout;

	private volatile @Nullable List<DiscoveryClient> found;

	/**
	 * Creates the list.
	 * @param blocking the application's blocking clients
	 * @param reactive the application's reactive clients
	 * @param timeout the timeout of a reactive client
	 */
	public OtherClientBeans(ObjectProvider<DiscoveryClient> blocking, ObjectProvider<ReactiveDiscoveryClient> reactive,
			Duration timeout) {
		this.blocking = blocking;
		this.reactive = reactive;
		this.timeout = timeout;
	}

	@Override
	public List<DiscoveryClient> get() {
		List<DiscoveryClient> clients = this.found;
		if (clients == null) {
			try {
				clients = Stream.concat(blocking(), reactive())
					.sorted(Comparator.comparingInt(DiscoveryClient::getOrder))
					.toList();
			}
			catch (BeansException ex) {
				// a client makes a load-balanced call during its creation
				logger.debug("The other discovery clients are not available yet", ex);
				return List.of();
			}
			this.found = clients;
		}
		return clients;
	}

	private Stream<DiscoveryClient> blocking() {
		return this.blocking.orderedStream()
			.filter((client) -> !(client instanceof CatalogDiscoveryClient)
					&& !(client instanceof CompositeDiscoveryClient));
	}

	private Stream<DiscoveryClient> reactive() {
		return this.reactive.orderedStream()
			.filter((client) -> !(client instanceof CatalogReactiveDiscoveryClient)
					&& !(client instanceof ReactiveCompositeDiscoveryClient))
			.map((client) -> new ReactiveClientAdapter(client, this.timeout));
	}

	/**
	 * Whether a client can have instances: Spring Cloud's simple clients only if some are
	 * configured.
	 */
	static boolean hasInstances(DiscoveryClient client) {
		if (client instanceof SimpleDiscoveryClient simple) {
			return !simple.getServices().isEmpty();
		}
		if (client instanceof ReactiveClientAdapter adapter
				&& adapter.client() instanceof SimpleReactiveDiscoveryClient simple) {
			// emits at once: does not block
			return Boolean.TRUE.equals(simple.getServices().hasElements().toFuture().getNow(false));
		}
		return true;
	}

}
