package dev.cloudmap.registry.state.command;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Changes the attributes of a service.
 *
 * @param serviceId the id of the service
 * @param added the attributes to add or replace
 * @param removed the keys of the attributes to remove; unknown keys are ignored
 */
public record ChangeServiceAttributes(String serviceId, Map<String, String> added,
		Collection<String> removed) implements Command<Service> {

	/** The maximum number of attributes of a service. */
	static final int MAX = 30;

	/**
	 * Creates a command that adds or replaces attributes.
	 * @param serviceId the id of the service
	 * @param attributes the attributes
	 * @return the command
	 */
	public static ChangeServiceAttributes adding(String serviceId, Map<String, String> attributes) {
		return new ChangeServiceAttributes(serviceId, attributes, List.of());
	}

	/**
	 * Creates a command that removes attributes.
	 * @param serviceId the id of the service
	 * @param keys the keys
	 * @return the command
	 */
	public static ChangeServiceAttributes removing(String serviceId, Collection<String> keys) {
		return new ChangeServiceAttributes(serviceId, Map.of(), keys);
	}

	@Override
	public Service apply(WriteTransaction transaction) {
		Service service = transaction.snapshot().service(this.serviceId).service();
		Map<String, String> attributes = new LinkedHashMap<>(service.attributes());
		attributes.putAll(this.added);
		attributes.keySet().removeAll(this.removed);
		if (attributes.size() > MAX) {
			throw new RegistryException(ErrorType.SERVICE_ATTRIBUTES_LIMIT_EXCEEDED,
					"A service can have at most %d attributes, but '%s' would have %d.".formatted(MAX, service.name(),
							attributes.size()));
		}
		if (attributes.equals(service.attributes())) {
			return service;
		}
		Service changed = service.withAttributes(attributes);
		transaction.update(changed);
		return changed;
	}

}
