package dev.cloudmap.discovery.registry.consul;

/**
 * The operations of Consul's HTTP API that this adapter uses.
 */
enum ConsulOperation {

	/** {@code PUT /v1/agent/service/register}. */
	REGISTER_SERVICE("RegisterService", "service:write for the service"),

	/** {@code PUT /v1/agent/service/deregister/<id>}. */
	DEREGISTER_SERVICE("DeregisterService", "service:write for the service"),

	/** {@code PUT /v1/agent/check/update/<id>}. */
	UPDATE_CHECK("UpdateCheck", "service:write for the service"),

	/** {@code GET /v1/agent/service/<id>}. */
	GET_SERVICE("GetService", "service:read for the service"),

	/** {@code GET /v1/agent/self}. */
	READ_AGENT("ReadAgent", "agent:read"),

	/** {@code GET /v1/health/service/<name>}. */
	LIST_INSTANCES("ListInstances", "service:read for the service and node:read"),

	/** {@code GET /v1/catalog/service/<name>}. */
	GET_REVISION("GetRevision", "service:read for the service and node:read"),

	/** {@code GET /v1/catalog/services}. */
	LIST_SERVICES("ListServices", "service:read for the services"),

	/** A blocking query for the instances of a service or the list of services. */
	WATCH("Watch", "service:read for the service and node:read");

	private final String title;

	private final String permission;

	ConsulOperation(String title, String permission) {
		this.title = title;
		this.permission = permission;
	}

	/**
	 * Returns the name in metrics and messages.
	 */
	String title() {
		return this.title;
	}

	/**
	 * Returns the ACL permission that the operation needs.
	 */
	String permission() {
		return this.permission;
	}

}
