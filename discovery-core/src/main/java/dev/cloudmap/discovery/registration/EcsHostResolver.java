package dev.cloudmap.discovery.registration;

import java.net.InetAddress;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The address of the ECS task, which in network mode awsvpc is the task's own and
 * otherwise its host's. On Amazon ECS no other resolver would know better, so that
 * metadata which can't be read end the attempt.
 */
public final class EcsHostResolver implements HostResolver {

	private final @Nullable EcsMetadata ecs;

	private final Ec2Metadata ec2;

	/**
	 * Creates the resolver.
	 * @param ecs tells of the task; null outside ECS
	 * @param ec2 tells of the task's host; not null
	 */
	public EcsHostResolver(@Nullable EcsMetadata ecs, Ec2Metadata ec2) {
		this.ecs = ecs;
		this.ec2 = ec2;
	}

	@Override
	public String name() {
		return "Amazon ECS";
	}

	@Override
	public HostAnswer resolve() {
		if (this.ecs == null) {
			return HostAnswer.none(EcsMetadata.METADATA_URI + " is not set");
		}
		EcsTask task = this.ecs.task();
		return task.hasOwnAddress() ? ofTask(task) : ofHost(task);
	}

	private static HostAnswer ofTask(EcsTask task) {
		List<InetAddress> addresses = task.addresses().stream().map(RegisteredAddress::parse).toList();
		if (addresses.isEmpty()) {
			throw new DiscoveryException("The metadata of ECS task " + task.id() + " tell no address of it");
		}
		return HostAnswer.of(addresses, "address of task " + task.id());
	}

	private HostAnswer ofHost(EcsTask task) {
		try {
			Ec2Instance host = this.ec2.instance();
			return HostAnswer.of(host.addresses().stream().map(RegisteredAddress::parse).toList(),
					"address of EC2 instance " + host.id() + ", on which task " + task.id() + " is in network mode "
							+ task.networkMode());
		}
		catch (DiscoveryException ex) {
			if (task.isOnHostNetwork()) {
				return HostAnswer.none("task " + task.id() + " is in network mode host, and its host is not known: "
						+ ex.getDescription());
			}
			throw new DiscoveryException(
					"The address of ECS task " + task.id() + " is not known: in network mode " + task.networkMode()
							+ " it is its host's, which EC2 instance metadata tell, but: " + ex.getDescription(),
					"Allow two hops for them (HttpPutResponseHopLimit=2), use network mode awsvpc, or set"
							+ " discovery.registration.host",
					ex);
		}
	}

}
