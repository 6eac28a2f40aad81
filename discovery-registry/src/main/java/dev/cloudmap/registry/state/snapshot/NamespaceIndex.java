package dev.cloudmap.registry.state.snapshot;

import java.util.Collection;

import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

import dev.cloudmap.registry.state.model.Namespace;

/**
 * All namespaces by their ids and names. Immutable; a change costs the logarithm of the
 * number of namespaces.
 */
final class NamespaceIndex {

	static final NamespaceIndex NONE = new NamespaceIndex(HashTreePMap.empty(), HashTreePMap.empty(),
			HashTreePMap.empty());

	private final PMap<String, Namespace> byId;

	private final PMap<String, Namespace> byHttpName;

	/** By key and id: namespaces of the same name differ in VPC or type. */
	private final PMap<String, PMap<String, Namespace>> byKey;

	private NamespaceIndex(PMap<String, Namespace> byId, PMap<String, Namespace> byHttpName,
			PMap<String, PMap<String, Namespace>> byKey) {
		this.byId = byId;
		this.byHttpName = byHttpName;
		this.byKey = byKey;
	}

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
	 * Returns the namespaces with a name, in no particular order.
	 * @param key the name as in {@link Namespace#key()}
	 */
	Collection<Namespace> named(String key) {
		return sameKey(key).values();
	}

	/**
	 * Adds a namespace, or replaces the namespace with its id.
	 */
	NamespaceIndex with(Namespace namespace) {
		String key = namespace.key();
		return new NamespaceIndex(this.byId.plus(namespace.id(), namespace),
				this.byHttpName.plus(namespace.httpName(), namespace),
				this.byKey.plus(key, sameKey(key).plus(namespace.id(), namespace)));
	}

	NamespaceIndex without(Namespace namespace) {
		String key = namespace.key();
		PMap<String, Namespace> others = sameKey(key).minus(namespace.id());
		return new NamespaceIndex(this.byId.minus(namespace.id()), this.byHttpName.minus(namespace.httpName()),
				others.isEmpty() ? this.byKey.minus(key) : this.byKey.plus(key, others));
	}

	private PMap<String, Namespace> sameKey(String key) {
		PMap<String, Namespace> same = this.byKey.get(key);
		return (same != null) ? same : HashTreePMap.empty();
	}

}
