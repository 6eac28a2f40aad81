package dev.cloudmap.discovery.test;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;

/**
 * The applications in this JVM that use a test's registry. They receive changes with a
 * small delay, for which this class waits on behalf of tests.
 */
final class ConnectedApplications {

	/** Change notifications take milliseconds, and longer on a busy machine. */
	private static final Duration LIMIT = Duration.ofSeconds(2);

	private static final long POLL_MILLIS = 2;

	/** The maximum number of instances in a DNS answer. */
	private static final int MAX_ANSWERS = 8;

	private final Set<ConfigurableApplicationContext> contexts = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	void add(ConfigurableApplicationContext context) {
		this.contexts.add(context);
	}

	/**
	 * Clears the catalogs of the applications.
	 */
	void clear() {
		catalogs().forEach(InstanceCatalog::forget);
	}

	/**
	 * Waits until the applications that watch a service have its instances. An
	 * application that filters instances or does not look them up may not have them in
	 * time.
	 * @param registered the instances as host and port
	 */
	void await(String namespace, String service, Supplier<Set<String>> registered) {
		ServiceName name = new ServiceName(new Namespace(namespace), service);
		List<WatchedService> watched = catalogs().stream()
			.flatMap((catalog) -> catalog.watched().stream())
			.filter((candidate) -> candidate.name().equals(name) && candidate.entry() != null)
			.toList();
		long deadline = System.nanoTime() + LIMIT.toNanos();
		try {
			for (WatchedService candidate : watched) {
				while (!isCurrent(candidate.entry(), registered.get()) && System.nanoTime() < deadline) {
					Thread.sleep(POLL_MILLIS);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static boolean isCurrent(@Nullable CatalogEntry entry, Set<String> registered) {
		return entry == null || registered.size() >= MAX_ANSWERS
				|| entry.set()
					.instances()
					.stream()
					.filter((instance) -> !entry.held().contains(instance))
					.map((instance) -> instance.host() + ":" + instance.port())
					.collect(Collectors.toSet())
					.equals(registered);
	}

	private List<InstanceCatalog> catalogs() {
		return List.copyOf(this.contexts)
			.stream()
			.filter(ConfigurableApplicationContext::isRunning)
			.map((context) -> context.getBeanProvider(InstanceCatalog.class).getIfAvailable())
			.filter(Objects::nonNull)
			.toList();
	}

}
