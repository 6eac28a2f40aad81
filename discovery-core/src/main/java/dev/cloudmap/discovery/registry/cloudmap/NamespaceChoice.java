package dev.cloudmap.discovery.registry.cloudmap;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Selects one of several namespaces of the same name. Immutable.
 *
 * @param ids the ids or ARNs of namespaces; they take precedence over {@code vpc}
 * @param vpc the VPC of the private DNS namespace; null for any VPC
 * @param strictness how {@code vpc} applies to the only namespace of a name
 */
public record NamespaceChoice(List<String> ids, @Nullable String vpc, Strictness strictness) {

	/**
	 * Defines how a VPC applies to the only private DNS namespace of a name.
	 */
	public enum Strictness {

		/** The namespace is not used if it is in another VPC. */
		REQUIRED,

		/** The namespace is used, whatever its VPC is. */
		PREFERRED

	}

	public NamespaceChoice {
		ids = List.copyOf(ids);
	}

	/**
	 * Returns whether ids or a VPC are configured.
	 */
	boolean isMade() {
		return !this.ids.isEmpty() || this.vpc != null;
	}

	/**
	 * Returns whether only the selected namespace may be used.
	 */
	boolean isBinding() {
		return isMade() && this.strictness == Strictness.REQUIRED;
	}

}
