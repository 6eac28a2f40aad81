package dev.cloudmap.discovery.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejection;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;

/**
 * {@link HealthIndicator} that reports the registry, the registration of this
 * application, and the catalog's entry of each watched service. All details are in
 * memory.
 * <p>
 * If the registry is unavailable, the status is {@code UNKNOWN}, never {@code DOWN}: the
 * application continues with the last known instances, and must not be stopped because of
 * its health.
 */
public final class DiscoveryHealthIndicator extends AbstractHealthIndicator {

	private final Registry registry;

	private final String reason;

	private final InstanceCatalog catalog;

	private final @Nullable RegistrationReconciler registration;

	private final Supplier<List<String>> resolution;

	private final Function<WatchedService, Collection<Ejection>> ejections;

	/**
	 * Creates the indicator.
	 * @param registry the registry
	 * @param choice the reason why this registry is used
	 * @param catalog the catalog of watched services
	 * @param registration this application's registration; null if it is disabled
	 * @param resolution supplies the steps by which the address was resolved
	 * @param ejections returns the ejected instances of a service
	 */
	public DiscoveryHealthIndicator(Registry registry, String choice, InstanceCatalog catalog,
			@Nullable RegistrationReconciler registration, Supplier<List<String>> resolution,
			Function<WatchedService, Collection<Ejection>> ejections) {
		this.registry = registry;
		this.reason = choice;
		this.catalog = catalog;
		this.registration = registration;
		this.resolution = resolution;
		this.ejections = ejections;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		builder.up();
		builder.withDetail("registry", registry());
		builder.withDetail("registration", (this.registration != null)
				? registration(builder, this.registration.state()) : Map.of("status", "DISABLED"));
		builder.withDetail("services", services(builder));
	}

	private Map<String, Object> registry() {
		RegistryInfo info = this.registry.info();
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("type", info.type());
		details.put("location", info.location());
		if (info.role() != null) {
			details.put("role", info.role());
		}
		details.put("capabilities",
				info.capabilities()
					.stream()
					.map((capability) -> capability.name().toLowerCase(Locale.ROOT))
					.sorted()
					.toList());
		details.put("reason", this.reason);
		return details;
	}

	private Map<String, Object> registration(Health.Builder builder, RegistrationState state) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("status", state.phase());
		details.put("since", state.since());
		if (state.instance() != null) {
			details.put("service", state.instance().service().toString());
			details.put("instanceId", state.instance().instanceId());
			details.put("address", state.instance().address());
			details.put("host", Map.of("addresses", state.instance().addresses(), "resolution", this.resolution.get()));
			state.instance().port().ifPresent((port) -> details.put("port", port));
		}
		if (state.reason() != null) {
			details.put("reason", state.reason());
		}
		if (state.problem() != null) {
			details.put("problem", state.problem());
			if (state.phase() != Phase.WAITING) {
				builder.unknown();
			}
		}
		return details;
	}

	private Map<String, Object> services(Health.Builder builder) {
		Map<String, Object> services = new TreeMap<>();
		for (WatchedService service : this.catalog.watched()) {
			services.put(service.name().toString(), service(builder, service));
		}
		return services;
	}

	private Map<String, Object> service(Health.Builder builder, WatchedService service) {
		Map<String, Object> details = new LinkedHashMap<>();
		CatalogEntry entry = service.entry();
		if (entry != null) {
			details.put("instances",
					entry.serviceInstances()
						.stream()
						.map((instance) -> instance.getInstanceId() + " at " + instance.getUri())
						.toList());
			if (!entry.held().isEmpty()) {
				details.put("held", entry.held().stream().map(Instance::id).sorted().toList());
			}
			if (!service.pending().isEmpty()) {
				details.put("waiting-for-attributes", service.pending().stream().sorted().toList());
			}
			details.put("source", entry.set().source());
			details.put("age", Duration.between(entry.confirmed(), Instant.now()).toMillis() + "ms");
		}
		List<String> ejected = this.ejections.apply(service)
			.stream()
			.map((ejection) -> ejection.instance() + " for " + ejection.duration().toMillis() + "ms since "
					+ ejection.since() + ": " + ejection.reason())
			.sorted()
			.toList();
		if (!ejected.isEmpty()) {
			details.put("ejected", ejected);
		}
		DiscoveryException failure = service.failure();
		if (failure != null) {
			builder.unknown();
			details.put("stale", entry != null);
			details.put("problem", String.valueOf(failure.getMessage()));
		}
		return details;
	}

}
