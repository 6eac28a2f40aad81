package dev.cloudmap.registry.state.command;

import java.util.List;

import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.ServiceState;
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
		Namespace namespace = transaction.snapshot().namespace(this.id);
		List<ServiceState> services = transaction.snapshot().servicesOf(this.id);
		if (!services.isEmpty()) {
			throw new RegistryException(ErrorType.RESOURCE_IN_USE,
					"The namespace '%s' still has services: %d, such as '%s'. Delete its services first."
						.formatted(namespace.name(), services.size(), services.get(0).service().id()));
		}
	}

	@Override
	public void apply(WriteTransaction transaction, String operationId) {
		transaction.delete(transaction.snapshot().namespace(this.id));
	}

}
