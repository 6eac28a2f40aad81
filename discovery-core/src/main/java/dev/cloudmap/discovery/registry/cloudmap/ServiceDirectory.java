package dev.cloudmap.discovery.registry.cloudmap;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CreateServiceRequest;
import software.amazon.awssdk.services.servicediscovery.model.DnsConfig;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.FilterCondition;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckCustomConfig;
import software.amazon.awssdk.services.servicediscovery.model.ListServicesResponse;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.cloudmap.call.Answers;
import dev.cloudmap.discovery.registry.cloudmap.call.Answers.Page;
import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapCalls;
import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation;

import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.CREATE_HTTP_NAMESPACE;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.CREATE_PRIVATE_DNS_NAMESPACE;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.CREATE_SERVICE;
import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.LIST_SERVICES;

/**
 * Finds the ids of services in Cloud Map, and creates missing services and namespaces if
 * the policy allows it. The directory caches ids until a call shows that they are no
 * longer valid.
 */
final class ServiceDirectory {

	private static final Logger logger = LoggerFactory.getLogger(ServiceDirectory.class);

	private final CloudMapCalls calls;

	private final CreationPolicy creation;

	private final NamespaceDirectory namespaces;

	private final Map<ServiceName, ServiceReference> services = new ConcurrentHashMap<>();

	ServiceDirectory(CloudMapCalls calls, NamespaceDirectory namespaces, CreationPolicy creation) {
		this.calls = calls;
		this.namespaces = namespaces;
		this.creation = creation;
	}

	/**
	 * Returns how requests refer to a service.
	 * @param definition how to create the service if it does not exist and the policy
	 * allows it; null to create nothing
	 * @throws NotRegisteredException if the service or its namespace does not exist
	 */
	ServiceReference find(ServiceName service, @Nullable ServiceDefinition definition) {
		ServiceReference known = this.services.get(service);
		if (known != null) {
			return known;
		}
		if (definition == null) {
			return findService(service)
				.orElseThrow(() -> new NotRegisteredException("There is no service " + service, null));
		}
		FoundNamespace namespace = this.namespaces.find(service.namespace())
			.orElseGet(() -> createNamespace(service.namespace()));
		return findService(service).orElseGet(() -> createService(service, namespace, definition));
	}

	/**
	 * Returns all services of a namespace.
	 */
	Set<ListedService> list(Namespace namespace) {
		boolean remembered = this.namespaces.remembered(namespace).isPresent();
		Set<ListedService> found = listOnce(namespace);
		if (!found.isEmpty() || !remembered) {
			return found;
		}
		// the namespace may have been deleted and created again: the cached id finds
		// nothing
		this.namespaces.forget(namespace);
		return listOnce(namespace);
	}

	private Set<ListedService> listOnce(Namespace namespace) {
		return this.namespaces.find(namespace)
			.map((found) -> services(found).stream()
				.map((service) -> new ListedService(service.name(), service.instanceCount()))
				.collect(Collectors.toUnmodifiableSet()))
			.orElse(Set.of());
	}

	/**
	 * Removes the ids of a service and its namespace from the cache, because the registry
	 * rejected them.
	 */
	void forget(ServiceName service) {
		this.services.remove(service);
		this.namespaces.forget(service.namespace());
	}

	private Optional<ServiceReference> findService(ServiceName service) {
		Optional<ServiceReference> found = this.namespaces.find(service.namespace())
			.flatMap((namespace) -> services(namespace).stream()
				.filter((candidate) -> candidate.name().equals(service.name()))
				.map((candidate) -> new ServiceReference((namespace.owner() != null) ? candidate.arn() : candidate.id(),
						namespace.owner()))
				.findFirst());
		found.ifPresent((reference) -> this.services.put(service, reference));
		return found;
	}

	private List<ServiceSummary> services(FoundNamespace namespace) {
		ServiceFilter ofNamespace = ServiceFilter.builder()
			.name(ServiceFilterName.NAMESPACE_ID)
			.condition(FilterCondition.EQ)
			.values(namespace.reference())
			.build();
		Answers answers = this.calls.answers();
		return answers.collect(LIST_SERVICES, (token) -> {
			ListServicesResponse page = this.calls.call(LIST_SERVICES,
					(client) -> client.listServices((request) -> request.filters(ofNamespace).nextToken(token)));
			List<ServiceSummary> services = answers.requireList(LIST_SERVICES, "Services", page.hasServices(),
					page.services(), Answers.MAX_LISTED);
			return new Page<>(services.stream().map((service) -> checked(service, namespace)).toList(),
					page.nextToken());
		});
	}

