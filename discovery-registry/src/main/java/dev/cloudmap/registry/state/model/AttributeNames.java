package dev.cloudmap.registry.state.model;

/**
 * The attributes of instances with a special meaning.
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

	/** The initial health of an instance with a custom health check. */
	public static final String INITIAL_HEALTH = "AWS_INIT_HEALTH_STATUS";

	/** The DNS name of a load balancer. */
	public static final String ALIAS = "AWS_ALIAS_DNS_NAME";

	/** The id of an EC2 instance. */
	public static final String EC2_INSTANCE_ID = "AWS_EC2_INSTANCE_ID";

	/** The lease in seconds; has no special meaning in Cloud Map. */
	public static final String LEASE = "discovery.lease";

	private AttributeNames() {
	}

}
