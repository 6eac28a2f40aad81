package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.Map;

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
 * @param attributes its own attributes, which are none of its instances'
 * @param tags its tags
 */
public record Service(String id, String arn, String namespaceId, String name, @Nullable String description,
		@Nullable DnsSettings dns, @Nullable HealthCheck healthCheck, @Nullable CustomHealthCheck customHealth,
		Instant created, @Nullable String creatorRequestId, Map<String, String> attributes, Tags tags) {

	public Service {
		attributes = Map.copyOf(attributes);
	}

	/**
	 * Returns whether instances get DNS records of a type.
	 * @param type a type
	 * @return whether instances get records of the type
	 */
	public boolean hasRecords(RecordType type) {
		return this.dns != null && this.dns.has(type);
	}

	Service with(@Nullable String newDescription, @Nullable DnsSettings newDns, @Nullable HealthCheck newHealthCheck) {
		return new Service(this.id, this.arn, this.namespaceId, this.name, newDescription, newDns, newHealthCheck,
				this.customHealth, this.created, this.creatorRequestId, this.attributes, this.tags);
	}

	Service withAttributes(Map<String, String> newAttributes) {
		return new Service(this.id, this.arn, this.namespaceId, this.name, this.description, this.dns, this.healthCheck,
				this.customHealth, this.created, this.creatorRequestId, newAttributes, this.tags);
	}

	Service withTags(Tags newTags) {
		return new Service(this.id, this.arn, this.namespaceId, this.name, this.description, this.dns, this.healthCheck,
				this.customHealth, this.created, this.creatorRequestId, this.attributes, newTags);
	}

}