	/** Returns a copy with the required members only, which takes less memory. */
	private ServiceSummary checked(@Nullable ServiceSummary service, FoundNamespace namespace) {
		Answers answers = this.calls.answers();
		ServiceSummary found = answers.require(LIST_SERVICES, "Services[]", service);
		return ServiceSummary.builder()
			.id(answers.requireText(LIST_SERVICES, "Services[].Id", found.id()))
			.name(answers.requireText(LIST_SERVICES, "Services[].Name", found.name()))
			.arn((namespace.owner() != null) ? answers.requireText(LIST_SERVICES, "Services[].Arn", found.arn()) : null)
			.instanceCount(found.instanceCount())
			.build();
	}

	private FoundNamespace createNamespace(Namespace namespace) {
		if (this.creation.choice().mayBeShared()) {
			throw new DiscoveryException(
					"There is no namespace '" + namespace
							+ "' among those of this AWS account and those shared with it,"
							+ " and none is created since discovery.cloud-map.namespace-ids has an ARN",
					"Check the ARN, let its account share the namespace with this account by AWS RAM, and accept the share"
							+ " in this account",
					null);
		}
		if (!this.creation.allowsNamespaces()) {
			String rejected = this.namespaces.rejected(namespace);
			throw new DiscoveryException(
					"There is no namespace '" + namespace + "'"
							+ (rejected.isEmpty() ? "" : " in VPC " + this.creation.vpc() + ", but " + rejected),
					"Create it, write the name of one that exists into"
							+ " discovery.namespace, or set discovery.cloud-map.create=namespaces",
					null);
		}
		logger.info("Creating namespace {}", namespace);
		String vpc = this.creation.vpc();
		if (vpc != null) {
			create(CREATE_PRIVATE_DNS_NAMESPACE,
					(client) -> client.createPrivateDnsNamespace((request) -> request.name(namespace.name()).vpc(vpc))
						.operationId());
		}
		else {
			create(CREATE_HTTP_NAMESPACE,
					(client) -> client.createHttpNamespace((request) -> request.name(namespace.name())).operationId());
		}
		// a lookup in progress may have started before the creation
		this.namespaces.forget(namespace);
		return this.namespaces.find(namespace)
			.orElseThrow(() -> new DiscoveryException("Namespace " + namespace + " was created but can't be found"));
	}

	/**
	 * Creates a namespace, unless another application creates it at the same time.
	 */
	private void create(CloudMapOperation operation, Function<ServiceDiscoveryClient, String> create) {
		try {
			var unused = this.calls.carryOut(operation, create);
		}
		catch (DiscoveryException ex) {
			if (!(ex.getCause() instanceof NamespaceAlreadyExistsException)) {
				throw ex;
			}
		}
	}

	private ServiceReference createService(ServiceName service, FoundNamespace namespace,
			ServiceDefinition definition) {
		if (!this.creation.allowsServices()) {
			throw new NotRegisteredException(
					"There is no service '" + service.name() + "' in namespace '" + service.namespace() + "'",
					"Create it, or set discovery.cloud-map.create=services", null);
		}
		logger.info("Creating service {}", service);
		CreateServiceRequest.Builder request = CreateServiceRequest.builder()
			.name(service.name())
			.namespaceId(namespace.reference())
			.healthCheckCustomConfig(HealthCheckCustomConfig.builder().build());
		if (namespace.summary().type() != NamespaceType.HTTP) {
			request.dnsConfig(dnsConfig(definition));
		}
		ServiceReference created = create(request.build(), namespace);
		this.services.put(service, created);
		return created;
	}

	/**
	 * Creates a service, or finds the one that another application creates at the same
	 * time.
	 */
	private ServiceReference create(CreateServiceRequest request, FoundNamespace namespace) {
		boolean byArn = namespace.owner() != null;
		Answers answers = this.calls.answers();
		try {
			String id = this.calls.call(CREATE_SERVICE, (client) -> {
				try {
					Service created = answers.require(CREATE_SERVICE, "Service",
							client.createService(request).service());
					return byArn ? answers.requireText(CREATE_SERVICE, "Service.Arn", created.arn())
							: answers.requireText(CREATE_SERVICE, "Service.Id", created.id());
				}
				catch (ServiceAlreadyExistsException ex) {
					logger.debug("Another instance created service {} first", request.name());
					return byArn ? answers.requireText(CREATE_SERVICE, "ServiceArn", ex.serviceArn())
							: answers.requireText(CREATE_SERVICE, "ServiceId", ex.serviceId());
				}
			});
			return new ServiceReference(id, namespace.owner());
		}
		catch (NotRegisteredException ex) {
			throw new NotRegisteredException(ex.getDescription(), namespace.advice(), ex.getCause());
		}
	}

	private static DnsConfig dnsConfig(ServiceDefinition definition) {
		return DnsConfig.builder()
			.routingPolicy(RoutingPolicy.MULTIVALUE)
			.dnsRecords(definition.recordTypes()
				.stream()
				.sorted()
				.map((type) -> DnsRecord.builder().type(type.name()).ttl(definition.ttl().toSeconds()).build())
				.toList())
			.build();
	}

}
