package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.catalog.entry.CatalogSnapshot;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.NoSignal;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Catalogs of the namespace {@code corp}, with the usual settings.
 */
public final class TestCatalog {

	public static final Namespace CORP = new Namespace("corp");

	public static final CatalogSettings SETTINGS = settings(null);

	private TestCatalog() {
	}

	public static CatalogSettings settings(@Nullable Duration maxStaleness) {
		return new CatalogSettings(Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(30),
				Duration.ofMinutes(10), maxStaleness);
	}

	/**
	 * A catalog without change notifications.
	 */
	public static InstanceCatalog of(InstanceSource source, Timer timer, CatalogListener... listeners) {
		return of(source, new ScriptedSignal(), timer, SETTINGS, null, listeners);
	}

	public static InstanceCatalog of(InstanceSource source, Timer timer, @Nullable CatalogSnapshot snapshot) {
		return of(source, new ScriptedSignal(), timer, SETTINGS, snapshot);
	}

	public static InstanceCatalog of(InstanceSource source, Timer timer, CatalogSettings settings,
			CatalogListener... listeners) {
		return of(source, new ScriptedSignal(), timer, settings, null, listeners);
	}

	/**
	 * The services of the namespace, without change notifications.
	 */
	public static ServiceList services(Registry registry, Executor executor, Timer timer) {
		return new ServiceList(CORP, registry, new NoSignal(), executor, timer, SETTINGS);
	}

	public static InstanceCatalog of(InstanceSource source, ChangeSignal signal, Timer timer, CatalogSettings settings,
			@Nullable CatalogSnapshot snapshot, CatalogListener... listeners) {
		return new InstanceCatalog(Namespaces.of(CORP), source, AttributeSource.none(), signal, timer, settings,
				snapshot, List.of(listeners));
	}

}
