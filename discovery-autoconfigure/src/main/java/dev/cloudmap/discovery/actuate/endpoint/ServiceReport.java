package dev.cloudmap.discovery.actuate.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.actuate.endpoint.AttributeSanitizer.Values;
import dev.cloudmap.discovery.actuate.endpoint.ServiceDescriptor.EjectionDescriptor;
import dev.cloudmap.discovery.actuate.endpoint.ServiceDescriptor.ErrorDescriptor;
import dev.cloudmap.discovery.actuate.endpoint.ServiceDescriptor.InstanceDescriptor;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.WatchedService;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.catalog.entry.LookupError;
import dev.cloudmap.discovery.loadbalancer.choice.CallStatistics;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejection;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Describes watched services from memory, and changes them.
 */
final class ServiceReport {

	private final InstanceCatalog catalog;

	private final @Nullable CallStatistics statistics;

	private final AttributeSanitizer sanitizer;

	private final Timer timer;

	ServiceReport(InstanceCatalog catalog, @Nullable CallStatistics statistics, AttributeSanitizer sanitizer,
			Timer timer) {
		this.catalog = catalog;
		this.statistics = statistics;
		this.sanitizer = sanitizer;
		this.timer = timer;
	}

	Map<String, ServiceDescriptor> describeAll(Values values) {
		Map<String, ServiceDescriptor> services = new TreeMap<>();
		this.catalog.watched().forEach((service) -> services.put(service.name().toString(), describe(service, values)));
		return services;
	}

	/**
	 * Describes a service.
	 * @param id its full name, an id by which it was requested, or its name if no other
	 * watched service has the same
	 * @throws UnknownTargetException if it is not watched
	 */
	ServiceDescriptor describe(String id, Values values) {
		return describe(find(id), values);
	}

	/**
	 * Triggers a lookup. Returns at once.
	 * @throws UnknownTargetException if the service is not watched
	 */
	String refresh(String id) {
		WatchedService service = find(id);
		service.refresh();
		return "Service " + service.name() + " is being looked up";
	}

	/**
	 * Ends the ejection of an instance.
	 * @throws UnknownTargetException if the service is not watched, or the instance is
	 * not ejected
	 */
	String endEjection(String id, String instance) {
		WatchedService service = find(id);
		if (this.statistics == null || !this.statistics.readmit(service.name(), instance)) {
			Set<String> ejected = ejections(service).keySet();
			throw new UnknownTargetException("Instance '" + instance + "' of " + service.name()
					+ " is not ejected. Ejected instances: " + (ejected.isEmpty() ? "none" : ejected));
		}
		return "Instance " + instance + " of " + service.name() + " is called again";
	}

	private WatchedService find(String id) {
		List<WatchedService> watched = List.copyOf(this.catalog.watched());
		return watched.stream()
			.filter((service) -> service.name().toString().equals(id) || this.catalog.ids(service.name()).contains(id))
			.findFirst()
			.orElseGet(() -> findByName(id, watched));
	}

	private static WatchedService findByName(String name, List<WatchedService> watched) {
		List<WatchedService> found = watched.stream().filter((service) -> service.name().name().equals(name)).toList();
		if (found.size() != 1) {
			throw new UnknownTargetException("Service '" + name
					+ (found.isEmpty() ? "' is not watched. A service is watched from its first call on."
							: "' exists in several namespaces: use its full name.")
					+ " Watched services: "
					+ (watched.isEmpty() ? "none"
							: watched.stream()
								.map((service) -> service.name().toString())
								.sorted()
								.collect(Collectors.joining(", "))));
		}
		return found.get(0);
	}

	private ServiceDescriptor describe(WatchedService service, Values values) {
		CatalogEntry entry = service.entry();
		LookupError error = service.lastError();
		List<String> ids = this.catalog.ids(service.name()).stream().sorted().toList();
		List<String> waiting = service.pending().stream().sorted().toList();
		ErrorDescriptor lastError = (error != null) ? new ErrorDescriptor(error.time(), error.message()) : null;
		if (entry == null) {
			return new ServiceDescriptor(service.name().toString(), ids, null, null, null, null, false, lastError,
					List.of(), waiting);
		}
		Map<String, Ejection> ejections = ejections(service);
		List<InstanceDescriptor> instances = entry.serviceInstances()
			.stream()
			.map((instance) -> describe((CatalogServiceInstance) instance, entry, ejections, values))
			.toList();
		return new ServiceDescriptor(service.name().toString(), ids, entry.set().source(), entry.set().revision(),
				entry.confirmed(), age(entry), service.failure() != null, lastError, instances, waiting);
	}

	private Duration age(CatalogEntry entry) {
		Duration age = Duration.between(entry.confirmed(), this.timer.now());
		return age.isNegative() ? Duration.ZERO : Duration.ofMillis(age.toMillis());
	}

	private InstanceDescriptor describe(CatalogServiceInstance shown, CatalogEntry entry,
			Map<String, Ejection> ejections, Values values) {
		Instance instance = shown.instance();
		return new InstanceDescriptor(instance.id(), shown.getUri().toString(), instance.health().name(), zone(shown),
				entry.held().contains(instance), EjectionDescriptor.of(ejections.get(instance.id())),
				this.sanitizer.sanitize(instance.attributes(), values));
	}

	private static @Nullable String zone(CatalogServiceInstance instance) {
		return instance.getMetadata().get(InstanceAttributes.ZONE);
	}

	private Map<String, Ejection> ejections(WatchedService service) {
		return (this.statistics != null) ? this.statistics.ejectionsById(service.name()) : Map.of();
	}

}
