package dev.cloudmap.discovery.actuate.metrics;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.ImmediateCatalogListener;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.thread.Timer;

/**
 * The meters {@code discovery.catalog.*} of each watched service that has or had
 * instances. They are removed within a minute after the service is no longer watched.
 */
public final class CatalogMetrics implements MeterBinder, ImmediateCatalogListener {

	/** The limit on services, since names may be made up. */
	static final int MAX_SERVICES = 1000;

	static final Duration SWEEP = Duration.ofMinutes(1);

	private static final double MILLIS_PER_SECOND = 1000.0;

	private final Supplier<InstanceCatalog> catalog;

	private final Timer timer;

	/** The meters by service, once there is a registry. Guarded by itself. */
	private final Map<ServiceName, List<Meter>> services = new HashMap<>();

	private @Nullable MeterRegistry registry;

	/**
	 * Creates the metrics.
	 * @param catalog returns the catalog, which calls this listener
	 * @param timer schedules sweeps, and is the clock of the catalog
	 */
	public CatalogMetrics(Supplier<InstanceCatalog> catalog, Timer timer) {
		this.catalog = catalog;
		this.timer = timer;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		synchronized (this.services) {
			this.registry = registry;
			this.services.replaceAll((name, none) -> meters(name, registry));
		}
	}

	@Override
	public void onChange(InstanceSet set) {
		synchronized (this.services) {
			if (set.isEmpty() || this.services.containsKey(set.service()) || this.services.size() >= MAX_SERVICES) {
				return;
			}
			boolean first = this.services.isEmpty();
			this.services.put(set.service(),
					(this.registry != null) ? meters(set.service(), this.registry) : List.of());
			if (first) {
				this.timer.schedule(this::sweep, SWEEP);
			}
		}
	}

	private List<Meter> meters(ServiceName name, MeterRegistry registry) {
		return List.of(
				register(DiscoveryMeter.CATALOG_INSTANCES, name, registry,
						(service) -> value(service.entry(), (entry) -> entry.set().instances().size())),
				register(DiscoveryMeter.CATALOG_AGE, name, registry, (service) -> value(service.entry(), this::age)),
				register(DiscoveryMeter.CATALOG_STALE, name, registry,
						(service) -> (service.entry() != null && service.failure() != null) ? 1 : 0));
	}

	private Meter register(DiscoveryMeter meter, ServiceName name, MeterRegistry registry,
			ToDoubleFunction<WatchedService> value) {
		return meter.gauge(() -> {
			WatchedService service = this.catalog.get().find(name);
			return (service != null) ? value.applyAsDouble(service) : Double.NaN;
		}).tags(Tags.of("service", name.name(), "namespace", name.namespace().name())).register(registry);
	}

	private static double value(@Nullable CatalogEntry entry, ToDoubleFunction<CatalogEntry> value) {
		return (entry != null) ? value.applyAsDouble(entry) : Double.NaN;
	}

	private double age(CatalogEntry entry) {
		return Math.max(0, Duration.between(entry.confirmed(), this.timer.now()).toMillis()) / MILLIS_PER_SECOND;
	}

	private void sweep() {
		InstanceCatalog catalog = this.catalog.get();
		synchronized (this.services) {
			this.services.entrySet().removeIf((service) -> {
				boolean gone = catalog.find(service.getKey()) == null;
				if (gone) {
					service.getValue().forEach((meter) -> Objects.requireNonNull(this.registry).remove(meter));
				}
				return gone;
			});
			if (!this.services.isEmpty()) {
				this.timer.schedule(this::sweep, SWEEP);
			}
		}
	}

}
