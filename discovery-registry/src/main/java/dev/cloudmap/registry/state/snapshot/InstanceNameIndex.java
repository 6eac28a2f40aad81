package dev.cloudmap.registry.state.snapshot;

import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot.ServiceKey;

/**
 * The instances by their DNS names. Immutable; a change costs the logarithm of the number
 * of instances.
 */
final class InstanceNameIndex {

	static final InstanceNameIndex NONE = new InstanceNameIndex(HashTreePMap.empty());

	private final PMap<ServiceKey, InstanceReference> byName;

	private InstanceNameIndex(PMap<ServiceKey, InstanceReference> byName) {
		this.byName = byName;
	}

	/**
	 * Finds the instance with a name.
	 * @param namespace the namespace of the name
	 * @param name the name as in {@link DomainNames#ofInstance}
	 */
	@Nullable InstanceReference find(Namespace namespace, String name) {
		return this.byName.get(ServiceKey.of(namespace, name));
	}

	/**
	 * Adds the name of an instance if its service has SRV records.
	 */
	InstanceNameIndex with(Namespace namespace, Service service, InstanceReference instance) {
		ServiceKey name = name(namespace, service, instance);
		return (name != null && !instance.equals(this.byName.get(name)))
				? new InstanceNameIndex(this.byName.plus(name, instance)) : this;
	}

	/**
	 * Removes the name of an instance if the instance has it.
	 */
	InstanceNameIndex without(Namespace namespace, Service service, InstanceReference instance) {
		ServiceKey name = name(namespace, service, instance);
		return (name != null && instance.equals(this.byName.get(name))) ? new InstanceNameIndex(this.byName.minus(name))
				: this;
	}

	private static @Nullable ServiceKey name(Namespace namespace, Service service, InstanceReference instance) {
		return service.hasRecords(RecordType.SRV) ? ServiceKey.of(namespace, DomainNames.ofInstance(instance, service))
				: null;
	}

}
