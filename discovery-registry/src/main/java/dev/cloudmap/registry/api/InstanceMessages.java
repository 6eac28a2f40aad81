package dev.cloudmap.registry.api;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What is said about instances, their discovery and operations.
 */
final class InstanceMessages {

	private InstanceMessages() {
	}

	record RegisterInstance(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) @Matches(Patterns.INSTANCE_ID) String instanceId,
			@Length(max = Patterns.MAX_RESOURCE_ID) @Nullable String creatorRequestId,
			@Required Map<@Length(max = Patterns.MAX_ATTRIBUTE_KEY) @Matches(Patterns.ATTRIBUTE_KEY) String, @Length(
					max = Patterns.MAX_ATTRIBUTE_VALUE) @Matches(Patterns.ATTRIBUTE_VALUE) String> attributes) {
	}

	record DeregisterInstance(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) String instanceId) {
	}

	record GetInstance(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) String instanceId) {
	}

	record ListInstances(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults) {
	}

	record UpdateInstanceCustomHealthStatus(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Required @Length(max = Patterns.MAX_RESOURCE_ID) String instanceId,
			@Required @OneOf(CustomHealthStatus.class) String status) {
	}

	enum CustomHealthStatus {

		HEALTHY, UNHEALTHY

	}

	record DiscoverInstances(
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

	enum HealthStatusFilter {

		HEALTHY, UNHEALTHY, ALL, HEALTHY_OR_ELSE_ALL

	}

	record DiscoverInstancesRevision(
			@Required @Length(max = Patterns.MAX_NAMESPACE_NAME) @Matches(Patterns.NAMESPACE_NAME) String namespaceName,
			@Required @Matches(Patterns.SERVICE_NAME) String serviceName,
			@Length(min = Patterns.ACCOUNT_LENGTH, max = Patterns.ACCOUNT_LENGTH) @Nullable String ownerAccount) {
	}

	record GetInstancesHealthStatus(@Required @Length(max = Patterns.MAX_ARN) String serviceId,
			@Length(min = 1) @Nullable List<@Length(max = Patterns.MAX_RESOURCE_ID) String> instances,
			@Range(min = 1, max = Patterns.MAX_PAGE) @Nullable Integer maxResults,
			@Length(max = Patterns.MAX_TOKEN) @Nullable String nextToken) {
	}

	record InstanceAnswer(String resourceOwner, InstanceDetail instance) {
	}

	record InstancePage(String resourceOwner, List<InstanceDetail> instances, @Nullable String nextToken) {
	}

	record InstanceDetail(String id, @Nullable String creatorRequestId, Map<String, String> attributes,
			String createdByAccount) {
	}

	record Discovered(List<DiscoveredInstance> instances, long instancesRevision) {
	}

	record DiscoveredInstance(String instanceId, String namespaceName, String serviceName, String healthStatus,
			Map<String, String> attributes) {
	}

	record Revision(long instancesRevision) {
	}

	record HealthStatusPage(Map<String, String> status, @Nullable String nextToken) {
	}

}
