package dev.cloudmap.registry.state;

import java.util.Map;

/**
 * An operation on one instance, which excludes any other on the same.
 */
interface InstanceCommand extends OperationCommand {

	/**
	 * Returns the instance's service and id.
	 * @return the instance's service and id
	 */
	InstanceKey key();

	@Override
	default Map<Operation.Target, String> targets() {
		return key().targets();
	}

	@Override
	default String subject() {
		return key().subject();
	}

}
