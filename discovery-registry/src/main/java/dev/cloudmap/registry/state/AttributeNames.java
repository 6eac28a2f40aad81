package dev.cloudmap.registry.state;

/**
 * The attributes of an instance that have a meaning to the registry.
 */
public final class AttributeNames {

	/** An IPv4 address. */
	public static final String IPV4 = "AWS_INSTANCE_IPV4";

	/** An IPv6 address. */
	public static final String IPV6 = "AWS_INSTANCE_IPV6";

	/** A port. */
	public static final String PORT = "AWS_INSTANCE_PORT";

	/** A domain name. */
	public static final String CNAME = "AWS_INSTANCE_CNAME";

	/** The health of an instance that has not reported any. */
	public static final String INITIAL_HEALTH = "AWS_INIT_HEALTH_STATUS";

	/** The DNS name of a load balancer. */
	public static final String ALIAS = "AWS_ALIAS_DNS_NAME";

	/** The id of an EC2 instance. */
	public static final String EC2_INSTANCE_ID = "AWS_EC2_INSTANCE_ID";

	/** The lease in seconds; this registry's own, to Cloud Map it is like any other. */
	public static final String LEASE = "discovery.lease";

	private AttributeNames() {
	}

}
