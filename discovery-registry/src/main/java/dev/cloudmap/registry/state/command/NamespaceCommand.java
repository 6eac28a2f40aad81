package dev.cloudmap.registry.state.command;

import java.util.Map;

import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.operation.OperationCommand;

/**
 * An operation on one namespace. Two operations on the same namespace exclude each other.
 */
interface NamespaceCommand extends OperationCommand {

	String id();

	@Override
	default Map<Operation.Target, String> targets() {
		return Map.of(Operation.Target.NAMESPACE, id());
	}

	@Override
	default String subject() {
		return "namespace " + id();
	}

}
