package dev.cloudmap.registry.api.operation;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.InstanceMessages;
import dev.cloudmap.registry.api.message.InstanceMessages.GetInstance;
import dev.cloudmap.registry.api.message.InstanceMessages.GetInstancesHealthStatus;
import dev.cloudmap.registry.api.message.InstanceMessages.HealthStatusPage;
import dev.cloudmap.registry.api.message.InstanceMessages.InstanceAnswer;
import dev.cloudmap.registry.api.message.InstanceMessages.InstanceDetail;
import dev.cloudmap.registry.api.message.InstanceMessages.InstancePage;
import dev.cloudmap.registry.api.message.InstanceMessages.ListInstances;
import dev.cloudmap.registry.api.message.InstanceMessages.UpdateInstanceCustomHealthStatus;
import dev.cloudmap.registry.api.message.OperationMessages.OperationStarted;
import dev.cloudmap.registry.health.HealthReports;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * The operations on instances.
 */
final class InstanceApi {

	private final RegistryState state;

	private final HealthReports health;

	InstanceApi(RegistryState state, HealthReports health) {
		this.state = state;
		this.health = health;
	}

	CompletableFuture<?> register(InstanceMessages.RegisterInstance request, Caller caller) {
		return this.state
			.submit(new RegisterInstance(key(caller, request.serviceId(), request.instanceId()), request.attributes(),
					request.creatorRequestId()))
			.thenApply(OperationStarted::new);
	}

	CompletableFuture<?> deregister(InstanceMessages.DeregisterInstance request, Caller caller) {
		return this.state.submit(new DeregisterInstance(key(caller, request.serviceId(), request.instanceId())))
			.thenApply(OperationStarted::new);
	}

	CompletableFuture<?> updateHealth(UpdateInstanceCustomHealthStatus request, Caller caller) {
		return this.health
			.report(key(caller, request.serviceId(), request.instanceId()), HealthStatus.valueOf(request.status()))
			.thenApply((outcome) -> ApiDispatcher.NO_CONTENT);
	}

	InstanceAnswer get(GetInstance request, Caller caller) {
		RegistrySnapshot snapshot = this.state.snapshot();
		InstanceReference key = new InstanceReference(caller.serviceId(snapshot, request.serviceId()),
				request.instanceId());
		Instance instance = snapshot.instance(key);
		String owner = snapshot.service(key.serviceId()).service().owner();
		return new InstanceAnswer(owner, detail(instance, instance.creatorRequestId(), owner));
	}

	InstancePage list(ListInstances request, Caller caller) {
		RegistrySnapshot snapshot = this.state.snapshot();
		ServiceState service = snapshot.service(caller.serviceId(snapshot, request.serviceId()));
		String owner = service.service().owner();
		Page<Instance> page = Page.of(service.instances().values(), Instance::id, new Page.Request(
				List.of("ListInstances", service.service().id()), request.maxResults(), request.nextToken()));
		List<InstanceDetail> details = page.elements()
			.stream()
			.map((instance) -> detail(instance, null, owner))
			.toList();
		return new InstancePage(owner, details, page.nextToken());
	}

	/**
	 * Returns the health of all or some instances. Instances of a service without a
	 * health check are UNKNOWN.
	 */
	HealthStatusPage getHealth(GetInstancesHealthStatus request, Caller caller) {
		RegistrySnapshot snapshot = this.state.snapshot();
		String serviceId = caller.serviceId(snapshot, request.serviceId());
		Collection<Instance> instances = snapshot.service(serviceId).instances().values();
		if (request.instances() != null) {
			instances = request.instances()
				.stream()
				.distinct()
				.map((id) -> snapshot.instance(new InstanceReference(serviceId, id)))
				.toList();
		}
		List<String> wanted = (request.instances() != null) ? request.instances() : List.of();
		Page<Instance> page = Page.of(instances, Instance::id, new Page.Request(
				List.of("GetInstancesHealthStatus", serviceId, wanted), request.maxResults(), request.nextToken()));
		Map<String, String> status = new LinkedHashMap<>();
		page.elements().forEach((instance) -> status.put(instance.id(), instance.health().name()));
		return new HealthStatusPage(status, page.nextToken());
	}

	private InstanceReference key(Caller caller, String serviceId, String instanceId) {
		return new InstanceReference(caller.serviceId(this.state.snapshot(), serviceId), instanceId);
	}

	private static InstanceDetail detail(Instance instance, @Nullable String creatorRequestId, String owner) {
		return new InstanceDetail(instance.id(), creatorRequestId, instance.attributes(), owner);
	}

}
