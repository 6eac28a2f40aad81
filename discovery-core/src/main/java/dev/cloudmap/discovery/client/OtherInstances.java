package dev.cloudmap.discovery.client;

import java.util.List;

import org.springframework.cloud.client.ServiceInstance;

/**
 * The instances of one service that other discovery clients know. At most one of the
 * lists has any.
 *
 * @param preferred the instances of a client whose order comes before this library's
 * @param others the instances of another client
 */
public record OtherInstances(List<ServiceInstance> preferred, List<ServiceInstance> others) {

	/** No other client knows the service. */
	public static final OtherInstances NONE = new OtherInstances(List.of(), List.of());

	public OtherInstances {
		preferred = List.copyOf(preferred);
		others = List.copyOf(others);
	}

	/**
	 * The instances of whichever client.
	 */
	public List<ServiceInstance> all() {
		return this.preferred.isEmpty() ? this.others : this.preferred;
	}

	boolean isEmpty() {
		return this.preferred.isEmpty() && this.others.isEmpty();
	}

}
