package dev.cloudmap.registry.api.operation;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import dev.cloudmap.registry.api.message.RejectedRequestException;
import dev.cloudmap.registry.api.message.InstanceMessages.DeregisterInstance;
import dev.cloudmap.registry.api.message.InstanceMessages.DiscoverInstances;
import dev.cloudmap.registry.api.message.InstanceMessages.DiscoverInstancesRevision;
import dev.cloudmap.registry.api.message.InstanceMessages.GetInstance;
import dev.cloudmap.registry.api.message.InstanceMessages.GetInstancesHealthStatus;
import dev.cloudmap.registry.api.message.InstanceMessages.ListInstances;
import dev.cloudmap.registry.api.message.InstanceMessages.RegisterInstance;
import dev.cloudmap.registry.api.message.InstanceMessages.UpdateInstanceCustomHealthStatus;
import dev.cloudmap.registry.api.message.Json;
import dev.cloudmap.registry.api.message.NamespaceMessages.CreateHttpNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.CreatePrivateDnsNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.CreatePublicDnsNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.DeleteNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.GetNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.ListNamespaces;
import dev.cloudmap.registry.api.message.NamespaceMessages.UpdateDnsNamespace;
import dev.cloudmap.registry.api.message.NamespaceMessages.UpdateHttpNamespace;
import dev.cloudmap.registry.api.message.OperationMessages.GetOperation;
import dev.cloudmap.registry.api.message.OperationMessages.ListOperations;
import dev.cloudmap.registry.api.message.RequestValidator;
import dev.cloudmap.registry.api.message.ServiceMessages.CreateService;
import dev.cloudmap.registry.api.message.ServiceMessages.DeleteService;
import dev.cloudmap.registry.api.message.ServiceMessages.DeleteServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages.GetService;
import dev.cloudmap.registry.api.message.ServiceMessages.GetServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages.ListServices;
import dev.cloudmap.registry.api.message.ServiceMessages.UpdateService;
import dev.cloudmap.registry.api.message.ServiceMessages.UpdateServiceAttributes;
import dev.cloudmap.registry.api.message.TagMessages.ListTagsForResource;
import dev.cloudmap.registry.api.message.TagMessages.TagResource;
import dev.cloudmap.registry.api.message.TagMessages.UntagResource;
import dev.cloudmap.registry.health.HealthReports;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Dispatches requests to the operations of Cloud Map's API.
 */
public final class ApiDispatcher {

	/** The result of an operation without output. */
	public static final Object NO_CONTENT = new Object();

	/** The result of an operation whose output has no members. */
	static final Object EMPTY = Map.of();

	private static final String TARGET_PREFIX = "Route53AutoNaming_v20170314.";

	private static final byte[] EMPTY_OBJECT = { '{', '}' };

	private final Map<String, Route<?>> routes;

	private final RateLimiter rateLimiter;

