package dev.cloudmap.discovery.grpc;

/**
 * Sources of the service config of a gRPC channel, which selects the load balancing
 * policy.
 */
public enum ServiceConfigSource {

	/**
	 * Discovery: round robin with the outlier detection of
	 * {@code discovery.load-balancer.outlier}. It replaces the default service config of
	 * the channel.
	 */
	DISCOVERY,

	/**
	 * The default service config of the channel.
	 */
	CHANNEL

}
