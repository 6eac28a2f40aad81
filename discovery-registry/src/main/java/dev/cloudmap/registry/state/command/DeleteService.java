package dev.cloudmap.registry.state.command;

import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Deletes a service without instances.
 *
 * @param id its id
 */
public record DeleteService(String id) implements Command<Service> {

	@Override
	public Service apply(WriteTransaction transaction) {
		ServiceState state = transaction.snapshot().service(this.id);
		Service service = state.service();
		if (!state.instances().isEmpty()) {
			throw new RegistryException(ErrorType.RESOURCE_IN_USE,
					"Service contains registered instances; delete the instances before deleting the service. "
							+ "The service '%s' has %d.".formatted(service.name(), state.instances().size()));
		}
		transaction.delete(service);
		return service;
	}

}
