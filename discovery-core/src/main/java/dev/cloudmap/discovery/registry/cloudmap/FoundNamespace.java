package dev.cloudmap.discovery.registry.cloudmap;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.servicediscovery.model.HttpProperties;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceProperties;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;

/**
 * A namespace in Cloud Map, and how requests refer to it. A namespace of another account
 * needs its ARN and {@code OwnerAccount} (Cloud Map Developer Guide, "Shared AWS Cloud
 * Map namespaces"). Immutable.
 *
 * @param summary the namespace
 * @param owner the account that owns the namespace, if requests use its ARN; null if they
 * use its id
 */
record FoundNamespace(NamespaceSummary summary, @Nullable String owner) {

	/**
	 * Returns the id or the ARN.
	 */
	String reference() {
		return (this.owner != null) ? this.summary.arn() : this.summary.id();
	}

	/**
	 * Returns the HTTP name of a namespace; its plain name if it has none.
	 */
	static String httpName(NamespaceSummary namespace) {
		return Optional.ofNullable(namespace.properties())
			.map(NamespaceProperties::httpProperties)
			.map(HttpProperties::httpName)
			.orElse(namespace.name());
	}

	/**
	 * Returns the namespace in requests that discover instances.
	 */
	DiscoveryTarget target() {
		return new DiscoveryTarget(httpName(this.summary), this.owner);
	}

	/**
	 * Returns what to do if Cloud Map lists the namespace but does not find it.
	 */
	String advice() {
		return (this.owner != null)
				? "Let the account " + this.owner + " share the namespace " + this.summary.arn()
						+ " with this account by AWS RAM, and accept the share in this account"
				: "If another AWS account shares the namespace with this account, set discovery.cloud-map.namespace-ids to "
						+ ((this.summary.arn() != null) ? this.summary.arn() : "its ARN");
	}

	/**
	 * The namespace in requests that discover instances.
	 *
	 * @param namespaceName the HTTP name
	 * @param owner the account that owns the namespace; null for the caller's
	 */
	record DiscoveryTarget(String namespaceName, @Nullable String owner) {
	}

}
