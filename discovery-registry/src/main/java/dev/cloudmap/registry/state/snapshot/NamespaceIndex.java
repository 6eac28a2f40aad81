package dev.cloudmap.registry.state.snapshot;

import java.util.Collection;

import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

import dev.cloudmap.registry.state.model.Namespace;

/**
 * All namespaces by their ids and HTTP names. Immutable; a change costs the logarithm of
 * the number of namespaces.
 */
final class NamespaceIndex {

	static final NamespaceIndex NONE = new NamespaceIndex(HashTreePMap.empty(), HashTreePMap.empty());

	private final PMap<String, Namespace> byId;

	private final PMap<String, Namespace> byHttpName;

	private NamespaceIndex(PMap<String, Namespace> byId, PMap<String, Namespace> byHttpName) {
		this.byId = byId;
		this.byHttpName = byHttpName;
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
	 * Adds a namespace, or replaces the namespace with its id.
	 */
	NamespaceIndex with(Namespace namespace) {
		return new NamespaceIndex(this.byId.plus(namespace.id(), namespace),
				this.byHttpName.plus(namespace.httpName(), namespace));
	}

	NamespaceIndex without(Namespace namespace) {
		return new NamespaceIndex(this.byId.minus(namespace.id()), this.byHttpName.minus(namespace.httpName()));
	}

}