	/**
	 * Creates the dispatcher with all operations.
	 * @param state the content of the registry
	 * @param view the content that lookups see
	 * @param health processes reports of health
	 * @param scheduler returns the current time
	 * @param rateLimiter limits the requests of each operation
	 */
	public ApiDispatcher(RegistryState state, LookupView view, HealthReports health, Scheduler scheduler,
			RateLimiter rateLimiter) {
		this.rateLimiter = rateLimiter;
		NamespaceApi namespaces = new NamespaceApi(state, scheduler);
		ServiceApi services = new ServiceApi(state, scheduler);
		InstanceApi instances = new InstanceApi(state, health);
		OperationApi operations = new OperationApi(state);
		ServiceAttributesApi attributes = new ServiceAttributesApi(state);
		TagApi tags = new TagApi(state);
		DiscoveryApi discovery = new DiscoveryApi(view);
		this.routes = Map.ofEntries(
				Map.entry("CreateHttpNamespace", change(CreateHttpNamespace.class, namespaces::createHttp)),
				Map.entry("CreatePrivateDnsNamespace",
						change(CreatePrivateDnsNamespace.class, namespaces::createPrivateDns)),
				Map.entry("CreatePublicDnsNamespace",
						change(CreatePublicDnsNamespace.class, namespaces::createPublicDns)),
				Map.entry("UpdateHttpNamespace", change(UpdateHttpNamespace.class, namespaces::updateHttp)),
				Map.entry("UpdatePrivateDnsNamespace", change(UpdateDnsNamespace.class, namespaces::updatePrivateDns)),
				Map.entry("UpdatePublicDnsNamespace", change(UpdateDnsNamespace.class, namespaces::updatePublicDns)),
				Map.entry("DeleteNamespace", change(DeleteNamespace.class, namespaces::delete)),
				Map.entry("GetNamespace", read(GetNamespace.class, namespaces::get)),
				Map.entry("ListNamespaces", read(ListNamespaces.class, namespaces::list)),
				Map.entry("CreateService", change(CreateService.class, services::create)),
				Map.entry("UpdateService", change(UpdateService.class, services::update)),
				Map.entry("DeleteService", change(DeleteService.class, services::delete)),
				Map.entry("GetService", read(GetService.class, services::get)),
				Map.entry("ListServices", read(ListServices.class, services::list)),
				Map.entry("RegisterInstance", change(RegisterInstance.class, instances::register)),
				Map.entry("DeregisterInstance", change(DeregisterInstance.class, instances::deregister)),
				Map.entry("UpdateInstanceCustomHealthStatus",
						change(UpdateInstanceCustomHealthStatus.class, instances::updateHealth)),
				Map.entry("GetInstance", read(GetInstance.class, instances::get)),
				Map.entry("ListInstances", read(ListInstances.class, instances::list)),
				Map.entry("GetInstancesHealthStatus", read(GetInstancesHealthStatus.class, instances::getHealth)),
				Map.entry("GetOperation", read(GetOperation.class, operations::get)),
				Map.entry("ListOperations", read(ListOperations.class, operations::list)),
				Map.entry("GetServiceAttributes", read(GetServiceAttributes.class, attributes::get)),
				Map.entry("UpdateServiceAttributes", change(UpdateServiceAttributes.class, attributes::update)),
				Map.entry("DeleteServiceAttributes", change(DeleteServiceAttributes.class, attributes::delete)),
				Map.entry("TagResource", change(TagResource.class, tags::tag)),
				Map.entry("UntagResource", change(UntagResource.class, tags::untag)),
				Map.entry("ListTagsForResource", read(ListTagsForResource.class, tags::list)),
				Map.entry("DiscoverInstances", read(DiscoverInstances.class, discovery::discover)),
				Map.entry("DiscoverInstancesRevision", read(DiscoverInstancesRevision.class, discovery::revision)));
	}

	/**
	 * Runs an operation. Does not block.
	 * @param target the header X-Amz-Target
	 * @param body the body of the request
	 * @param arns creates ARNs in the region of the request
	 * @return the result, which can be {@link #NO_CONTENT}
	 */
	public CompletableFuture<?> dispatch(@Nullable String target, byte[] body, ArnFactory arns) {
		try {
			return route(target).run((body.length > 0) ? body : EMPTY_OBJECT, arns);
		}
		catch (JacksonException ex) {
			return CompletableFuture
				.failedFuture(new RejectedRequestException("SerializationException", Json.explain(ex)));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private Route<?> route(@Nullable String target) {
		if (target == null) {
			throw new RejectedRequestException("UnknownOperationException",
					"The request has no operation: send the header X-Amz-Target: %s<operation>."
						.formatted(TARGET_PREFIX));
		}
		String operation = target.startsWith(TARGET_PREFIX) ? target.substring(TARGET_PREFIX.length()) : "";
		Route<?> route = this.routes.get(operation);
		if (route == null) {
			throw new RejectedRequestException("UnknownOperationException",
					"This registry has no operation '%s'.".formatted(target));
		}
		this.rateLimiter.admit(operation);
		return route;
	}

	private static <T extends Record> Route<T> change(Class<T> type,
			BiFunction<T, ArnFactory, CompletableFuture<?>> operation) {
		return new Route<>(type, operation);
	}

	private static <T extends Record> Route<T> change(Class<T> type, Function<T, CompletableFuture<?>> operation) {
		return new Route<>(type, (request, arns) -> operation.apply(request));
	}

	private static <T extends Record> Route<T> read(Class<T> type, Function<T, ?> operation) {
		return new Route<>(type, (request, arns) -> CompletableFuture.completedFuture(operation.apply(request)));
	}

	/**
	 * An operation and the type of its request.
	 */
	private record Route<T extends Record>(Class<T> type, BiFunction<T, ArnFactory, CompletableFuture<?>> operation) {

		CompletableFuture<?> run(byte[] body, ArnFactory arns) {
			T request = Json.read(body, this.type);
			if (request == null) {
				throw new RejectedRequestException("SerializationException",
						"The body must be a JSON object, but is null.");
			}
			RequestValidator.check(request);
			return this.operation.apply(request, arns);
		}

	}

}
