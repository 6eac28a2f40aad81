package dev.cloudmap.containers.fleet;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network.Ipam;
import com.github.dockerjava.api.model.Network.Ipam.Config;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;

/**
 * A network with its own subnet, so that the registry keeps its address when it is
 * replaced.
 *
 * @param network the network
 * @param registryAddress the address of the registry
 * @param gateway the address of the host in this network
 */
public record FleetNetwork(Network network, String registryAddress, String gateway) implements AutoCloseable {

	private static final int ATTEMPTS = 10;

	public static FleetNetwork create(FleetSettings.IpVersion ipVersion) {
		for (int attempt = 1;; attempt++) {
			String prefix = (ipVersion == FleetSettings.IpVersion.IPV4)
					? "10.%d.%d.".formatted(random(128, 250), random(0, 255))
					: "fd%02x:%x:%x::".formatted(random(0, 255), random(1, 0xffff), random(1, 0xffff));
			try {
				FleetNetwork network = create(prefix, (ipVersion == FleetSettings.IpVersion.IPV4) ? "0/24" : "/64");
				if (ipVersion == FleetSettings.IpVersion.IPV6 && network.subnets().size() > 1) {
					network.close();
					Assumptions.abort("This container engine does not support networks without IPv4");
				}
				return network;
			}
			catch (DockerException ex) {
				// another network may use this subnet
				if (attempt == ATTEMPTS) {
					Assumptions.assumeTrue(ipVersion == FleetSettings.IpVersion.IPV4,
							() -> "This container engine does not support networks without IPv4: " + ex.getMessage());
					throw ex;
				}
			}
		}
	}

	private static FleetNetwork create(String prefix, String size) {
		Network network = Network.builder()
			.createNetworkCmdModifier((command) -> command
				.withIpam(new Ipam().withConfig(new Config().withSubnet(prefix + size).withGateway(prefix + "1"))))
			.build();
		network.getId();
		return new FleetNetwork(network, prefix + "200", prefix + "1");
	}

	private static int random(int from, int to) {
		return ThreadLocalRandom.current().nextInt(from, to + 1);
	}

	/**
	 * Returns the registry's address as the host of a URI.
	 */
	public String registryHost() {
		return isIpv6() ? "[" + this.registryAddress + "]" : this.registryAddress;
	}

	/**
	 * Returns the wildcard address for servers.
	 */
	public String anyAddress() {
		return isIpv6() ? "::" : "0.0.0.0";
	}

	private boolean isIpv6() {
		return this.registryAddress.indexOf(':') >= 0;
	}

	/**
	 * Assigns the registry's address to a container.
	 */
	public void assignRegistryAddress(CreateContainerCmd command) {
		if (isIpv6()) {
			command.withIpv6Address(this.registryAddress);
		}
		else {
			command.withIpv4Address(this.registryAddress);
		}
	}

	/**
	 * Returns the subnets of the network, which may be more than requested.
	 */
	private List<String> subnets() {
		return DockerClientFactory.lazyClient()
			.inspectNetworkCmd()
			.withNetworkId(this.network.getId())
			.exec()
			.getIpam()
			.getConfig()
			.stream()
			.map(Config::getSubnet)
			.toList();
	}

	@Override
	public void close() {
		this.network.close();
	}

}
