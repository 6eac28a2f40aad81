package dev.cloudmap.registry.state.command;

import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Deregisters an instance.
 *
 * @param key the instance
 */
public record DeregisterInstance(InstanceReference key) implements InstanceCommand {

	@Override
	public Operation.Type type() {
		return Operation.Type.DEREGISTER_INSTANCE;
	}

	@Override
	public void check(WriteTransaction transaction) {
		transaction.snapshot().instance(this.key);
	}

	@Override
	public void apply(WriteTransaction transaction, String operationId) {
		transaction.deregister(transaction.snapshot().instance(this.key));
	}

}
