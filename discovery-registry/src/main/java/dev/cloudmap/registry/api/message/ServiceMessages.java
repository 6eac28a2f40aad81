package dev.cloudmap.registry.api.message;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.message.TagMessages.Tag;
import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;

/**
 * The requests and responses on services.
 */
public final class ServiceMessages {

	private ServiceMessages() {
	}

	public record CreateService(@Required @Matches(Patterns.SERVICE_NAME) String name,
			@Length(max = Patterns.MAX_ARN) @Nullable String namespaceId,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description, @Nullable DnsConfig dnsConfig,
			@Nullable HealthCheckConfig healthCheckConfig, @Nullable HealthCheckCustomConfig healthCheckCustomConfig,
			@Length(max = Patterns.MAX_TAGS) @Nullable List<Tag> tags,
			@OneOf(ServiceTypeOption.class) @Nullable String type) {
	}

	public enum ServiceTypeOption {

		HTTP

	}

	public record DnsConfig(@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String namespaceId,
			@OneOf(RoutingPolicy.class) @Nullable String routingPolicy, @Required List<DnsRecord> dnsRecords) {
	}

	public record DnsRecord(@Required @OneOf(RecordType.class) String type,
			@Required @Range(min = 0, max = Integer.MAX_VALUE) @JsonProperty("TTL") Long ttl) {
	}

	public record HealthCheckConfig(@Required @OneOf(HealthCheck.Type.class) String type,
			@Length(max = Patterns.MAX_RESOURCE_PATH) @Nullable String resourcePath,
			@Range(min = 1, max = Patterns.MAX_FAILURE_THRESHOLD) @Nullable Integer failureThreshold) {
	}

	public record HealthCheckCustomConfig(
			@Range(min = 1, max = Patterns.MAX_FAILURE_THRESHOLD) @Nullable Integer failureThreshold) {
	}

	public record GetService(@Required @Length(max = Patterns.MAX_ARN) String id) {
	}

	public record ListServices(@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults,
			@Nullable List<ServiceFilter> filters) {
	}

	public record ServiceFilter(@Required @OneOf(ServiceFilterName.class) String name,
			@Required @Length(min = 1) List<@Length(min = 1, max = Patterns.MAX_FILTER_VALUE) String> values,
			@OneOf(FilterCondition.class) @Nullable String condition) {
	}

	public enum ServiceFilterName {

		NAMESPACE_ID, RESOURCE_OWNER

	}

	public record UpdateService(@Required @Length(max = Patterns.MAX_ARN) String id, @Required ServiceChange service) {
	}

	public record ServiceChange(@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Nullable DnsConfigChange dnsConfig, @Nullable HealthCheckConfig healthCheckConfig) {
	}

	public record DnsConfigChange(@Required List<DnsRecord> dnsRecords) {
	}

	public record DeleteService(@Required @Length(max = Patterns.MAX_ARN) String id) {
	}

	public record GetServiceAttributes(@Required @Length(max = Patterns.MAX_ARN) String serviceId) {
	}

	public record UpdateServiceAttributes(@Required @Length(max = Patterns.MAX_ARN) String serviceId, @Required @Length(
			min = 1,
			max = Patterns.MAX_SERVICE_ATTRIBUTES) Map<@Length(max = Patterns.MAX_ATTRIBUTE_KEY) String, @Length(
					max = Patterns.MAX_ATTRIBUTE_VALUE) String> attributes) {
	}

	public record DeleteServiceAttributes(@Required @Length(max = Patterns.MAX_ARN) String serviceId, @Required @Length(
			min = 1,
			max = Patterns.MAX_SERVICE_ATTRIBUTES) List<@Length(max = Patterns.MAX_ATTRIBUTE_KEY) String> attributes) {
	}

	public record ServiceAttributesAnswer(ServiceAttributes serviceAttributes) {
	}

	public record ServiceAttributes(String serviceArn, String resourceOwner, Map<String, String> attributes) {
	}

	public record ServiceAnswer(ServiceDetail service) {
	}

	public record ServicePage(List<ServiceDetail> services, @Nullable String nextToken) {
	}

	public record ServiceDetail(String id, String arn, String resourceOwner, String name, @Nullable String namespaceId,
			@Nullable String description, int instanceCount, @Nullable DnsConfig dnsConfig, String type,
			@Nullable HealthCheckConfig healthCheckConfig, @Nullable HealthCheckCustomConfig healthCheckCustomConfig,
			Instant createDate, @Nullable String creatorRequestId, String createdByAccount) {
	}

}
