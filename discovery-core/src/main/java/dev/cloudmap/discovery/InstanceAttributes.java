package dev.cloudmap.discovery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The names of the attributes that this library writes or reads, and the format of
 * {@link #TAGS}. The {@code AWS_} names are those of the Cloud Map API reference
 * ({@code RegisterInstance}); the other names in capitals are those of Amazon ECS.
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

	/** The initial health status. */
	public static final String INIT_HEALTH_STATUS = "AWS_INIT_HEALTH_STATUS";

	/** The availability zone. */
	public static final String AVAILABILITY_ZONE = "AVAILABILITY_ZONE";

	/** The availability zone, under the name that Spring Cloud LoadBalancer uses. */
	public static final String ZONE = "zone";

	/** The region. */
	public static final String REGION = "REGION";

	/** The name of the cluster that the ECS task runs in. */
	public static final String ECS_CLUSTER = "ECS_CLUSTER_NAME";

	/** The name of the ECS service that the task belongs to. */
	public static final String ECS_SERVICE = "ECS_SERVICE_NAME";

	/** The family of the ECS task's definition. */
	public static final String ECS_FAMILY = "ECS_TASK_DEFINITION_FAMILY";

	/** The id of the EC2 instance that the application runs on. */
	public static final String EC2_INSTANCE = "EC2_INSTANCE_ID";

	/** The prefix that AWS reserves. */
	public static final String RESERVED_PREFIX = "AWS_";

	/**
	 * The lease in whole seconds; only the embedded registry enforces it.
	 */
	public static final String LEASE = "discovery.lease";

	/** The application's version. */
	public static final String VERSION = "version";

	/** The context path of the application, with a leading slash. */
	public static final String CONTEXT_PATH = "context-path";

	/** The prefix of the names of additional ports. */
	public static final String PORT_PREFIX = "port.";

	/** The port of the gRPC server. */
	public static final String GRPC_PORT = PORT_PREFIX + "grpc";

	/** The path of a Config Server, read by Spring Cloud Config's client. */
	public static final String CONFIG_PATH = "configPath";

	/** The port of the management server, if it differs from the application's. */
	public static final String MANAGEMENT_PORT = "management.port";

	/** The scheme of the management server, if it differs from the application's. */
	public static final String MANAGEMENT_SCHEME = "management.scheme";

	/**
	 * The path of Actuator's endpoints, with a leading slash: on the management server if
	 * there is one, else on the application's port.
	 */
	public static final String MANAGEMENT_CONTEXT_PATH = "management.context-path";

	/** {@code true} if the instance is called by HTTPS. */
	public static final String SECURE = "secure";

	/**
	 * The host in the URL of calls by name, which the instance's TLS certificate
	 * contains. Instances at different addresses have different names.
	 */
	public static final String TLS_NAME = "discovery.tls-name";

	/**
	 * The share of requests that an instance receives in proportion to the others: a
	 * whole number, 1 by default. An instance with weight 0 receives almost no requests
	 * while another has a higher weight.
	 */
	public static final String WEIGHT = "weight";

	/**
	 * The tags of the instance, separated by commas, as {@link #joinTags} writes them. In
	 * Consul they are the tags of the service.
	 */
	public static final String TAGS = "tags";

	private static final char ESCAPE = '\\';

	private static final char SEPARATOR = ',';

	private InstanceAttributes() {
	}

	/**
	 * Joins tags to the value of {@link #TAGS}. A backslash is written before a comma or
	 * a backslash that belongs to a tag.
	 * @param tags the tags; blank ones are left out
	 */
	public static String joinTags(Collection<String> tags) {
		return tags.stream()
			.map(String::trim)
			.filter((tag) -> !tag.isEmpty())
			.distinct()
			.map((tag) -> tag.replace("\\", "\\\\").replace(",", "\\,"))
			.collect(Collectors.joining(","));
	}

	/**
	 * Splits the value of {@link #TAGS}. A backslash that is neither before a comma nor
	 * before a backslash belongs to the tag.
	 * @param value the value
	 * @return the tags without blanks around them; blank ones are left out
	 */
	public static List<String> splitTags(String value) {
		List<String> tags = new ArrayList<>();
		StringBuilder tag = new StringBuilder();
		for (int i = 0; i < value.length(); i++) {
			char next = value.charAt(i);
			if (next == ESCAPE && i + 1 < value.length() && isEscaped(value.charAt(i + 1))) {
				tag.append(value.charAt(++i));
			}
			else if (next == SEPARATOR) {
				tags.add(tag.toString());
				tag.setLength(0);
			}
			else {
				tag.append(next);
			}
		}
		tags.add(tag.toString());
		return tags.stream().map(String::trim).filter((each) -> !each.isEmpty()).distinct().toList();
	}

	private static boolean isEscaped(char character) {
		return character == SEPARATOR || character == ESCAPE;
	}

}
