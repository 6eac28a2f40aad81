package dev.cloudmap.registry.api.operation;

import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.SerializedString;

import dev.cloudmap.registry.api.message.InstanceMessages.DiscoverInstances;
import dev.cloudmap.registry.api.message.InstanceMessages.DiscoverInstancesRevision;
import dev.cloudmap.registry.api.message.InstanceMessages.Discovered;
import dev.cloudmap.registry.api.message.InstanceMessages.DiscoveredInstance;
import dev.cloudmap.registry.api.message.InstanceMessages.HealthStatusFilter;
import dev.cloudmap.registry.api.message.InstanceMessages.Revision;
import dev.cloudmap.registry.api.message.Json;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * The operations that discover instances.
 */
final class DiscoveryApi {

	private static final int DEFAULT_MAX_RESULTS = 100;

	/** More services than these empty the cache, which also removes deleted ones. */
	private static final int MAX_SERVICES = 10_000;

	private final LookupView view;

	/**
	 * The instances by id of the service, until it changes or the heap is full. Most
	 * requests are repeated and without parameters.
	 */
	private final Map<String, SoftReference<Healthy>> healthy = new ConcurrentHashMap<>();

	DiscoveryApi(LookupView view) {
		this.view = view;
	}

	Discovered discover(DiscoverInstances request, Caller caller) {
		ServiceState service = service(request.namespaceName(), request.serviceName(),
				owner(request.ownerAccount(), caller));
		List<SerializedString> found = new ArrayList<>(
				isPlain(request) ? healthy(service, request) : written(service, request));
		Collections.shuffle(found, ThreadLocalRandom.current());
		int limit = (request.maxResults() != null) ? request.maxResults() : DEFAULT_MAX_RESULTS;
		return new Discovered(found.subList(0, Math.min(limit, found.size())), service.instancesRevision());
	}

	private static boolean isPlain(DiscoverInstances request) {
		return request.queryParameters() == null && request.optionalParameters() == null
				&& (request.healthStatus() == null || request.healthStatus().equals(HealthStatusFilter.HEALTHY.name()));
	}

	@SuppressWarnings("ReferenceEquality")
	private List<SerializedString> healthy(ServiceState service, DiscoverInstances request) {
		SoftReference<Healthy> reference = this.healthy.get(service.service().id());
		Healthy known = (reference != null) ? reference.get() : null;
		if (known == null || known.service() != service || !known.namespaceName().equals(request.namespaceName())) {
			known = new Healthy(service, request.namespaceName(), written(service, request));
			if (this.healthy.size() >= MAX_SERVICES) {
				this.healthy.clear();
			}
			this.healthy.put(service.service().id(), new SoftReference<>(known));
		}
		return known.instances();
	}

	private static List<SerializedString> written(ServiceState service, DiscoverInstances request) {
		return withHealth(withAttributes(service.instances().values(), request), request.healthStatus()).stream()
			.map((instance) -> Json.serialized(new DiscoveredInstance(instance.id(), request.namespaceName(),
					service.service().name(), instance.health().name(), instance.attributes())))
			.toList();
	}

	Revision revision(DiscoverInstancesRevision request, Caller caller) {
		return new Revision(
				service(request.namespaceName(), request.serviceName(), owner(request.ownerAccount(), caller))
					.instancesRevision());
	}

	private static String owner(@Nullable String ownerAccount, Caller caller) {
		return (ownerAccount != null) ? ownerAccount : caller.account();
	}

	private ServiceState service(String namespaceName, String serviceName, String owner) {
		RegistrySnapshot snapshot = this.view.snapshot();
		Namespace namespace = snapshot.findNamespaceByHttpName(namespaceName);
		if (namespace == null) {
			throw RegistryException.noNamespaceNamed(namespaceName);
		}
		if (!namespace.owner().equals(owner)) {
			throw new RegistryException(ErrorType.NAMESPACE_NOT_FOUND,
					("The account %s has no namespace '%s'. A namespace of another account needs its ResourceOwner as "
							+ "OwnerAccount.")
						.formatted(owner, namespaceName));
		}
		ServiceState service = snapshot.findService(namespace, serviceName);
		if (service == null) {
			throw new RegistryException(ErrorType.SERVICE_NOT_FOUND,
					"The namespace '%s' has no service '%s'.".formatted(namespaceName, serviceName));
		}
		return service;
	}

	/**
	 * Applies the query parameters, and the optional parameters if an instance matches
	 * them.
	 */
	private static List<Instance> withAttributes(Collection<Instance> all, DiscoverInstances request) {
		List<Instance> matching = filter(all, has(request.queryParameters()));
		List<Instance> preferred = filter(matching, has(request.optionalParameters()));
		return preferred.isEmpty() ? matching : preferred;
	}

	private static Predicate<Instance> has(@Nullable Map<String, String> parameters) {
		return (instance) -> parameters == null || instance.attributes().entrySet().containsAll(parameters.entrySet());
	}

	private static List<Instance> withHealth(List<Instance> instances, @Nullable String filter) {
		// Developer guide: a request without a status "returns only healthy instances".
		HealthStatusFilter wanted = (filter != null) ? HealthStatusFilter.valueOf(filter) : HealthStatusFilter.HEALTHY;
		return switch (wanted) {
			case ALL -> instances;
			case HEALTHY -> filter(instances, isOrUnknown(HealthStatus.HEALTHY));
			case UNHEALTHY -> filter(instances, isOrUnknown(HealthStatus.UNHEALTHY));
			case HEALTHY_OR_ELSE_ALL -> {
				List<Instance> healthy = filter(instances, isOrUnknown(HealthStatus.HEALTHY));
				yield healthy.isEmpty() ? instances : healthy;
			}
		};
	}

	/**
	 * Instances of unknown health match every status.
	 */
	private static Predicate<Instance> isOrUnknown(HealthStatus status) {
		return (instance) -> instance.health() == status || instance.health() == HealthStatus.UNKNOWN;
	}

	private static List<Instance> filter(Collection<Instance> instances, Predicate<Instance> condition) {
		return instances.stream().filter(condition).toList();
	}

	/**
	 * The healthy instances of a service.
	 *
	 * @param service the service
	 * @param namespaceName the namespace as the request named it
	 * @param instances the instances as JSON
	 */
	private record Healthy(ServiceState service, String namespaceName, List<SerializedString> instances) {
	}

}
