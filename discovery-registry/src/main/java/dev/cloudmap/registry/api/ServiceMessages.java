package dev.cloudmap.registry.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.api.TagMessages.Tag;
import dev.cloudmap.registry.state.HealthCheck;
import dev.cloudmap.registry.state.RecordType;
import dev.cloudmap.registry.state.RoutingPolicy;

/**
 * What is said about services.
 */
final class ServiceMessages {

	private ServiceMessages() {
	}

	record CreateService(@Required @Matches(Patterns.SERVICE_NAME) String name,
			@Length(max = Patterns.MAX_ARN) @Nullable String namespaceId,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description, @Nullable DnsConfig dnsConfig,
			@Nullable HealthCheckConfig healthCheckConfig, @Nullable HealthCheckCustomConfig healthCheckCustomConfig,
			@Length(max = Patterns.MAX_TAGS) @Nullable List<Tag> tags,
			@OneOf(ServiceTypeOption.class) @Nullable String type) {
	}

	enum ServiceTypeOption {

		HTTP

	}

	record DnsConfig(@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String namespaceId,
			@OneOf(RoutingPolicy.class) @Nullable String routingPolicy, @Required List<DnsRecord> dnsRecords) {
	}

	record DnsRecord(@Required @OneOf(RecordType.class) String type,
			@Required @Range(min = 0, max = Integer.MAX_VALUE) @JsonProperty("TTL") Long ttl) {
	}

	record HealthCheckConfig(@Required @OneOf(HealthCheck.Type.class) String type,
			@Length(max = Patterns.MAX_RESOURCE_PATH) @Nullable String resourcePath,
			@Range(min = 1, max = Patterns.MAX_FAILURE_THRESHOLD) @Nullable Integer failureThreshold) {
	}

	record HealthCheckCustomConfig(
			@Range(min = 1, max = Patterns.MAX_FAILURE_THRESHOLD) @Nullable Integer failureThreshold) {
	}

	record GetService(@Required @Length(max = Patterns.MAX_ARN) String id) {
	}

	record ListServices(@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults,
			@Nullable List<ServiceFilter> filters) {
	}

	record ServiceFilter(@Required @OneOf(ServiceFilterName.class) String name,
			@Required @Length(min = 1) List<@Length(min = 1, max = Patterns.MAX_FILTER_VALUE) String> values,
			@OneOf(Filters.Condition.class) @Nullable String condition) {
	}

	enum ServiceFilterName {

		NAMESPACE_ID, RESOURCE_OWNER

	}

	record UpdateService(@Required @Length(max = Patterns.MAX_ARN) String id, @Required ServiceChange service) {
	}

	record ServiceChange(@Length(max = Patterns.MAX_DESCRIPTION) @Nullable String description,
			@Nullable DnsConfigChange dnsConfig, @Nullable HealthCheckConfig healthCheckConfig) {
	}

	record DnsConfigChange(@Required List<DnsRecord> dnsRecords) {
	}

	record DeleteService(@Required @Length(max = Patterns.MAX_ARN) String id) {
	}

	record GetServiceAttributes(@Required @Length(max = Patterns.MAX_ARN) String serviceId) {
	}

	record UpdateServiceAttributes(@Required @Length(max = Patterns.MAX_ARN) String serviceId, @Required @Length(
			min = 1,
			max = Patterns.MAX_SERVICE_ATTRIBUTES) Map<@Length(max = Patterns.MAX_ATTRIBUTE_KEY) String, @Length(
					max = Patterns.MAX_ATTRIBUTE_VALUE) String> attributes) {
	}

	record DeleteServiceAttributes(@Required @Length(max = Patterns.MAX_ARN) String serviceId, @Required @Length(
			min = 1,
			max = Patterns.MAX_SERVICE_ATTRIBUTES) List<@Length(max = Patterns.MAX_ATTRIBUTE_KEY) String> attributes) {
	}

	record ServiceAttributesAnswer(ServiceAttributes serviceAttributes) {
	}

	record ServiceAttributes(String serviceArn, String resourceOwner, Map<String, String> attributes) {
	}

	record ServiceAnswer(ServiceDetail service) {
	}

	record ServicePage(List<ServiceDetail> services, @Nullable String nextToken) {
	}

	record ServiceDetail(String id, String arn, String resourceOwner, String name, @Nullable String namespaceId,
			@Nullable String description, int instanceCount, @Nullable DnsConfig dnsConfig, String type,
			@Nullable HealthCheckConfig healthCheckConfig, @Nullable HealthCheckCustomConfig healthCheckCustomConfig,
			Instant createDate, @Nullable String creatorRequestId, String createdByAccount) {
	}

}
