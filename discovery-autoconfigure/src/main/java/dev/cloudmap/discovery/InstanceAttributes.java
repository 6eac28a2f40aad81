package dev.cloudmap.discovery;

/**
 * The names of the attributes that this library writes or reads: the one place that knows
 * them. The {@code AWS_} names are those of the Cloud Map API reference
 * ({@code RegisterInstance}); {@code AVAILABILITY_ZONE} is what Amazon ECS writes.
 */
public final class InstanceAttributes {

	/** The IPv4 address, and the value of the A record. */
	public static final String IPV4 = "AWS_INSTANCE_IPV4";

	/** The IPv6 address, and the value of the AAAA record. */
	public static final String IPV6 = "AWS_INSTANCE_IPV6";

	/** The port, and the port of the SRV record. */
	public static final String PORT = "AWS_INSTANCE_PORT";

	/** The host name, and the value of the CNAME record. */
	public static final String CNAME = "AWS_INSTANCE_CNAME";

	/** The health status that an instance begins with. */
	public static final String INIT_HEALTH_STATUS = "AWS_INIT_HEALTH_STATUS";

	/** The availability zone. */
	public static final String AVAILABILITY_ZONE = "AVAILABILITY_ZONE";

	/** The prefix that AWS keeps for itself. */
	public static final String RESERVED_PREFIX = "AWS_";

	/**
	 * The lease in whole seconds: only the embedded registry acts on it.
	 */
	public static final String LEASE = "discovery.lease";

	/** {@code true} where the instance is to be called by HTTPS. */
	public static final String SECURE = "secure";

	/**
	 * How many requests an instance gets in proportion to the others: a whole number. 1
	 * where it is missing; with 0 it gets hardly any as long as another has more.
	 */
	public static final String WEIGHT = "weight";

	private InstanceAttributes() {
	}

}
