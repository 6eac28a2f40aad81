package dev.cloudmap.discovery.registry.cloudmap;

/**
 * The operations of Cloud Map's API that this library calls, and how fast it may call
 * each. A quota is an account's and Region's: one application keeps well below what is
 * known of it. Where AWS documents no quota, the rate is the one that AWS's own
 * controller for Kubernetes keeps to, which calls it the service's default
 * (aws-cloud-map-mcs-controller-for-k8s, {@code ratelimiter.go}).
 */
enum CloudMapOperation {

	/** Half of the quota that AWS documents, as the controller. */
	DISCOVER_INSTANCES("DiscoverInstances", 500, 1000),

	/** As DiscoverInstances, of which it takes the place. AWS's quota is 3,000. */
	DISCOVER_INSTANCES_REVISION("DiscoverInstancesRevision", 500, 1000),

	/** The controller's. */
	LIST_NAMESPACES("ListNamespaces", 0.5, 5),

	/** The controller's. */
	LIST_SERVICES("ListServices", 2, 10),

	/** The controller's. */
	GET_OPERATION("GetOperation", 100, 200),

	/** The controller's. */
	CREATE_HTTP_NAMESPACE("CreateHttpNamespace", 0.5, 5),

	/** As CreateHttpNamespace. */
	CREATE_PRIVATE_DNS_NAMESPACE("CreatePrivateDnsNamespace", 0.5, 5),

	/** The controller's. */
	CREATE_SERVICE("CreateService", 5, 50),

	/** The controller's. */
	REGISTER_INSTANCE("RegisterInstance", 50, 100),

	/** The controller's. */
	DEREGISTER_INSTANCE("DeregisterInstance", 50, 100),

	/** As RegisterInstance: nothing is known of it. */
	GET_INSTANCE("GetInstance", 50, 100),

	/** As GetInstance: nothing is known of it. */
	GET_SERVICE_ATTRIBUTES("GetServiceAttributes", 50, 100),

	/** As RegisterInstance: nothing is known of it. */
	UPDATE_INSTANCE_CUSTOM_HEALTH_STATUS("UpdateInstanceCustomHealthStatus", 50, 100);

	private final String apiName;

	private final double perSecond;

	private final int burst;

	CloudMapOperation(String apiName, double perSecond, int burst) {
		this.apiName = apiName;
		this.perSecond = perSecond;
		this.burst = burst;
	}

	/**
	 * The operation's name in the API reference.
	 */
	String apiName() {
		return this.apiName;
	}

	/**
	 * How many calls a second are made in the long run, at most.
	 */
	double perSecond() {
		return this.perSecond;
	}

	/**
	 * How many calls are made at once, at most.
	 */
	int burst() {
		return this.burst;
	}

}
