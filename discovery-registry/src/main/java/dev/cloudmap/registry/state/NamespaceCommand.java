package dev.cloudmap.registry.state;

import java.util.Map;

/**
 * An operation on one namespace, which excludes any other on the same.
 */
interface NamespaceCommand extends OperationCommand {

	/**
	 * Returns the namespace's id.
	 * @return the namespace's id
	 */
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
