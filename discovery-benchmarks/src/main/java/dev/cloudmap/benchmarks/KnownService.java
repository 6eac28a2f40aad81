package dev.cloudmap.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.CatalogSettings;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.client.OtherDiscoveryClients;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * A service with known instances in a catalog that refreshes its list during the
 * benchmark, as in an application.
 */
final class KnownService {

	static final String ID = "worker";

	static final ServiceName NAME = new ServiceName(new Namespace("corp"), ID);

	static final CatalogSettings SETTINGS = new CatalogSettings(Duration.ofSeconds(2), Duration.ofSeconds(5),
			Duration.ofSeconds(30), Duration.ofMinutes(10), null);

	private KnownService() {
	}

	/**
	 * Returns a catalog that contains the service.
	 * @param instances the number of instances
	 * @param threads the threads of the catalog
	 */
	static InstanceCatalog catalog(int instances, DiscoveryThreads threads) {
		InstanceSet set = new InstanceSet(NAME,
				IntStream.range(0, instances)
					.mapToObj((i) -> new Instance(NAME, "i-" + i, "10.0." + i / 250 + "." + i % 250, 8080,
							HealthStatus.HEALTHY, Map.of()))
					.toList(),
				"benchmark");
		return new InstanceCatalog(Namespaces.of(NAME.namespace()), (service) -> CompletableFuture.completedFuture(set),
				AttributeSource.none(), (service, changed) -> new Silence(), threads.timer(), SETTINGS, null,
				List.of());
	}

	/**
	 * Returns an empty set of other discovery clients.
	 */
	static OtherDiscoveryClients noOthers(DiscoveryThreads threads) {
		return new OtherDiscoveryClients(List::of, Namespaces.of(NAME.namespace()), threads.clients(), threads.timer(),
				SETTINGS);
	}

	private static final class Silence implements ChangeSignal.Subscription {

		@Override
		public ChangeSignal.Coverage coverage() {
			return ChangeSignal.Coverage.NONE;
		}

		@Override
		public void close() {
		}

	}

}
