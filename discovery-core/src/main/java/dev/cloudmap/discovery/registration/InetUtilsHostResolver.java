package dev.cloudmap.discovery.registration;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.springframework.cloud.commons.util.InetUtils;

/**
 * The first address of this machine that is not loopback, as
 * {@code spring.cloud.inetutils.*} says which to prefer and which to ignore. Spring
 * Cloud's {@link InetUtils} knows IPv4 only; {@link Ipv6Interfaces} knows the rest.
 */
public final class InetUtilsHostResolver implements HostResolver {

	private final InetUtils inetUtils;

	private final Ipv6Interfaces ipv6;

	private final IpFamily family;

	/**
	 * Creates the resolver.
	 * @param inetUtils finds the IPv4 address; not null
	 * @param ipv6 finds the IPv6 address; not null
	 * @param family which of both are wanted; not null
	 */
	public InetUtilsHostResolver(InetUtils inetUtils, Ipv6Interfaces ipv6, IpFamily family) {
		this.inetUtils = inetUtils;
		this.ipv6 = ipv6;
		this.family = family;
	}

	@Override
	public String name() {
		return "spring.cloud.inetutils";
	}

	@Override
	public HostAnswer resolve() {
		List<InetAddress> addresses = new ArrayList<>();
		if (this.family != IpFamily.IPV6) {
			findIpv4().ifPresent(addresses::add);
		}
		if (this.family != IpFamily.IPV4 || addresses.isEmpty()) {
			this.ipv6.find().ifPresent(addresses::add);
		}
		return addresses.isEmpty() ? HostAnswer.none("no network interface has an address that others could reach")
				: HostAnswer.of(addresses, "the first network interface that is not loopback");
	}

	/**
	 * Where no interface has an address InetUtils falls back to the machine's name, which
	 * often leads to loopback.
	 */
	private Optional<InetAddress> findIpv4() {
		return Optional.ofNullable(this.inetUtils.findFirstNonLoopbackAddress())
			.filter(Inet4Address.class::isInstance)
			.filter((address) -> !address.isLoopbackAddress());
	}

}
