package dev.cloudmap.discovery.loadbalancer.outlier;

import org.springframework.cloud.client.ServiceInstance;

/**
 * An instance that can be chosen.
 *
 * @param instance the instance
 * @param key the instance's identity in the statistics
 * @param statistics what its calls have shown
 */
public record Candidate(ServiceInstance instance, InstanceKey key, InstanceStatistics statistics) {

	/**
	 * The same candidate, called in another way.
	 * @param called the same instance with another host
	 */
	public Candidate calledAs(ServiceInstance called) {
		return new Candidate(called, this.key, this.statistics);
	}

	/**
	 * The candidate for an instance.
	 */
	public static Candidate of(ServiceInstance instance, ServiceStatistics statistics) {
		InstanceKey key = InstanceKey.of(instance);
		return new Candidate(instance, key, statistics.of(key));
	}

}
