package dev.cloudmap.registry.state;

import java.util.Collection;

import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * All namespaces, by their ids and names. Immutable; a change costs the logarithm of the
 * number of namespaces.
 */
final class Namespaces {

	static final Namespaces NONE = new Namespaces(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());

	private final PMap<String, Namespace> byId;

	private final PMap<String, Namespace> byHttpName;

	/** By key and id: namespaces of one name differ in their VPC or type. */
	private final PMap<String, PMap<String, Namespace>> byKey;

	private Namespaces(PMap<String, Namespace> byId, PMap<String, Namespace> byHttpName,
			PMap<String, PMap<String, Namespace>> byKey) {
		this.byId = byId;
		this.byHttpName = byHttpName;
		this.byKey = byKey;
	}

	/**
	 * Returns all namespaces, in no particular order.
	 */
	Collection<Namespace> all() {
		return this.byId.values();
	}

	@Nullable Namespace find(String id) {
		return this.byId.get(id);
	}

	@Nullable Namespace findByHttpName(String httpName) {
		return this.byHttpName.get(httpName);
	}

	/**
	 * Returns the namespaces of one name.
	 * @param key the name as {@link Namespace#key()} returns it
	 * @return the namespaces, in no particular order
	 */
	Collection<Namespace> named(String key) {
		return sameKey(key).values();
	}

	/**
	 * Adds a namespace, or replaces the one that has its id.
	 */
	Namespaces with(Namespace namespace) {
		String key = namespace.key();
		return new Namespaces(this.byId.plus(namespace.id(), namespace),
				this.byHttpName.plus(namespace.httpName(), namespace),
				this.byKey.plus(key, sameKey(key).plus(namespace.id(), namespace)));
	}

	Namespaces without(Namespace namespace) {
		String key = namespace.key();
		PMap<String, Namespace> others = sameKey(key).minus(namespace.id());
		return new Namespaces(this.byId.minus(namespace.id()), this.byHttpName.minus(namespace.httpName()),
				others.isEmpty() ? this.byKey.minus(key) : this.byKey.plus(key, others));
	}

	private PMap<String, Namespace> sameKey(String key) {
		PMap<String, Namespace> same = this.byKey.get(key);
		return (same != null) ? same : HashTreePMap.empty();
	}

}
