package dev.cloudmap.registry.api.message;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The requests and responses on instances and discovery.
 */
public final class InstanceMessages {

	private InstanceMessages() {
	}

	public record RegisterInstance(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) @Matches(Patterns.INSTANCE_ID) String instanceId,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Required Map<@Length(max = Patterns.MAX_ATTRIBUTE_KEY) @Matches(Patterns.ATTRIBUTE_KEY) String, @Length(
					max = Patterns.MAX_ATTRIBUTE_VALUE) @Matches(Patterns.ATTRIBUTE_VALUE) String> attributes) {
	}

	public record DeregisterInstance(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) String instanceId) {
	}

	public record GetInstance(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) String instanceId) {
	}

	public record ListInstances(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults) {
	}

	public record UpdateInstanceCustomHealthStatus(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) String instanceId,
			@Required @OneOf(CustomHealthStatus.class) String status) {
	}

	public enum CustomHealthStatus {

		HEALTHY, UNHEALTHY

	}

	public record DiscoverInstances(
			@Required @Length(max = Patterns.MAX_NAMESPACE_NAME) @Matches(Patterns.NAMESPACE_NAME) String namespaceName,
			@Required @Matches(Patterns.SERVICE_NAME) String serviceName,
			@Range(min = 1, max = Patterns.MAX_DISCOVERED) @Nullable Integer maxResults,
			@Nullable Map<@Length(max = Patterns.MAX_ATTRIBUTE_KEY) @Matches(Patterns.ATTRIBUTE_KEY) String, @Length(
					max = Patterns.MAX_ATTRIBUTE_VALUE) @Matches(Patterns.ATTRIBUTE_VALUE) String> queryParameters,
			@Nullable Map<@Length(max = Patterns.MAX_ATTRIBUTE_KEY) @Matches(Patterns.ATTRIBUTE_KEY) String, @Length(
					max = Patterns.MAX_ATTRIBUTE_VALUE) @Matches(Patterns.ATTRIBUTE_VALUE) String> optionalParameters,
			@OneOf(HealthStatusFilter.class) @Nullable String healthStatus,
			@Length(min = Patterns.ACCOUNT_LENGTH, max = Patterns.ACCOUNT_LENGTH) @Nullable String ownerAccount) {
	}

	public enum HealthStatusFilter {

		HEALTHY, UNHEALTHY, ALL, HEALTHY_OR_ELSE_ALL

	}

	public record DiscoverInstancesRevision(
			@Required @Length(max = Patterns.MAX_NAMESPACE_NAME) @Matches(Patterns.NAMESPACE_NAME) String namespaceName,
			@Required @Matches(Patterns.SERVICE_NAME) String serviceName,
			@Length(min = Patterns.ACCOUNT_LENGTH, max = Patterns.ACCOUNT_LENGTH) @Nullable String ownerAccount) {
	}

	public record GetInstancesHealthStatus(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Length(min = 1) @Nullable List<@Length(max = Patterns.MAX_RESOURCE_ID) String> instances,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults,
			@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken) {
	}

	public record InstanceAnswer(String resourceOwner, InstanceDetail instance) {
	}

	public record InstancePage(String resourceOwner, List<InstanceDetail> instances, @Nullable String nextToken) {
	}

	public record InstanceDetail(String id, @Nullable String creatorRequestId, Map<String, String> attributes,
			String createdByAccount) {
	}

	public record Discovered(List<DiscoveredInstance> instances, long instancesRevision) {
	}

	public record DiscoveredInstance(String instanceId, String namespaceName, String serviceName, String healthStatus,
			Map<String, String> attributes) {
	}

	public record Revision(long instancesRevision) {
	}

	public record HealthStatusPage(Map<String, String> status, @Nullable String nextToken) {
	}

}
