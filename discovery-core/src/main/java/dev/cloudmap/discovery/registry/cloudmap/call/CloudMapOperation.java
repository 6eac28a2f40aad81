package dev.cloudmap.discovery.registry.cloudmap.call;

/**
 * The operations of Cloud Map's API that this library calls.
 */
public enum CloudMapOperation {

	DISCOVER_INSTANCES("DiscoverInstances"),

	DISCOVER_INSTANCES_REVISION("DiscoverInstancesRevision"),

	LIST_NAMESPACES("ListNamespaces"),

	LIST_SERVICES("ListServices"),

	GET_OPERATION("GetOperation"),

	CREATE_HTTP_NAMESPACE("CreateHttpNamespace"),

	CREATE_PRIVATE_DNS_NAMESPACE("CreatePrivateDnsNamespace"),

	CREATE_SERVICE("CreateService"),

	REGISTER_INSTANCE("RegisterInstance"),

	DEREGISTER_INSTANCE("DeregisterInstance"),

	GET_INSTANCE("GetInstance"),

	GET_SERVICE_ATTRIBUTES("GetServiceAttributes"),

	UPDATE_INSTANCE_CUSTOM_HEALTH_STATUS("UpdateInstanceCustomHealthStatus");

	private final String apiName;

	CloudMapOperation(String apiName) {
		this.apiName = apiName;
	}

	/**
	 * Returns the operation's name in the API reference.
	 */
	String apiName() {
		return this.apiName;
	}

}
