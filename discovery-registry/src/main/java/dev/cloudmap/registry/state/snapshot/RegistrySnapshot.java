package dev.cloudmap.registry.state.snapshot;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;

/**
 * The content of the registry at one revision. Immutable.
 */
public final class RegistrySnapshot {

	private final long revision;

	private final NamespaceIndex namespaces;

	private final PMap<String, ServiceState> services;

	private final PMap<ServiceKey, String> serviceIds;

	private final InstanceNameIndex instanceNames;

	RegistrySnapshot(long revision, NamespaceIndex namespaces, PMap<String, ServiceState> services,
			PMap<ServiceKey, String> serviceIds, InstanceNameIndex instanceNames) {
		this.revision = revision;
		this.namespaces = namespaces;
		this.services = services;
		this.serviceIds = serviceIds;
		this.instanceNames = instanceNames;
	}

	/**
	 * Returns the revision of the latest change. Revisions only increase.
	 * @return the revision
	 */
	public long revision() {
		return this.revision;
	}

	/**
	 * Returns all namespaces, in no particular order.
	 * @return all namespaces
	 */
	public Collection<Namespace> namespaces() {
		return this.namespaces.all();
	}

	/**
	 * Returns all services, in no particular order.
	 * @return all services
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
	 * @return the namespace, or null
	 */
	public @Nullable Namespace findNamespace(String id) {
		return this.namespaces.find(id);
	}

	/**
	 * Finds a namespace by its HTTP name.
	 * @param httpName a name
	 * @return the namespace, or null
	 */
	public @Nullable Namespace findNamespaceByHttpName(String httpName) {
		return this.namespaces.findByHttpName(httpName);
	}

	/**
	 * Returns the namespaces with a name, which differ in VPC or type.
	 * @param key the name as in {@link Namespace#key()}
	 * @return the namespaces, in no particular order
	 */
	public Collection<Namespace> namespacesNamed(String key) {
		return namespaces().stream().filter((namespace) -> namespace.key().equals(key)).toList();
	}

	/**
	 * Finds a service by its id.
	 * @param id an id
	 * @return the service, or null
	 */
	public @Nullable ServiceState findService(String id) {
		return this.services.get(id);
	}

	/**
	 * Finds a service by its name.
	 * @param namespace its namespace
	 * @param name its name; case-insensitive in a DNS namespace
	 * @return the service, or null
	 */
	public @Nullable ServiceState findService(Namespace namespace, String name) {
		String id = this.serviceIds.get(ServiceKey.of(namespace, name));
		return (id != null) ? this.services.get(id) : null;
	}

	/**
	 * Finds the service with DNS records and a name.
	 * @param namespace its namespace
	 * @param name its name
	 * @return the service, or null
	 */
	public @Nullable Service findServiceWithRecords(Namespace namespace, String name) {
		ServiceState state = findService(namespace, name);
		return (state != null && state.service().dns() != null) ? state.service() : null;
	}

	/**
	 * Finds the instance with a DNS name.
	 * @param namespace the namespace of the name
	 * @param name the name as in {@link DomainNames#ofInstance}
	 * @return the instance, or null
	 */
	public @Nullable InstanceReference findInstanceByName(Namespace namespace, String name) {
		return this.instanceNames.find(namespace, name);
	}

	/**
	 * Returns a service by its id.
	 * @param id an id
	 * @return the service
	 * @throws RegistryException with {@link ErrorType#SERVICE_NOT_FOUND} if there is none
	 */
	public ServiceState service(String id) {
		ServiceState state = findService(id);
		if (state == null) {
			throw new RegistryException(ErrorType.SERVICE_NOT_FOUND,
					"There is no service with the id '%s'.".formatted(id));
		}
		return state;
	}

	/**
	 * Returns a namespace by its id.
	 * @param id an id
	 * @return the namespace
	 * @throws RegistryException with {@link ErrorType#NAMESPACE_NOT_FOUND} if there is
	 * none
	 */
	public Namespace namespace(String id) {
		Namespace namespace = findNamespace(id);
		if (namespace == null) {
			throw new RegistryException(ErrorType.NAMESPACE_NOT_FOUND,
					"There is no namespace with the id '%s'.".formatted(id));
		}
		return namespace;
	}

	/**
	 * Finds an instance of a service.
	 * @param key its service and id
	 * @return the instance, or null
	 * @throws RegistryException with {@link ErrorType#SERVICE_NOT_FOUND} if there is no
	 * such service
	 */
	public @Nullable Instance findInstance(InstanceReference key) {
		return service(key.serviceId()).instances().get(key.instanceId());
	}

	/**
	 * Returns an instance.
	 * @param key its service and id
	 * @return the instance
	 * @throws RegistryException with {@link ErrorType#SERVICE_NOT_FOUND} or
	 * {@link ErrorType#INSTANCE_NOT_FOUND} if there is none
	 */
	public Instance instance(InstanceReference key) {
		Instance instance = findInstance(key);
		if (instance == null) {
			throw new RegistryException(ErrorType.INSTANCE_NOT_FOUND,
					"The service '%s' has no instance '%s'.".formatted(key.serviceId(), key.instanceId()));
		}
		return instance;
	}

	/**
	 * Returns the tags of a namespace or a service.
	 * @param arn its ARN
	 * @return its tags
	 * @throws RegistryException with {@link ErrorType#RESOURCE_NOT_FOUND} if there is
	 * none
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
		throw new RegistryException(ErrorType.RESOURCE_NOT_FOUND,
				"There is no namespace and no service with the ARN '%s'.".formatted(arn));
	}

	NamespaceIndex allNamespaces() {
		return this.namespaces;
	}

	PMap<String, ServiceState> servicesById() {
		return this.services;
	}

	PMap<ServiceKey, String> serviceIds() {
		return this.serviceIds;
	}

	InstanceNameIndex instanceNames() {
		return this.instanceNames;
	}

	/**
	 * The unique name of a service, or of an instance in DNS.
	 *
	 * @param namespaceId the namespace's id
	 * @param name the name as in {@link NamespaceType#key}
	 */
	record ServiceKey(String namespaceId, String name) {

		static ServiceKey of(Namespace namespace, String serviceName) {
			return new ServiceKey(namespace.id(), namespace.type().key(serviceName));
		}

	}

}
