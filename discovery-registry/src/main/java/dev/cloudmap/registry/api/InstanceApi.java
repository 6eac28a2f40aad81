package dev.cloudmap.registry.api;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.InstanceMessages.GetInstance;
import dev.cloudmap.registry.api.InstanceMessages.GetInstancesHealthStatus;
import dev.cloudmap.registry.api.InstanceMessages.HealthStatusPage;
import dev.cloudmap.registry.api.InstanceMessages.InstanceAnswer;
import dev.cloudmap.registry.api.InstanceMessages.InstanceDetail;
import dev.cloudmap.registry.api.InstanceMessages.InstancePage;
import dev.cloudmap.registry.api.InstanceMessages.ListInstances;
import dev.cloudmap.registry.api.InstanceMessages.UpdateInstanceCustomHealthStatus;
import dev.cloudmap.registry.api.OperationMessages.OperationStarted;
import dev.cloudmap.registry.health.InstanceHealth;
import dev.cloudmap.registry.state.DeregisterInstance;
import dev.cloudmap.registry.state.HealthStatus;
import dev.cloudmap.registry.state.Ids;
import dev.cloudmap.registry.state.Instance;
import dev.cloudmap.registry.state.InstanceKey;
import dev.cloudmap.registry.state.RegisterInstance;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.ServiceState;
import dev.cloudmap.registry.state.Snapshot;

/**
 * The operations on instances.
 */
final class InstanceApi {

	private final RegistryState state;

	private final InstanceHealth health;

	InstanceApi(RegistryState state, InstanceHealth health) {
		this.state = state;
		this.health = health;
	}

	CompletableFuture<?> register(InstanceMessages.RegisterInstance request) {
		return this.state
			.submit(new RegisterInstance(key(request.serviceId(), request.instanceId()), request.attributes(),
					request.creatorRequestId()))
			.thenApply(OperationStarted::new);
	}

	CompletableFuture<?> deregister(InstanceMessages.DeregisterInstance request) {
		return this.state.submit(new DeregisterInstance(key(request.serviceId(), request.instanceId())))
			.thenApply(OperationStarted::new);
	}

	CompletableFuture<?> updateHealth(UpdateInstanceCustomHealthStatus request) {
		return this.health
			.report(key(request.serviceId(), request.instanceId()), HealthStatus.valueOf(request.status()))
			.thenApply((outcome) -> Dispatcher.NO_CONTENT);
	}

	InstanceAnswer get(GetInstance request) {
		Instance instance = this.state.snapshot().instance(key(request.serviceId(), request.instanceId()));
		return new InstanceAnswer(Caller.ACCOUNT, detail(instance, instance.creatorRequestId()));
	}

	InstancePage list(ListInstances request) {
		ServiceState service = this.state.snapshot().service(Ids.of(request.serviceId()));
		Page<Instance> page = Page.of(service.instances().values(), Instance::id, new Page.Request(
				List.of("ListInstances", service.service().id()), request.maxResults(), request.nextToken()));
		List<InstanceDetail> details = page.elements().stream().map((instance) -> detail(instance, null)).toList();
		return new InstancePage(Caller.ACCOUNT, details, page.nextToken());
	}

	/**
	 * Tells the health of all instances or of some. Those of a service without any check
	 * are UNKNOWN, as in look-ups.
	 */
	HealthStatusPage getHealth(GetInstancesHealthStatus request) {
		String serviceId = Ids.of(request.serviceId());
		Snapshot snapshot = this.state.snapshot();
		Collection<Instance> instances = snapshot.service(serviceId).instances().values();
		if (request.instances() != null) {
			instances = request.instances()
				.stream()
				.distinct()
				.map((id) -> snapshot.instance(new InstanceKey(serviceId, id)))
				.toList();
		}
		List<String> wanted = (request.instances() != null) ? request.instances() : List.of();
		Page<Instance> page = Page.of(instances, Instance::id, new Page.Request(
				List.of("GetInstancesHealthStatus", serviceId, wanted), request.maxResults(), request.nextToken()));
		Map<String, String> status = new LinkedHashMap<>();
		page.elements().forEach((instance) -> status.put(instance.id(), instance.health().name()));
		return new HealthStatusPage(status, page.nextToken());
	}

	private static InstanceKey key(String serviceId, String instanceId) {
		return new InstanceKey(Ids.of(serviceId), instanceId);
	}

	private static InstanceDetail detail(Instance instance, @Nullable String creatorRequestId) {
		return new InstanceDetail(instance.id(), creatorRequestId, instance.attributes(), Caller.ACCOUNT);
	}

}
