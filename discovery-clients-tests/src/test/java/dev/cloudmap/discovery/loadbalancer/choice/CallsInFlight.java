package dev.cloudmap.discovery.loadbalancer.choice;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.loadbalancer.outlier.Candidate;
import dev.cloudmap.discovery.loadbalancer.outlier.ServiceStatistics;

/**
 * Reads the number of calls in flight.
 */
public final class CallsInFlight {

	private CallsInFlight() {
	}

	/**
	 * Returns the number of calls in flight to an instance of a service.
	 */
	public static int to(ServiceInstance instance, ServiceName service, CallStatistics statistics) {
		ServiceStatistics known = statistics.of(service).statistics();
		return Candidate.of(instance, known).statistics().inFlight(known.now());
	}

}
