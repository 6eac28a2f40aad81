package dev.cloudmap.registry.state;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A service.
 *
 * @param id its id, {@code srv-...}
 * @param arn its ARN
 * @param namespaceId the namespace it belongs to
 * @param name its name as it was given
 * @param description what its creator wrote about it
 * @param dns its DNS records; none when it is found through the API only
 * @param healthCheck a check over the network, if it has one
 * @param customHealth present when instances report their own health
 * @param created when it was created
 * @param creatorRequestId the creator's own id of the request
 */
public record Service(String id, String arn, String namespaceId, String name, @Nullable String description,
		@Nullable DnsSettings dns, @Nullable HealthCheck healthCheck, @Nullable CustomHealthCheck customHealth,
		Instant created, @Nullable String creatorRequestId) {

	/**
	 * Returns whether instances get DNS records of a type.
	 * @param type a type
	 * @return whether instances get records of the type
	 */
	public boolean hasRecords(RecordType type) {
		return this.dns != null && this.dns.has(type);
	}

}
