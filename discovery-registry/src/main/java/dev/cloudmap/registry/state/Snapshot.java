package dev.cloudmap.registry.state;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

/**
 * The registry's content at one moment. Immutable, so that any number of threads read it
 * without waiting.
 */
public final class Snapshot {

	private final long revision;

	private final Namespaces namespaces;

	private final PMap<String, ServiceState> services;

	private final PMap<ServiceKey, String> serviceIds;

	private final NameHolders holders;

	Snapshot(long revision, Namespaces namespaces, PMap<String, ServiceState> services,
			PMap<ServiceKey, String> serviceIds, NameHolders holders) {
		this.revision = revision;
		this.namespaces = namespaces;
		this.services = services;
		this.serviceIds = serviceIds;
		this.holders = holders;
	}

	/**
	 * Returns the number of the latest change, which only ever grows.
	 * @return the number of the latest change
	 */
	public long revision() {
		return this.revision;
	}

	/**
	 * Returns all namespaces.
	 * @return all namespaces, in no particular order
	 */
	public Collection<Namespace> namespaces() {
		return this.namespaces.all();
	}

	/**
	 * Returns all services.
	 * @return all services, in no particular order
	 */
	public Collection<ServiceState> services() {
		return this.services.values();
	}

	/**
	 * Returns the services of one namespace.
	 * @param namespaceId the namespace's id
	 * @return its services, in no particular order
	 */
	public List<ServiceState> servicesOf(String namespaceId) {
		return this.services.values()
			.stream()
			.filter((state) -> state.service().namespaceId().equals(namespaceId))
			.toList();
	}

	/**
	 * Finds a namespace by its id.
	 * @param id an id
	 * @return the namespace, or null when there is none
	 */
	public @Nullable Namespace findNamespace(String id) {
		return this.namespaces.find(id);
	}

	/**
	 * Finds a namespace by the name that look-ups take.
	 * @param httpName a name
	 * @return the namespace, or null when there is none
	 */
	public @Nullable Namespace findNamespaceByHttpName(String httpName) {
		return this.namespaces.findByHttpName(httpName);
	}

	/**
	 * Finds a service by its id.
	 * @param id an id
	 * @return the service, or null when there is none
	 */
	public @Nullable ServiceState findService(String id) {
		return this.services.get(id);
	}

	/**
	 * Finds a service by its name.
	 * @param namespace its namespace
	 * @param name its name; in a DNS namespace, in any case
	 * @return the service, or null when there is none
	 */
	public @Nullable ServiceState findService(Namespace namespace, String name) {
		String id = this.serviceIds.get(ServiceKey.of(namespace, name));
		return (id != null) ? this.services.get(id) : null;
	}

	/**
	 * Returns a service that must exist.
	 * @param id an id
	 * @return the service
	 * @throws RegistryException with {@link Fault#SERVICE_NOT_FOUND} when there is none
	 */
	public ServiceState service(String id) {
		ServiceState state = findService(id);
		if (state == null) {
			throw RegistryException.noService(id);
		}
		return state;
	}

	/**
	 * Returns a namespace that must exist.
	 * @param id an id
	 * @return the namespace
	 * @throws RegistryException with {@link Fault#NAMESPACE_NOT_FOUND} when there is none
	 */
	public Namespace namespace(String id) {
		Namespace namespace = findNamespace(id);
		if (namespace == null) {
			throw RegistryException.noNamespace(id);
		}
		return namespace;
	}

	/**
	 * Returns an instance that must exist.
	 * @param key its service and id
	 * @return the instance
	 * @throws RegistryException with {@link Fault#SERVICE_NOT_FOUND} or
	 * {@link Fault#INSTANCE_NOT_FOUND} when there is none
	 */
	public Instance instance(InstanceKey key) {
		Instance instance = service(key.serviceId()).instances().get(key.instanceId());
		if (instance == null) {
			throw RegistryException.noInstance(key);
		}
		return instance;
	}

	/**
	 * Returns the tags of a namespace or a service, which must exist.
	 * @param arn its ARN
	 * @return its tags
	 * @throws RegistryException with {@link Fault#RESOURCE_NOT_FOUND} when there is none
	 */
	public Tags tags(String arn) {
		Namespace namespace = findNamespace(Ids.of(arn));
		if (namespace != null && namespace.arn().equals(arn)) {
			return namespace.tags();
		}
		ServiceState service = findService(Ids.of(arn));
		if (service != null && service.service().arn().equals(arn)) {
			return service.service().tags();
		}
		throw RegistryException.noResource(arn);
	}

	Namespaces allNamespaces() {
		return this.namespaces;
	}

	PMap<String, ServiceState> servicesById() {
		return this.services;
	}

	PMap<ServiceKey, String> serviceIds() {
		return this.serviceIds;
	}

	NameHolders holders() {
		return this.holders;
	}

	/**
	 * A name by which a service, or an instance in DNS, is unique.
	 *
	 * @param namespaceId the namespace's id
	 * @param name the name to compare by
	 */
	record ServiceKey(String namespaceId, String name) {

		static ServiceKey of(Namespace namespace, String serviceName) {
			return new ServiceKey(namespace.id(), namespace.type().key(serviceName));
		}

	}

}
