package dev.cloudmap.discovery.registry.cloudmap;

import org.jspecify.annotations.Nullable;

/**
 * What registration may create that is not there yet.
 *
 * @param scope what may be created; never null
 * @param vpc the VPC of a namespace that is created; null creates a namespace without DNS
 */
public record CreationPolicy(Scope scope, @Nullable String vpc) {

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
