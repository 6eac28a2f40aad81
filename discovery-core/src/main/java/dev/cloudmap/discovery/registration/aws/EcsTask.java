package dev.cloudmap.discovery.registration.aws;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;

/**
 * The task of Amazon ECS that this application runs in, by its metadata.
 *
 * @param arn its ARN
 * @param zone the availability zone; null if unknown
 * @param cluster the cluster's name; null if unknown
 * @param service the ECS service's name; null if unknown
 * @param family the family of the task definition; null if unknown
 * @param launchType where it runs, such as {@code FARGATE}; null if unknown
 * @param networkMode the network mode of this container
 * @param addresses the container's IP addresses, which are the task's in network mode
 * awsvpc only
 * @param publishedPorts the ports of the host, by the container's
 */
record EcsTask(String arn, @Nullable String zone, @Nullable String cluster, @Nullable String service,
		@Nullable String family, @Nullable String launchType, String networkMode, List<String> addresses,
		Map<Integer, Integer> publishedPorts) {

	private static final String AWSVPC = "awsvpc";

	private static final String HOST = "host";

	private static final int REGION_FIELD = 3;

	/**
	 * The last part of the ARN.
	 */
	String id() {
		return this.arn.substring(this.arn.lastIndexOf('/') + 1);
	}

	/**
	 * The region, a field of the ARN; null if it is not there.
	 */
	@Nullable String region() {
		String[] fields = this.arn.split(":", -1);
		return (fields.length > REGION_FIELD && !fields[REGION_FIELD].isEmpty()) ? fields[REGION_FIELD] : null;
	}

	/**
	 * Whether the task has an address of its own, and so ports of its own.
	 */
	boolean hasOwnAddress() {
		return AWSVPC.equals(this.networkMode);
	}

	/**
	 * Whether the container is on its host's network.
	 */
	boolean isOnHostNetwork() {
		return HOST.equals(this.networkMode);
	}

	/**
	 * Whether this task's host may have EC2 instance metadata. Fargate has none.
	 */
	boolean isOnEc2() {
		return (this.launchType != null) ? this.launchType.equals("EC2") : !hasOwnAddress();
	}

	/**
	 * The port at which other machines reach a port of the container.
	 * @param port the port that a server in the container listens on
	 * @throws DiscoveryException if there is none
	 */
	int publishedPort(int port) {
		if (hasOwnAddress() || isOnHostNetwork()) {
			return port;
		}
		Integer published = this.publishedPorts.get(port);
		if (published == null) {
			throw new DiscoveryException(
					"Other machines can't reach port " + port
							+ " of this application: expected a port of the host that leads to" + " it, as ECS task "
							+ id() + " is in network mode " + this.networkMode + ", found "
							+ (this.publishedPorts.isEmpty() ? "none"
									: new TreeMap<>(this.publishedPorts) + " (container's=host's)"),
					"Add a portMapping with containerPort " + port + " to the task definition, use network mode "
							+ AWSVPC + ", or set discovery.registration.port to the host's port",
					null);
		}
		return published;
	}

}
