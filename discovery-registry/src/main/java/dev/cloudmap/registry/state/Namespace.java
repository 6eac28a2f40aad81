package dev.cloudmap.registry.state;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A namespace.
 *
 * @param id its id, {@code ns-...}
 * @param arn its ARN
 * @param name its name as it was given
 * @param type how its services are found
 * @param httpName the name that DiscoverInstances takes, unique among all namespaces
 * @param description what its creator wrote about it
 * @param vpc the VPC of a private DNS namespace
 * @param soaTtl seconds for which DNS clients may remember that a name does not exist
 * @param created when it was created
 * @param creatorRequestId the creator's own id of the request
 * @param operationId the operation that created it
 * @param tags its tags
 */
public record Namespace(String id, String arn, String name, NamespaceType type, String httpName,
		@Nullable String description, @Nullable String vpc, long soaTtl, Instant created,
		@Nullable String creatorRequestId, String operationId, Tags tags) {

	/**
	 * Returns the name by which this namespace is unique.
	 * @return the name by which this namespace is unique
	 */
	public String key() {
		return this.type.key(this.name);
	}

	Namespace with(@Nullable String newDescription, long newSoaTtl) {
		return new Namespace(this.id, this.arn, this.name, this.type, this.httpName, newDescription, this.vpc,
				newSoaTtl, this.created, this.creatorRequestId, this.operationId, this.tags);
	}

	Namespace withTags(Tags newTags) {
		return new Namespace(this.id, this.arn, this.name, this.type, this.httpName, this.description, this.vpc,
				this.soaTtl, this.created, this.creatorRequestId, this.operationId, newTags);
	}

}
