package dev.cloudmap.containers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of a fleet.
 *
 * @param workers the number of workers; the fleet has a backend if it has workers
 * @param registryOptions options of the registry
 * @param properties properties of the samples
 * @param net the IP network
 */
record FleetSettings(int workers, List<String> registryOptions, Map<String, String> properties, Net net) {

	FleetSettings {
		registryOptions = List.copyOf(registryOptions);
		properties = Map.copyOf(properties);
	}

	/**
	 * Returns settings for three workers and a registry with change notifications and
	 * leases.
	 */
	static FleetSettings usual() {
		return new FleetSettings(3, List.of(), Map.of(), Net.IPV4);
	}

	/**
	 * Returns settings for three workers and a registry without leases and notifications,
	 * like AWS Cloud Map but without its delays.
	 */
	static FleetSettings likeAws() {
		return usual().withRegistryOptions("--like-aws", "--operation-delay=0s", "--health-delay=0s",
				"--no-throttling");
	}

	FleetSettings withWorkers(int workers) {
		return new FleetSettings(workers, this.registryOptions, this.properties, this.net);
	}

	FleetSettings withRegistryOptions(String... options) {
		return new FleetSettings(this.workers, List.of(options), this.properties, this.net);
	}

	FleetSettings withProperty(String name, String value) {
		Map<String, String> properties = new LinkedHashMap<>(this.properties);
		properties.put(name, value);
		return new FleetSettings(this.workers, this.registryOptions, properties, this.net);
	}

	FleetSettings withNet(Net net) {
		return new FleetSettings(this.workers, this.registryOptions, this.properties, net);
	}

	/**
	 * The IP version of a fleet's network.
	 */
	enum Net {

		IPV4, IPV6

	}

}
