package dev.cloudmap.discovery.registry.cloudmap;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Which of several namespaces of the same name is used.
 *
 * @param ids the ids or ARNs of namespaces, which come first; immutable
 * @param vpc the VPC of the private DNS namespace; null if it does not matter
 * @param strictness what {@code vpc} means for a namespace that is the only one of its
 * name
 */
public record NamespaceChoice(List<String> ids, @Nullable String vpc, Strictness strictness) {

	/**
	 * What a VPC means for a private DNS namespace that is the only one of its name.
	 */
	public enum Strictness {

		/** It is used only if it is known not to be in another VPC. */
		REQUIRED,

		/** It is used. */
		PREFERRED

	}

	public NamespaceChoice {
		ids = List.copyOf(ids);
	}

	/**
	 * Whether something chooses.
	 */
	boolean isMade() {
		return !this.ids.isEmpty() || this.vpc != null;
	}

	/**
	 * Whether a namespace other than the chosen one must not be used.
	 */
	boolean isBinding() {
		return isMade() && this.strictness == Strictness.REQUIRED;
	}

}
