package dev.cloudmap.registry.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.InstanceMessages.GetInstance;
import dev.cloudmap.registry.api.InstanceMessages.GetOperation;
import dev.cloudmap.registry.api.InstanceMessages.InstanceAnswer;
import dev.cloudmap.registry.api.InstanceMessages.InstanceDetail;
import dev.cloudmap.registry.api.InstanceMessages.InstancePage;
import dev.cloudmap.registry.api.InstanceMessages.ListInstances;
import dev.cloudmap.registry.api.InstanceMessages.OperationAnswer;
import dev.cloudmap.registry.api.InstanceMessages.OperationDetail;
import dev.cloudmap.registry.api.InstanceMessages.UpdateInstanceCustomHealthStatus;
import dev.cloudmap.registry.api.NamespaceMessages.OperationStarted;
import dev.cloudmap.registry.health.InstanceHealth;
import dev.cloudmap.registry.state.DeregisterInstance;
import dev.cloudmap.registry.state.Fault;
import dev.cloudmap.registry.state.HealthStatus;
import dev.cloudmap.registry.state.Instance;
import dev.cloudmap.registry.state.InstanceKey;
import dev.cloudmap.registry.state.Operation;
import dev.cloudmap.registry.state.RegisterInstance;
import dev.cloudmap.registry.state.RegistryException;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.ServiceState;

/**
 * The operations on instances, and the look at how an operation fares.
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
		ServiceState service = this.state.snapshot().service(Caller.id(request.serviceId()));
		Page<Instance> page = Page.of(service.instances().values(), Instance::id, request.maxResults(),
				request.nextToken());
		List<InstanceDetail> details = page.elements().stream().map((instance) -> detail(instance, null)).toList();
		return new InstancePage(Caller.ACCOUNT, details, page.nextToken());
	}

	OperationAnswer getOperation(GetOperation request) {
		Operation operation = this.state.findOperation(request.operationId());
		if (operation == null) {
			throw new RegistryException(Fault.OPERATION_NOT_FOUND,
					"There is no operation with the id '%s'.".formatted(request.operationId()));
		}
		Map<String, String> targets = new TreeMap<>();
		operation.targets().forEach((target, id) -> targets.put(target.name(), id));
		return new OperationAnswer(
				new OperationDetail(operation.id(), Caller.ACCOUNT, operation.type().name(), operation.status().name(),
						operation.errorMessage(), (operation.errorCode() != null) ? operation.errorCode().name() : null,
						operation.created(), operation.updated(), targets));
	}

	private static InstanceKey key(String serviceId, String instanceId) {
		return new InstanceKey(Caller.id(serviceId), instanceId);
	}

	private static InstanceDetail detail(Instance instance, @Nullable String creatorRequestId) {
		return new InstanceDetail(instance.id(), creatorRequestId, instance.attributes(), Caller.ACCOUNT);
	}

}
