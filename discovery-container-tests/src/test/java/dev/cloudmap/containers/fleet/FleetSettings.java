package dev.cloudmap.containers.fleet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings of a fleet.
 *
 * @param workers the number of workers; the fleet has a backend if it has workers
 * @param registryOptions options of the registry
 * @param properties properties of the samples
 * @param ipVersion the IP network
 */
public record FleetSettings(int workers, List<String> registryOptions, Map<String, String> properties,
		IpVersion ipVersion) {

	public FleetSettings {
		registryOptions = List.copyOf(registryOptions);
		properties = Map.copyOf(properties);
	}

	/**
	 * Returns settings for three workers and a registry with change notifications and
	 * leases.
	 */
	public static FleetSettings defaults() {
		return new FleetSettings(3, List.of(), Map.of(), IpVersion.IPV4);
	}

	/**
	 * Returns settings for three workers and a registry without leases and notifications,
	 * like AWS Cloud Map but without its delays.
	 */
	public static FleetSettings likeAws() {
		return defaults().withRegistryOptions("--like-aws", "--operation-delay=0s", "--health-delay=0s",
				"--no-throttling");
	}

	public FleetSettings withWorkers(int workers) {
		return new FleetSettings(workers, this.registryOptions, this.properties, this.ipVersion);
	}

	public FleetSettings withRegistryOptions(String... options) {
		return new FleetSettings(this.workers, List.of(options), this.properties, this.ipVersion);
	}

	public FleetSettings withProperty(String name, String value) {
		Map<String, String> properties = new LinkedHashMap<>(this.properties);
		properties.put(name, value);
		return new FleetSettings(this.workers, this.registryOptions, properties, this.ipVersion);
	}

	public FleetSettings withIpVersion(IpVersion ipVersion) {
		return new FleetSettings(this.workers, this.registryOptions, this.properties, ipVersion);
	}

	/**
	 * The IP version of a fleet's network.
	 */
	public enum IpVersion {

		IPV4, IPV6

	}

}
