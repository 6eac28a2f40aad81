package dev.cloudmap.registry.state.model;

import java.time.Instant;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A namespace.
 *
 * @param id its id, {@code ns-...}
 * @param arn its ARN
 * @param name its name
 * @param type its type
 * @param httpName its name in DiscoverInstances, unique in the registry
 * @param description its description
 * @param vpc the VPC of a private DNS namespace
 * @param soaTtl the TTL of negative DNS responses in seconds
 * @param created the time of its creation
 * @param creatorRequestId the request id that the client chose
 * @param operationId the operation that created it
 * @param tags its tags
 */
public record Namespace(String id, String arn, String name, NamespaceType type, String httpName,
		@Nullable String description, @Nullable String vpc, long soaTtl, Instant created,
		@Nullable String creatorRequestId, String operationId, Tags tags) {

	/**
	 * Returns the account that owns the namespace.
	 * @return the account in the ARN
	 */
	public String owner() {
		return Arns.account(this.arn);
	}

	/**
	 * Returns the name in the form in which names are compared.
	 * @return the name as in {@link NamespaceType#key}
	 */
	public String key() {
		return this.type.key(this.name);
	}

	/**
	 * Returns the id of the hosted zone of a DNS namespace.
	 * @return the id of the hosted zone
	 */
	public String hostedZoneId() {
		return "Z" + this.id.substring("ns-".length()).toUpperCase(Locale.ROOT);
	}

	/**
	 * Returns this namespace with other settings.
	 * @param newDescription the description
	 * @param newSoaTtl the TTL of negative DNS responses in seconds
	 * @return the changed namespace
	 */
	public Namespace with(@Nullable String newDescription, long newSoaTtl) {
		return new Namespace(this.id, this.arn, this.name, this.type, this.httpName, newDescription, this.vpc,
				newSoaTtl, this.created, this.creatorRequestId, this.operationId, this.tags);
	}

	/**
	 * Returns this namespace with other tags.
	 * @param newTags the tags
	 * @return the changed namespace
	 */
	public Namespace withTags(Tags newTags) {
		return new Namespace(this.id, this.arn, this.name, this.type, this.httpName, this.description, this.vpc,
				this.soaTtl, this.created, this.creatorRequestId, this.operationId, newTags);
	}

}
