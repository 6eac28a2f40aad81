package dev.cloudmap.discovery.loadbalancer;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.ServiceName;

/**
 * What {@link LeastOutstanding} goes by, for tests of what clients tell.
 */
public final class CallsInFlight {

	private CallsInFlight() {
	}

	/**
	 * How many calls are on their way to an instance of a service.
	 */
	public static int to(ServiceInstance instance, ServiceName service, CallStatistics statistics) {
		return statistics.of(service).of(InstanceKey.of(instance)).inFlight(statistics.now());
	}

}
