package dev.cloudmap.registry.api.operation;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.FilterCondition;
import dev.cloudmap.registry.api.message.OperationMessages.OperationStarted;
import dev.cloudmap.registry.api.message.ServiceMessages.DeleteServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages.DnsConfig;
import dev.cloudmap.registry.api.message.ServiceMessages.DnsConfigChange;
import dev.cloudmap.registry.api.message.ServiceMessages.DnsRecord;
import dev.cloudmap.registry.api.message.ServiceMessages.GetService;
import dev.cloudmap.registry.api.message.ServiceMessages.GetServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages.HealthCheckConfig;
import dev.cloudmap.registry.api.message.ServiceMessages.HealthCheckCustomConfig;
import dev.cloudmap.registry.api.message.ServiceMessages.ListServices;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceAnswer;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceAttributesAnswer;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceChange;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceDetail;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceFilter;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceFilterName;
import dev.cloudmap.registry.api.message.ServiceMessages.ServicePage;
import dev.cloudmap.registry.api.message.ServiceMessages.UpdateServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.ChangeServiceAttributes;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.DeleteService;
import dev.cloudmap.registry.state.command.UpdateService;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.time.Scheduler;

/**
 * The operations on services.
 */
final class ServiceApi {

	private static final String DEFAULT_PATH = "/";

	private static final int DEFAULT_FAILURE_THRESHOLD = 1;

	private final RegistryState state;

	private final Scheduler scheduler;

	ServiceApi(RegistryState state, Scheduler scheduler) {
		this.state = state;
		this.scheduler = scheduler;
	}

	CompletableFuture<?> create(ServiceMessages.CreateService request, Caller caller) {
		String id = Ids.service();
		RegistrySnapshot snapshot = this.state.snapshot();
		String namespaceId = caller.namespaceId(snapshot, namespaceIdOrArn(request));
		HealthCheckCustomConfig custom = request.healthCheckCustomConfig();
		Service service = new Service(id, caller.newServiceArn(snapshot.findNamespace(namespaceId), id), namespaceId,
				request.name(), request.description(), dnsSettings(request.dnsConfig()),
				healthCheck(request.healthCheckConfig()),
				(custom != null) ? new CustomHealthCheck(DEFAULT_FAILURE_THRESHOLD) : null, this.scheduler.now(),
				request.creatorRequestId(), Map.of(), TagApi.of(request.tags(), request.name()));
		CreateService.Kind kind = (request.type() != null) ? CreateService.Kind.API_ONLY
				: CreateService.Kind.BY_NAMESPACE;
		return this.state.submit(new CreateService(service, kind))
			.thenApply((created) -> new ServiceAnswer(detail(this.state.snapshot().service(created.id()))));
	}

	/**
	 * Returns the id or ARN of the namespace, which can also be in the older DnsConfig.
	 */
	private static String namespaceIdOrArn(ServiceMessages.CreateService request) {
		DnsConfig dns = request.dnsConfig();
		String older = (dns != null) ? dns.namespaceId() : null;
		String id = (request.namespaceId() != null) ? request.namespaceId() : older;
		if (id == null) {
			throw RegistryException.invalid("A service needs the NamespaceId of the namespace it belongs to.");
		}
		if (older != null && !Ids.of(older).equals(Ids.of(id))) {
			throw RegistryException.invalid(
					"NamespaceId is '%s', but DnsConfig.NamespaceId is '%s'. Remove the latter.".formatted(id, older));
		}
		return id;
	}

	private static @Nullable DnsRecordSettings dnsSettings(@Nullable DnsConfig config) {
		if (config == null) {
			return null;
		}
		List<DnsRecordSettings.TypedRecord> records = records(config.dnsRecords());
		if (config.routingPolicy() != null) {
			return new DnsRecordSettings(RoutingPolicy.valueOf(config.routingPolicy()), records);
		}
		boolean cname = records.stream().anyMatch((entry) -> entry.type() == RecordType.CNAME);
		return new DnsRecordSettings(cname ? RoutingPolicy.WEIGHTED : RoutingPolicy.MULTIVALUE, records);
	}

	private static List<DnsRecordSettings.TypedRecord> records(List<DnsRecord> records) {
		return records.stream()
			.map((entry) -> new DnsRecordSettings.TypedRecord(RecordType.valueOf(entry.type()), entry.ttl()))
			.toList();
	}

	private static @Nullable HealthCheck healthCheck(@Nullable HealthCheckConfig config) {
		if (config == null) {
			return null;
		}
		HealthCheck.Type type = HealthCheck.Type.valueOf(config.type());
		String path = config.resourcePath();
		if (path == null && type != HealthCheck.Type.TCP) {
			path = DEFAULT_PATH;
		}
		Integer threshold = config.failureThreshold();
		return new HealthCheck(type, path, (threshold != null) ? threshold : DEFAULT_FAILURE_THRESHOLD);
	}

