package dev.cloudmap.registry.state;

import org.jspecify.annotations.Nullable;

/**
 * Deregisters an instance.
 *
 * @param key its service and id
 */
public record DeregisterInstance(InstanceKey key) implements InstanceCommand {

	@Override
	public Operation.Type type() {
		return Operation.Type.DEREGISTER_INSTANCE;
	}

	@Override
	public @Nullable String creatorRequestId() {
		return null;
	}

	@Override
	public void check(Draft draft) {
		instance(draft);
	}

	@Override
	public void apply(Draft draft, String operationId) {
		draft.deregister(instance(draft));
	}

	private Instance instance(Draft draft) {
		Instance instance = draft.findInstance(this.key);
		if (instance == null) {
			throw new RegistryException(Fault.INSTANCE_NOT_FOUND,
					"The service '%s' has no instance '%s'.".formatted(this.key.serviceId(), this.key.instanceId()));
		}
		return instance;
	}

}
