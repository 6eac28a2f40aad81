package dev.cloudmap.registry.state;

import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

import dev.cloudmap.registry.state.Snapshot.ServiceKey;

/**
 * Which instances have a DNS name of their own, by that name. Immutable; a change costs
 * the logarithm of the number of instances.
 */
final class NameHolders {

	static final NameHolders NONE = new NameHolders(HashTreePMap.empty());

	private final PMap<ServiceKey, InstanceKey> byName;

	private NameHolders(PMap<ServiceKey, InstanceKey> byName) {
		this.byName = byName;
	}

	/**
	 * Finds the instance that has a name.
	 * @param namespace the namespace that the name is in
	 * @param name the name as {@link InstanceName} has it
	 */
	@Nullable InstanceKey find(Namespace namespace, String name) {
		return this.byName.get(ServiceKey.of(namespace, name));
	}

	/**
	 * Gives an instance of a service with SRV records its name.
	 */
	NameHolders with(Namespace namespace, Service service, InstanceKey instance) {
		ServiceKey name = name(namespace, service, instance);
		return (name != null && !instance.equals(this.byName.get(name)))
				? new NameHolders(this.byName.plus(name, instance)) : this;
	}

	/**
	 * Frees the name of an instance, if it has one.
	 */
	NameHolders without(Namespace namespace, Service service, InstanceKey instance) {
		ServiceKey name = name(namespace, service, instance);
		return (name != null && instance.equals(this.byName.get(name))) ? new NameHolders(this.byName.minus(name))
				: this;
	}

	private static @Nullable ServiceKey name(Namespace namespace, Service service, InstanceKey instance) {
		return service.hasRecords(RecordType.SRV) ? ServiceKey.of(namespace, InstanceName.of(instance, service)) : null;
	}

}
