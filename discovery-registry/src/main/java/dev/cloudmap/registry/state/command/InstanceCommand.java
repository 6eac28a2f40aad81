package dev.cloudmap.registry.state.command;

import java.util.Map;

import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.operation.OperationCommand;

/**
 * An operation on one instance. Two operations on the same instance exclude each other.
 */
interface InstanceCommand extends OperationCommand {

	InstanceReference key();

	@Override
	default Map<Operation.Target, String> targets() {
		return Map.of(Operation.Target.SERVICE, key().serviceId(), Operation.Target.INSTANCE, key().instanceId());
	}

	@Override
	default String subject() {
		return "instance %s %s".formatted(key().serviceId(), key().instanceId());
	}

}
