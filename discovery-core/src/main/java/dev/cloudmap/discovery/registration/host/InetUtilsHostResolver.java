package dev.cloudmap.discovery.registration.host;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.springframework.cloud.commons.util.InetUtils;

/**
 * The first address of this machine that is not loopback, by the rules of
 * {@code spring.cloud.inetutils.*}. Spring Cloud's {@link InetUtils} finds IPv4 addresses
 * only, {@link Ipv6Interfaces} IPv6 addresses.
 *
 * @param inetUtils finds the IPv4 address
 * @param ipv6 finds the IPv6 address
 * @param family which of both to find
 */
public record InetUtilsHostResolver(InetUtils inetUtils, Ipv6Interfaces ipv6, IpFamily family) implements HostResolver {

	@Override
	public String name() {
		return "spring.cloud.inetutils";
	}

	@Override
	public HostResolution resolve() {
		List<InetAddress> addresses = new ArrayList<>();
		if (this.family != IpFamily.IPV6) {
			findIpv4().ifPresent(addresses::add);
		}
		if (this.family != IpFamily.IPV4 || addresses.isEmpty()) {
			this.ipv6.find().ifPresent(addresses::add);
		}
		return addresses.isEmpty()
				? HostResolution.none("no network interface has an address that other machines could reach")
				: HostResolution.of(addresses, "the first network interface that is not loopback");
	}

	/**
	 * If no interface has an address, InetUtils resolves the machine's name, often to a
	 * loopback address.
	 */
	private Optional<InetAddress> findIpv4() {
		return Optional.ofNullable(this.inetUtils.findFirstNonLoopbackAddress())
			.filter(Inet4Address.class::isInstance)
			.filter((address) -> !address.isLoopbackAddress());
	}

}
