package dev.cloudmap.registry.state.model;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A service.
 *
 * @param id its id, {@code srv-...}
 * @param arn its ARN
 * @param namespaceId the id of its namespace
 * @param name its name
 * @param description its description
 * @param dns its DNS records; null for lookups through the API only
 * @param healthCheck its Route 53 health check, or null
 * @param customHealth its custom health check, or null
 * @param created the time of its creation
 * @param creatorRequestId the request id that the client chose
 * @param attributes the attributes of the service
 * @param tags its tags
 */
public record Service(String id, String arn, String namespaceId, String name, @Nullable String description,
		@Nullable DnsRecordSettings dns, @Nullable HealthCheck healthCheck, @Nullable CustomHealthCheck customHealth,
		Instant created, @Nullable String creatorRequestId, Map<String, String> attributes, Tags tags) {

	public Service {
		attributes = Map.copyOf(attributes);
	}

	/**
	 * Returns the account that owns the namespace of the service.
	 * @return the account in the ARN
	 */
	public String owner() {
		return Arns.account(this.arn);
	}

	/**
	 * Returns whether instances have DNS records of a type.
	 * @param type a type
	 * @return whether instances have records of the type
	 */
	public boolean hasRecords(RecordType type) {
		return this.dns != null && this.dns.has(type);
	}

	/**
	 * Returns this service with other settings.
	 * @param newDescription the description
	 * @param newDns the DNS records
	 * @param newHealthCheck the Route 53 health check
	 * @return the changed service
	 */
	public Service with(@Nullable String newDescription, @Nullable DnsRecordSettings newDns,
			@Nullable HealthCheck newHealthCheck) {
		return new Service(this.id, this.arn, this.namespaceId, this.name, newDescription, newDns, newHealthCheck,
				this.customHealth, this.created, this.creatorRequestId, this.attributes, this.tags);
	}

	/**
	 * Returns this service with other attributes.
	 * @param newAttributes the attributes
	 * @return the changed service
	 */
	public Service withAttributes(Map<String, String> newAttributes) {
		return new Service(this.id, this.arn, this.namespaceId, this.name, this.description, this.dns, this.healthCheck,
				this.customHealth, this.created, this.creatorRequestId, newAttributes, this.tags);
	}

	/**
	 * Returns this service with other tags.
	 * @param newTags the tags
	 * @return the changed service
	 */
	public Service withTags(Tags newTags) {
		return new Service(this.id, this.arn, this.namespaceId, this.name, this.description, this.dns, this.healthCheck,
				this.customHealth, this.created, this.creatorRequestId, this.attributes, newTags);
	}

}
