package dev.cloudmap.registry.state.command;

import java.util.Collection;

import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Deletes a namespace without services.
 *
 * @param id its id
 */
public record DeleteNamespace(String id) implements NamespaceCommand {

	@Override
	public Operation.Type type() {
		return Operation.Type.DELETE_NAMESPACE;
	}

	@Override
	public void check(WriteTransaction transaction) {
		Namespace namespace = transaction.namespace(this.id);
		Collection<String> services = transaction.serviceIdsOf(namespace);
		if (!services.isEmpty()) {
			throw new RegistryException(ErrorType.RESOURCE_IN_USE,
					"The namespace '%s' still has services: %d, such as '%s'. Delete its services first."
						.formatted(namespace.name(), services.size(), services.iterator().next()));
		}
	}

	@Override
	public void apply(WriteTransaction transaction, String operationId) {
		transaction.delete(transaction.namespace(this.id));
	}

}
