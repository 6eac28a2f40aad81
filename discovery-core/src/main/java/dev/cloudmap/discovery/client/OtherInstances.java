package dev.cloudmap.discovery.client;

import java.util.List;

import org.springframework.cloud.client.ServiceInstance;

/**
 * The instances of one service from other discovery clients. At most one of the lists is
 * not empty.
 *
 * @param preferred the instances of a client that precedes this library by its order
 * @param others the instances of another client
 */
public record OtherInstances(List<ServiceInstance> preferred, List<ServiceInstance> others) {

	/** No other client has the service. */
	public static final OtherInstances NONE = new OtherInstances(List.of(), List.of());

	public OtherInstances {
		preferred = List.copyOf(preferred);
		others = List.copyOf(others);
	}

	/**
	 * The instances of either client.
	 */
	public List<ServiceInstance> all() {
		return this.preferred.isEmpty() ? this.others : this.preferred;
	}

	boolean isEmpty() {
		return this.preferred.isEmpty() && this.others.isEmpty();
	}

}
