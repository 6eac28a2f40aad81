package dev.cloudmap.registry.api.operation;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
		TagApi tags = new TagApi(state);
		DiscoveryApi discovery = new DiscoveryApi(view);
		this.routes = Stream.of(change(CreateHttpNamespace.class, namespaces::createHttp),
				change(CreatePrivateDnsNamespace.class, namespaces::createPrivateDns),
				change(CreatePublicDnsNamespace.class, namespaces::createPublicDns),
				change(UpdateHttpNamespace.class, namespaces::updateHttp),
				change(UpdateDnsNamespace.class, namespaces::updatePrivateDns).named("UpdatePrivateDnsNamespace"),
				change(UpdateDnsNamespace.class, namespaces::updatePublicDns).named("UpdatePublicDnsNamespace"),
				change(DeleteNamespace.class, namespaces::delete), read(GetNamespace.class, namespaces::get),
				read(ListNamespaces.class, namespaces::list), change(CreateService.class, services::create),
				change(UpdateService.class, services::update), change(DeleteService.class, services::delete),
				read(GetService.class, services::get), read(ListServices.class, services::list),
				change(RegisterInstance.class, instances::register),
				change(DeregisterInstance.class, instances::deregister),
				change(UpdateInstanceCustomHealthStatus.class, instances::updateHealth),
				read(GetInstance.class, instances::get), read(ListInstances.class, instances::list),
				read(GetInstancesHealthStatus.class, instances::getHealth), read(GetOperation.class, operations::get),
				read(ListOperations.class, (request, caller) -> operations.list(request)),
				read(GetServiceAttributes.class, services::getAttributes),
				change(UpdateServiceAttributes.class, services::updateAttributes),
				change(DeleteServiceAttributes.class, services::deleteAttributes),
				change(TagResource.class, (request, caller) -> tags.tag(request)),
				change(UntagResource.class, (request, caller) -> tags.untag(request)),
				read(ListTagsForResource.class, (request, caller) -> tags.list(request)),
				read(DiscoverInstances.class, discovery::discover),
				read(DiscoverInstancesRevision.class, discovery::revision))
			.collect(Collectors.toUnmodifiableMap(Route::name, Function.identity()));
	}

	/**
	 * Runs an operation. Does not block.
	 * @param target the header X-Amz-Target
	 * @param body the body of the request
	 * @param caller the caller of the request
	 * @return the result, which can be {@link #NO_CONTENT}
	 */
	public CompletableFuture<?> dispatch(@Nullable String target, byte[] body, Caller caller) {
		try {
			return route(target).run((body.length > 0) ? body : EMPTY_OBJECT, caller);
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
			BiFunction<T, Caller, CompletableFuture<?>> operation) {
		return new Route<>(type.getSimpleName(), type, operation);
	}

	private static <T extends Record> Route<T> read(Class<T> type, BiFunction<T, Caller, ?> operation) {
		return new Route<>(type.getSimpleName(), type,
				(request, caller) -> CompletableFuture.completedFuture(operation.apply(request, caller)));
	}

	/**
	 * An operation, the type of its request, and its name, which most types have.
	 */
	private record Route<T extends Record>(String name, Class<T> type,
			BiFunction<T, Caller, CompletableFuture<?>> operation) {

		Route<T> named(String other) {
			return new Route<>(other, this.type, this.operation);
		}

		CompletableFuture<?> run(byte[] body, Caller caller) {
			T request = Json.read(body, this.type);
			if (request == null) {
				throw new RejectedRequestException("SerializationException",
						"The body must be a JSON object, but is null.");
			}
			RequestValidator.check(request);
			return this.operation.apply(request, caller);
		}

	}

}
