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
 * Changes the attributes of a service itself, which are none of its instances'.
 *
 * @param serviceId its id
 * @param added attributes to add, or to give another value
 * @param removed the keys of attributes to remove; those that are not there are ignored
 */
public record ChangeServiceAttributes(String serviceId, Map<String, String> added,
		Collection<String> removed) implements Command<Service> {

	/** The most attributes that a service can have. */
	static final int MAX = 30;

	/**
	 * Returns the command that adds attributes, or gives them other values.
	 * @param serviceId the service's id
	 * @param attributes the attributes
	 * @return the command
	 */
	public static ChangeServiceAttributes adding(String serviceId, Map<String, String> attributes) {
		return new ChangeServiceAttributes(serviceId, attributes, List.of());
	}

	/**
	 * Returns the command that removes attributes.
	 * @param serviceId the service's id
	 * @param keys their keys
	 * @return the command
	 */
	public static ChangeServiceAttributes removing(String serviceId, Collection<String> keys) {
		return new ChangeServiceAttributes(serviceId, Map.of(), keys);
	}

	@Override
	public Service apply(WriteTransaction transaction) {
		Service service = transaction.service(this.serviceId);
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
