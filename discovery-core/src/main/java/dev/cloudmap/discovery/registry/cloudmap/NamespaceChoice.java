package dev.cloudmap.discovery.registry.cloudmap;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * Selects one of several namespaces of the same name. Immutable.
 *
 * @param ids the ids or ARNs of namespaces; they take precedence over {@code vpc}. A
 * namespace of another account needs its ARN
 * @param vpc the VPC of the private DNS namespace; null for any VPC
 * @param strictness how {@code vpc} applies to the only namespace of a name
 */
public record NamespaceChoice(List<String> ids, @Nullable String vpc, Strictness strictness) {

	private static final String ARN_PREFIX = "arn:";

	private static final Pattern ARN = Pattern
		.compile("arn:[a-z0-9-]+:servicediscovery:[a-z0-9-]+:(\\d{12}):namespace/[^/:]+");

	/**
	 * Defines how a VPC applies to the only private DNS namespace of a name.
	 */
	public enum Strictness {

		/** The namespace is not used if it is in another VPC. */
		REQUIRED,

		/** The namespace is used, whatever its VPC is. */
		PREFERRED

	}

	/**
	 * Checks the ARNs.
	 * @throws DiscoveryException if an id is an ARN, but not that of a namespace
	 */
	public NamespaceChoice {
		ids = List.copyOf(ids);
		for (String id : ids) {
			if (id.startsWith(ARN_PREFIX) && !ARN.matcher(id).matches()) {
				throw new DiscoveryException(
						"An entry of discovery.cloud-map.namespace-ids is not the ARN of a namespace: expected"
								+ " arn:aws:servicediscovery:<region>:<account of 12 digits>:namespace/<id>, found "
								+ id,
						"Set discovery.cloud-map.namespace-ids to the Arn that 'aws servicediscovery list-namespaces'"
								+ " shows",
						null);
			}
		}
	}

	/**
	 * Returns whether the ids select a namespace.
	 */
	boolean selects(NamespaceSummary namespace) {
		return this.ids.contains(namespace.id()) || selectsByArn(namespace);
	}

	private boolean selectsByArn(NamespaceSummary namespace) {
		return namespace.arn() != null && this.ids.contains(namespace.arn());
	}

	/**
	 * Returns the account that owns a namespace which is selected by its ARN, or null if
	 * the namespace is not selected by its ARN.
	 */
	@Nullable String ownerOf(NamespaceSummary namespace) {
		if (!selectsByArn(namespace)) {
			return null;
		}
		return (namespace.resourceOwner() != null) ? namespace.resourceOwner() : account(namespace.arn());
	}

	/**
	 * Returns the account that owns all selected namespaces, or null if it is unknown.
	 */
	@Nullable String onlyOwner() {
		Set<String> accounts = this.ids.stream().map(NamespaceChoice::account).collect(Collectors.toSet());
		return (accounts.size() == 1 && selectsArns()) ? accounts.iterator().next() : null;
	}

	/**
	 * Returns whether a missing namespace may be one of another account, so that none is
	 * created instead of it.
	 */
	boolean mayBeShared() {
		return this.strictness == Strictness.REQUIRED && selectsArns();
	}

	private boolean selectsArns() {
		return this.ids.stream().anyMatch((id) -> id.startsWith(ARN_PREFIX));
	}

	/** Returns the account in an ARN; an empty text for an id. */
	private static String account(String id) {
		Matcher arn = ARN.matcher(id);
		return arn.matches() ? arn.group(1) : "";
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
