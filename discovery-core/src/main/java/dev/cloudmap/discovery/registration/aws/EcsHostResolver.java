package dev.cloudmap.discovery.registration.aws;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.HostResolver;

/**
 * The address of the ECS task: in network mode awsvpc the task's own, otherwise its
 * host's. On Amazon ECS no other resolver finds a better address, so metadata that can't
 * be read end the attempt.
 *
 * @param ecs the metadata of the task; null outside ECS
 * @param ec2 the metadata of the task's host
 */
public record EcsHostResolver(@Nullable EcsMetadata ecs, Ec2Metadata ec2) implements HostResolver {

	@Override
	public String name() {
		return "Amazon ECS";
	}

	@Override
	public HostResolution resolve() {
		if (this.ecs == null) {
			return HostResolution.none(EcsMetadata.METADATA_URI + " is not set");
		}
		EcsTask task = this.ecs.task();
		return task.hasOwnAddress() ? ofTask(task) : ofHost(task);
	}

	private static HostResolution ofTask(EcsTask task) {
		if (task.addresses().isEmpty()) {
			throw new DiscoveryException("The metadata of ECS task " + task.id() + " contain no address");
		}
		return HostResolution.ofLiterals(task.addresses(), "address of task " + task.id());
	}

	private HostResolution ofHost(EcsTask task) {
		try {
			Ec2Instance host = this.ec2.instance();
			return HostResolution.ofLiterals(host.addresses(), "address of EC2 instance " + host.id()
					+ ", on which task " + task.id() + " is in network mode " + task.networkMode());
		}
		catch (DiscoveryException ex) {
			if (task.isOnHostNetwork()) {
				return HostResolution.none("task " + task.id()
						+ " is in network mode host, and the address of its host is not known: " + ex.getDescription());
			}
			throw new DiscoveryException(
					"The address of ECS task " + task.id() + " is not known: in network mode " + task.networkMode()
							+ " it is its host's, from EC2 instance metadata, but: " + ex.getDescription(),
					"Allow two hops for them (HttpPutResponseHopLimit=2), use network mode awsvpc, or set"
							+ " discovery.registration.host",
					ex);
		}
	}

}
