package dev.cloudmap.discovery.registry.cloudmap;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;

/**
 * What registration may create that is not there yet, and what counts as being there.
 *
 * @param scope what may be created
 * @param vpc the VPC of a namespace that is created; null creates a namespace without DNS
 * @param choice which of several namespaces of the same name is used
 */
public record CreationPolicy(Scope scope, @Nullable String vpc, NamespaceChoice choice) {

	/**
	 * A policy by which namespaces in other VPCs do not count.
	 */
	public CreationPolicy(Scope scope, @Nullable String vpc) {
		this(scope, vpc, new NamespaceChoice(List.of(), vpc, Strictness.REQUIRED));
	}

	/**
	 * How far creation may go.
	 */
	public enum Scope {

		/** Nothing: service and namespace must exist. */
		NONE,

		/** Services, in a namespace that exists. */
		SERVICES,

		/** Namespaces too. */
		NAMESPACES

	}

	boolean allowsServices() {
		return this.scope != Scope.NONE;
	}

	boolean allowsNamespaces() {
		return this.scope == Scope.NAMESPACES;
	}

}
