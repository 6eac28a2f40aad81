package dev.cloudmap.registry.state;

/**
 * Deletes a service that has no instances.
 *
 * @param id its id
 */
public record DeleteService(String id) implements Command<Service> {

	@Override
	public Service apply(Draft draft) {
		Service service = draft.service(this.id);
		if (!draft.instances(this.id).isEmpty()) {
			throw new RegistryException(Fault.RESOURCE_IN_USE,
					"Service contains registered instances; delete the instances before deleting the service. "
							+ "The service '%s' has %d.".formatted(service.name(), draft.instances(this.id).size()));
		}
		draft.delete(service);
		return service;
	}

}
