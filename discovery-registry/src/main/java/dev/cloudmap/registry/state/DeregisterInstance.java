package dev.cloudmap.registry.state;

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
	public void check(Draft draft) {
		draft.instance(this.key);
	}

	@Override
	public void apply(Draft draft, String operationId) {
		draft.deregister(draft.instance(this.key));
	}

}
