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

	public record CreateService(@Required @Is(Shape.SERVICE_NAME) String name,
			@Is(Shape.ARN) @Nullable String namespaceId, @Is(Shape.RESOURCE_ID) @Nullable String creatorRequestId,
			@Is(Shape.DESCRIPTION) @Nullable String description, @Nullable DnsConfig dnsConfig,
			@Nullable HealthCheckConfig healthCheckConfig, @Nullable HealthCheckCustomConfig healthCheckCustomConfig,
			@Is(Shape.TAGS) @Nullable List<Tag> tags, @OneOf(ServiceTypeOption.class) @Nullable String type) {
	}

	public enum ServiceTypeOption {

		HTTP

	}

	public record DnsConfig(@Is(Shape.RESOURCE_ID) @Nullable String namespaceId,
			@OneOf(RoutingPolicy.class) @Nullable String routingPolicy, @Required List<DnsRecord> dnsRecords) {
	}

	public record DnsRecord(@Required @OneOf(RecordType.class) String type,
			@Required @Is(Shape.TTL) @JsonProperty("TTL") Long ttl) {
	}

	public record HealthCheckConfig(@Required @OneOf(HealthCheck.Type.class) String type,
			@Is(Shape.RESOURCE_PATH) @Nullable String resourcePath,
			@Is(Shape.FAILURE_THRESHOLD) @Nullable Integer failureThreshold) {
	}

	public record HealthCheckCustomConfig(@Is(Shape.FAILURE_THRESHOLD) @Nullable Integer failureThreshold) {
	}

	public record GetService(@Required @Is(Shape.ARN) String id) {
	}

	public record ListServices(@Is(Shape.PAGE_TOKEN) @Nullable String nextToken,
			@Is(Shape.PAGE_SIZE) @Nullable Integer maxResults, @Nullable List<ServiceFilter> filters) {
	}

	public record ServiceFilter(@Required @OneOf(ServiceFilterName.class) String name,
			@Required @Is(Shape.NON_EMPTY) List<@Is(Shape.FILTER_VALUE) String> values,
			@OneOf(FilterCondition.class) @Nullable String condition) {
	}

	public enum ServiceFilterName {

		NAMESPACE_ID, RESOURCE_OWNER

	}

	public record UpdateService(@Required @Is(Shape.ARN) String id, @Required ServiceChange service) {
	}

	public record ServiceChange(@Is(Shape.DESCRIPTION) @Nullable String description,
			@Nullable DnsConfigChange dnsConfig, @Nullable HealthCheckConfig healthCheckConfig) {
	}

	public record DnsConfigChange(@Required List<DnsRecord> dnsRecords) {
	}

	public record DeleteService(@Required @Is(Shape.ARN) String id) {
	}

	public record GetServiceAttributes(@Required @Is(Shape.ARN) String serviceId) {
	}

	public record UpdateServiceAttributes(@Required @Is(Shape.ARN) String serviceId,
			@Required @Is(Shape.SERVICE_ATTRIBUTES) Map<@Is(Shape.SERVICE_ATTRIBUTE_KEY) String, @Is(Shape.SERVICE_ATTRIBUTE_VALUE) String> attributes) {
	}

	public record DeleteServiceAttributes(@Required @Is(Shape.ARN) String serviceId,
			@Required @Is(Shape.SERVICE_ATTRIBUTES) List<@Is(Shape.SERVICE_ATTRIBUTE_KEY) String> attributes) {
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