	CompletableFuture<?> update(ServiceMessages.UpdateService request, Caller caller) {
		ServiceChange change = request.service();
		DnsConfigChange dns = change.dnsConfig();
		return this.state
			.submit(new UpdateService(caller.serviceId(this.state.snapshot(), request.id()), change.description(),
					(dns != null) ? records(dns.dnsRecords()) : List.of(), healthCheck(change.healthCheckConfig())))
			.thenApply(OperationStarted::new);
	}

	CompletableFuture<?> delete(ServiceMessages.DeleteService request, Caller caller) {
		return this.state.submit(new DeleteService(caller.serviceId(this.state.snapshot(), request.id())))
			.thenApply((deleted) -> ApiDispatcher.EMPTY);
	}

	ServiceAnswer get(GetService request, Caller caller) {
		return new ServiceAnswer(
				detail(this.state.snapshot().service(caller.serviceId(this.state.snapshot(), request.id()))));
	}

	/**
	 * Filters each page, as Cloud Map does: a page can be empty although another follows.
	 */
	ServicePage list(ListServices request, Caller caller) {
		RegistrySnapshot snapshot = this.state.snapshot();
		List<ServiceFilter> filters = (request.filters() != null) ? request.filters() : List.of();
		Page<ServiceState> page = Page.of(snapshot.services(), (service) -> service.service().id(),
				new Page.Request(List.of("ListServices", filters), request.maxResults(), request.nextToken()));
		List<ServiceDetail> details = page.elements()
			.stream()
			.filter(ListFilters.all(filters, (filter) -> filter(filter, caller)))
			.map((service) -> detail(service, null, null))
			.toList();
		return new ServicePage(details, page.nextToken());
	}

	private static Predicate<ServiceState> filter(ServiceFilter filter, Caller caller) {
		Predicate<String> matches = ListFilters.of(filter.name(), filter.values(), filter.condition(),
				List.of(FilterCondition.EQ));
		return switch (ServiceFilterName.valueOf(filter.name())) {
			case NAMESPACE_ID -> {
				// The value may be an ARN, which the service's own field never is.
				String wanted = filter.values().get(0);
				String id = Ids.of(wanted);
				yield (state) -> state.service().namespaceId().equals(id)
						&& caller.refersTo(wanted, state.service().owner());
			}
			case RESOURCE_OWNER -> (state) -> matches.test(caller.relationTo(state.service().owner()));
		};
	}

	ServiceAttributesAnswer getAttributes(GetServiceAttributes request, Caller caller) {
		Service service = this.state.snapshot()
			.service(caller.serviceId(this.state.snapshot(), request.serviceId()))
			.service();
		return new ServiceAttributesAnswer(new ServiceAttributes(service.arn(), service.owner(), service.attributes()));
	}

	/**
	 * Adds or replaces attributes.
	 */
	CompletableFuture<?> updateAttributes(UpdateServiceAttributes request, Caller caller) {
		return this.state
			.submit(ChangeServiceAttributes.adding(caller.serviceId(this.state.snapshot(), request.serviceId()),
					request.attributes()))
			.thenApply((service) -> ApiDispatcher.EMPTY);
	}

	CompletableFuture<?> deleteAttributes(DeleteServiceAttributes request, Caller caller) {
		return this.state
			.submit(ChangeServiceAttributes.removing(caller.serviceId(this.state.snapshot(), request.serviceId()),
					request.attributes()))
			.thenApply((service) -> ApiDispatcher.EMPTY);
	}

	private static ServiceDetail detail(ServiceState state) {
		return detail(state, state.service().namespaceId(), state.service().creatorRequestId());
	}

	private static ServiceDetail detail(ServiceState state, @Nullable String namespaceId,
			@Nullable String creatorRequestId) {
		Service service = state.service();
		HealthCheck check = service.healthCheck();
		CustomHealthCheck custom = service.customHealth();
		return new ServiceDetail(service.id(), service.arn(), service.owner(), service.name(), namespaceId,
				service.description(), state.instances().size(), dnsConfig(service),
				(service.dns() != null) ? "DNS_HTTP" : "HTTP",
				(check != null)
						? new HealthCheckConfig(check.type().name(), check.resourcePath(), check.failureThreshold())
						: null,
				(custom != null) ? new HealthCheckCustomConfig(custom.failureThreshold()) : null, service.created(),
				creatorRequestId, service.owner());
	}

	private static @Nullable DnsConfig dnsConfig(Service service) {
		DnsRecordSettings dns = service.dns();
		if (dns == null) {
			return null;
		}
		List<DnsRecord> records = dns.records()
			.stream()
			.map((entry) -> new DnsRecord(entry.type().name(), entry.ttl()))
			.toList();
		return new DnsConfig(service.namespaceId(), dns.routingPolicy().name(), records);
	}

}
