package dev.cloudmap.discovery.registry.cloudmap;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;

/**
 * Defines which missing resources registration creates, and which namespaces count as
 * existing.
 *
 * @param scope the resources that registration may create
 * @param vpc the VPC of a created namespace; null creates a namespace without DNS
 * @param choice selects one of several namespaces of the same name
 */
public record CreationPolicy(Scope scope, @Nullable String vpc, NamespaceChoice choice) {

	/**
	 * Creates a policy that ignores namespaces in other VPCs.
	 */
	public CreationPolicy(Scope scope, @Nullable String vpc) {
		this(scope, vpc, new NamespaceChoice(List.of(), vpc, Strictness.REQUIRED));
	}

	/**
	 * The resources that registration may create.
	 */
	public enum Scope {

		/** Nothing. The service and its namespace must exist. */
		NONE,

		/** Services in an existing namespace. */
		SERVICES,

		/** Services and namespaces. */
		NAMESPACES

	}

	boolean allowsServices() {
		return this.scope != Scope.NONE;
	}

	boolean allowsNamespaces() {
		return this.scope == Scope.NAMESPACES;
	}

}
