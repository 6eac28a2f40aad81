package dev.cloudmap.registry.state;

import java.util.Collection;

/**
 * Deletes a namespace that has no services.
 *
 * @param id its id
 */
public record DeleteNamespace(String id) implements NamespaceCommand {

	@Override
	public Operation.Type type() {
		return Operation.Type.DELETE_NAMESPACE;
	}

	@Override
	public void check(Draft draft) {
		Namespace namespace = draft.namespace(this.id);
		Collection<String> services = draft.serviceIdsOf(namespace);
		if (!services.isEmpty()) {
			throw new RegistryException(Fault.RESOURCE_IN_USE,
					"The namespace '%s' still has services: %d, such as '%s'. Delete its services first."
						.formatted(namespace.name(), services.size(), services.iterator().next()));
		}
	}

	@Override
	public void apply(Draft draft, String operationId) {
		draft.delete(draft.namespace(this.id));
	}

}
