package dev.cloudmap.registry.api;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import dev.cloudmap.registry.api.InstanceMessages.DeregisterInstance;
import dev.cloudmap.registry.api.InstanceMessages.DiscoverInstances;
import dev.cloudmap.registry.api.InstanceMessages.DiscoverInstancesRevision;
import dev.cloudmap.registry.api.InstanceMessages.GetInstance;
import dev.cloudmap.registry.api.InstanceMessages.GetInstancesHealthStatus;
import dev.cloudmap.registry.api.InstanceMessages.ListInstances;
import dev.cloudmap.registry.api.InstanceMessages.RegisterInstance;
import dev.cloudmap.registry.api.InstanceMessages.UpdateInstanceCustomHealthStatus;
import dev.cloudmap.registry.api.NamespaceMessages.CreateHttpNamespace;
import dev.cloudmap.registry.api.NamespaceMessages.CreatePrivateDnsNamespace;
import dev.cloudmap.registry.api.NamespaceMessages.CreatePublicDnsNamespace;
import dev.cloudmap.registry.api.NamespaceMessages.DeleteNamespace;
import dev.cloudmap.registry.api.NamespaceMessages.GetNamespace;
import dev.cloudmap.registry.api.NamespaceMessages.ListNamespaces;
import dev.cloudmap.registry.api.NamespaceMessages.UpdateDnsNamespace;
import dev.cloudmap.registry.api.NamespaceMessages.UpdateHttpNamespace;
import dev.cloudmap.registry.api.OperationMessages.GetOperation;
import dev.cloudmap.registry.api.OperationMessages.ListOperations;
import dev.cloudmap.registry.api.ServiceMessages.CreateService;
import dev.cloudmap.registry.api.ServiceMessages.DeleteService;
import dev.cloudmap.registry.api.ServiceMessages.DeleteServiceAttributes;
import dev.cloudmap.registry.api.ServiceMessages.GetService;
import dev.cloudmap.registry.api.ServiceMessages.GetServiceAttributes;
import dev.cloudmap.registry.api.ServiceMessages.ListServices;
import dev.cloudmap.registry.api.ServiceMessages.UpdateService;
import dev.cloudmap.registry.api.ServiceMessages.UpdateServiceAttributes;
import dev.cloudmap.registry.api.TagMessages.ListTagsForResource;
import dev.cloudmap.registry.api.TagMessages.TagResource;
import dev.cloudmap.registry.api.TagMessages.UntagResource;
import dev.cloudmap.registry.health.InstanceHealth;
import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Timeline;

/**
 * Leads each request to its operation.
 */
final class Dispatcher {

	/** What an operation without an output gives. */
	static final Object NO_CONTENT = new Object();

	/** What an operation with an output of no members gives. */
	static final Object EMPTY = Map.of();

	private static final String TARGET_PREFIX = "Route53AutoNaming_v20170314.";

	private static final byte[] EMPTY_OBJECT = { '{', '}' };

	private final Map<String, Route<?>> routes;

	private final Throttle throttle;

	private final HostedZoneEndpoint hostedZones;

	Dispatcher(RegistryState state, Propagation propagation, InstanceHealth health, Timeline timeline,
			Throttle throttle) {
		this.throttle = throttle;
		this.hostedZones = new HostedZoneEndpoint(state::snapshot);
		NamespaceApi namespaces = new NamespaceApi(state, timeline);
		ServiceApi services = new ServiceApi(state, timeline);
		InstanceApi instances = new InstanceApi(state, health);
		OperationApi operations = new OperationApi(state);
		ServiceAttributesApi attributes = new ServiceAttributesApi(state);
		TagApi tags = new TagApi(state);
		DiscoveryApi discovery = new DiscoveryApi(propagation);
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
	 * Returns what Route 53 would tell of the namespaces' hosted zones.
	 */
	HostedZoneEndpoint hostedZones() {
		return this.hostedZones;
	}

	/**
	 * Carries out a request without making the calling thread wait.
	 * @param target the request's X-Amz-Target header
	 * @param body its body
	 * @param caller who asks
	 * @return the answer, {@link #NO_CONTENT}, or why there is none
	 */
	CompletableFuture<?> dispatch(@Nullable String target, byte[] body, Caller caller) {
		try {
			return route(target).run((body.length > 0) ? body : EMPTY_OBJECT, caller);
		}
		catch (JacksonException ex) {
			return CompletableFuture.failedFuture(new ProtocolException("SerializationException", Json.explain(ex)));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private Route<?> route(@Nullable String target) {
		if (target == null) {
			throw new ProtocolException("UnknownOperationException",
					"The request names no operation: send the header X-Amz-Target: %s<operation>."
						.formatted(TARGET_PREFIX));
		}
		String operation = target.startsWith(TARGET_PREFIX) ? target.substring(TARGET_PREFIX.length()) : "";
		Route<?> route = this.routes.get(operation);
		if (route == null) {
			throw new ProtocolException("UnknownOperationException",
					"This registry has no operation '%s'.".formatted(target));
		}
		this.throttle.admit(operation);
		return route;
	}

	private static <T extends Record> Route<T> change(Class<T> type,
			BiFunction<T, Caller, CompletableFuture<?>> operation) {
		return new Route<>(type, operation);
	}

	private static <T extends Record> Route<T> change(Class<T> type, Function<T, CompletableFuture<?>> operation) {
		return new Route<>(type, (request, caller) -> operation.apply(request));
	}

	private static <T extends Record> Route<T> read(Class<T> type, Function<T, ?> operation) {
		return new Route<>(type, (request, caller) -> CompletableFuture.completedFuture(operation.apply(request)));
	}

	/**
	 * An operation and what it takes.
	 */
	private record Route<T extends Record>(Class<T> type, BiFunction<T, Caller, CompletableFuture<?>> operation) {

		CompletableFuture<?> run(byte[] body, Caller caller) {
			T request = Json.read(body, this.type);
			if (request == null) {
				throw new ProtocolException("SerializationException", "The body must be a JSON object, but is null.");
			}
			Constraints.check(request);
			return this.operation.apply(request, caller);
		}

	}

}
