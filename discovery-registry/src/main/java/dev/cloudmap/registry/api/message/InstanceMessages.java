package dev.cloudmap.registry.api.message;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.SerializedString;

/**
 * The requests and responses on instances and discovery.
 */
public final class InstanceMessages {

	private InstanceMessages() {
	}

	public record RegisterInstance(@Required @Is(Shape.ARN) String serviceId,
			@Required @Is(Shape.INSTANCE_ID) String instanceId,
			@Is(Shape.RESOURCE_ID) @Nullable String creatorRequestId,
			@Required Map<@Is(Shape.ATTRIBUTE_KEY) String, @Is(Shape.ATTRIBUTE_VALUE) String> attributes) {
	}

	public record DeregisterInstance(@Required @Is(Shape.ARN) String serviceId,
			@Required @Is(Shape.RESOURCE_ID) String instanceId) {
	}

	public record GetInstance(@Required @Is(Shape.ARN) String serviceId,
			@Required @Is(Shape.RESOURCE_ID) String instanceId) {
	}

	public record ListInstances(@Required @Is(Shape.ARN) String serviceId,
			@Is(Shape.PAGE_TOKEN) @Nullable String nextToken, @Is(Shape.PAGE_SIZE) @Nullable Integer maxResults) {
	}

	public record UpdateInstanceCustomHealthStatus(@Required @Is(Shape.ARN) String serviceId,
			@Required @Is(Shape.RESOURCE_ID) String instanceId,
			@Required @OneOf(CustomHealthStatus.class) String status) {
	}

	public enum CustomHealthStatus {

		HEALTHY, UNHEALTHY

	}

	public record DiscoverInstances(@Required @Is(Shape.NAMESPACE_NAME) String namespaceName,
			@Required @Is(Shape.SERVICE_NAME) String serviceName,
			@Is(Shape.DISCOVERED_INSTANCES) @Nullable Integer maxResults,
			@Nullable Map<@Is(Shape.ATTRIBUTE_KEY) String, @Is(Shape.ATTRIBUTE_VALUE) String> queryParameters,
			@Nullable Map<@Is(Shape.ATTRIBUTE_KEY) String, @Is(Shape.ATTRIBUTE_VALUE) String> optionalParameters,
			@OneOf(HealthStatusFilter.class) @Nullable String healthStatus,
			@Is(Shape.ACCOUNT) @Nullable String ownerAccount) {
	}

	public enum HealthStatusFilter {

		HEALTHY, UNHEALTHY, ALL, HEALTHY_OR_ELSE_ALL

	}

	public record DiscoverInstancesRevision(@Required @Is(Shape.NAMESPACE_NAME) String namespaceName,
			@Required @Is(Shape.SERVICE_NAME) String serviceName, @Is(Shape.ACCOUNT) @Nullable String ownerAccount) {
	}

	public record GetInstancesHealthStatus(@Required @Is(Shape.ARN) String serviceId,
			@Is(Shape.NON_EMPTY) @Nullable List<@Is(Shape.RESOURCE_ID) String> instances,
			@Is(Shape.PAGE_SIZE) @Nullable Integer maxResults, @Is(Shape.PAGE_TOKEN) @Nullable String nextToken) {
	}

	public record InstanceAnswer(String resourceOwner, InstanceDetail instance) {
	}

	public record InstancePage(String resourceOwner, List<InstanceDetail> instances, @Nullable String nextToken) {
	}

	public record InstanceDetail(String id, @Nullable String creatorRequestId, Map<String, String> attributes,
			String createdByAccount) {
	}

	/**
	 * The response of DiscoverInstances.
	 *
	 * @param instances the JSON of each {@link DiscoveredInstance}
	 * @param instancesRevision the revision of the service's instances
	 */
	public record Discovered(List<SerializedString> instances, long instancesRevision) {
	}

	public record DiscoveredInstance(String instanceId, String namespaceName, String serviceName, String healthStatus,
			Map<String, String> attributes) {
	}

	public record Revision(long instancesRevision) {
	}

	public record HealthStatusPage(Map<String, String> status, @Nullable String nextToken) {
	}

}
