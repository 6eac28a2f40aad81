package dev.cloudmap.containers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a fleet consists of.
 *
 * @param workers how many workers there are; a backend is there if there are any
 * @param registryOptions options of the registry; never null
 * @param properties properties of the samples; never null
 * @param net the IP network; never null
 */
record FleetSettings(int workers, List<String> registryOptions, Map<String, String> properties, Net net) {

	FleetSettings {
		registryOptions = List.copyOf(registryOptions);
		properties = Map.copyOf(properties);
	}

	/**
	 * Three workers, and a registry with change notifications and leases.
	 */
	static FleetSettings usual() {
		return new FleetSettings(3, List.of(), Map.of(), Net.IPV4);
	}

	/**
	 * Three workers, and a registry without leases and notifications, as AWS Cloud Map
	 * is, but without its delays.
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
	 * The protocol of a fleet's network.
	 */
	enum Net {

		IPV4, IPV6

	}

}
