package dev.cloudmap.discovery.registry.consul;

/**
 * The ids of services in Consul. They are unique for each agent, while ids of instances
 * are unique for each service: Consul's id is {@code <service>:<instance id>}.
 */
final class ServiceId {

	/** Consul's name for the check of a service with one check. */
	private static final String CHECK_PREFIX = "service:";

	private ServiceId() {
	}

	/**
	 * Returns Consul's id of an instance of this library.
	 */
	static String of(String service, String instanceId) {
		return service + ":" + instanceId;
	}

	/**
	 * Returns the id of an instance; Consul's id if this library did not register it.
	 */
	static String instanceId(String service, String id) {
		String prefix = service + ":";
		return (id.length() > prefix.length() && id.startsWith(prefix)) ? id.substring(prefix.length()) : id;
	}

	/**
	 * Returns the id of the TTL check of a service.
	 */
	static String check(String id) {
		return CHECK_PREFIX + id;
	}

}
