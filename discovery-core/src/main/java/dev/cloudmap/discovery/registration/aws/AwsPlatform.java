package dev.cloudmap.discovery.registration.aws;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registration.instance.HostingPlatform;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;

/**
 * Where this application runs on AWS: the attributes that Amazon ECS itself would give to
 * the instance, the id of the task, and the published ports.
 *
 * @param ecs the metadata of the task; null outside ECS
 * @param ec2 the metadata of the EC2 instance
 */
public record AwsPlatform(@Nullable EcsMetadata ecs,
		Ec2Metadata ec2) implements RegistrationCustomizer, HostingPlatform {

	@Override
	public @Nullable String taskId() {
		return (this.ecs != null) ? this.ecs.task().id() : null;
	}

	@Override
	public int publishedPort(int port) {
		return (this.ecs != null) ? this.ecs.task().publishedPort(port) : port;
	}

	@Override
	public void forget() {
		if (this.ecs != null) {
			this.ecs.forget();
		}
		this.ec2.forget();
	}

	@Override
	public void customize(Map<String, String> attributes) {
		if (this.ecs != null) {
			EcsTask task = this.ecs.task();
			putIfKnown(attributes, InstanceAttributes.AVAILABILITY_ZONE, task.zone());
			putIfKnown(attributes, InstanceAttributes.REGION, task.region());
			putIfKnown(attributes, InstanceAttributes.ECS_CLUSTER, task.cluster());
			putIfKnown(attributes, InstanceAttributes.ECS_SERVICE, task.service());
			putIfKnown(attributes, InstanceAttributes.ECS_FAMILY, task.family());
			if (!task.isOnEc2()) {
				return;
			}
		}
		try {
			Ec2Instance instance = this.ec2.instance();
			putIfKnown(attributes, InstanceAttributes.AVAILABILITY_ZONE, instance.zone());
			putIfKnown(attributes, InstanceAttributes.REGION, instance.region());
			putIfKnown(attributes, InstanceAttributes.EC2_INSTANCE, instance.id());
		}
		catch (DiscoveryException ex) {
			// not on EC2, or not readable: the host resolvers have logged which
		}
	}

	private static void putIfKnown(Map<String, String> attributes, String name, @Nullable String value) {
		if (value != null) {
			attributes.putIfAbsent(name, value);
		}
	}

}
