package dev.cloudmap.discovery.registration.host;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.commons.util.InetUtilsProperties;

import dev.cloudmap.discovery.IpLiteral;

/**
 * Finds the IPv6 address of this machine by the rules of Spring Cloud's InetUtils for
 * IPv4: the interface with the lowest index that is not ignored. Preferred networks are
 * used if one of them is written as IPv6; "site-local" means unique-local addresses (RFC
 * 4193), which have replaced them.
 */
public final class Ipv6Interfaces {

	private static final int UNIQUE_LOCAL = 0xfc;

	private static final int UNIQUE_LOCAL_MASK = 0xfe;

	private static final Logger logger = LoggerFactory.getLogger(Ipv6Interfaces.class);

	private final InetUtilsProperties properties;

	private final Supplier<List<InterfaceAddress>> addresses;

	/**
	 * Uses the interfaces of this machine.
	 * @param properties which to ignore and which to prefer
	 */
	public Ipv6Interfaces(InetUtilsProperties properties) {
		this(properties, Ipv6Interfaces::ofMachine);
	}

	Ipv6Interfaces(InetUtilsProperties properties, Supplier<List<InterfaceAddress>> addresses) {
		this.properties = properties;
		this.addresses = addresses;
	}

	/**
	 * Finds the address, which is global or unique-local; empty if there is none.
	 */
	Optional<InetAddress> find() {
		return this.addresses.get()
			.stream()
			.sorted(Comparator.comparingInt(InterfaceAddress::index))
			.filter((candidate) -> isWanted(candidate.interfaceName()) && isWanted(candidate.address()))
			.map(InterfaceAddress::address)
			.findFirst();
	}

	private boolean isWanted(String interfaceName) {
		return this.properties.getIgnoredInterfaces().stream().noneMatch(interfaceName::matches);
	}

	private boolean isWanted(InetAddress address) {
		if (!(address instanceof Inet6Address) || address.isLoopbackAddress() || address.isLinkLocalAddress()
				|| address.isSiteLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress()) {
			return false;
		}
		if (this.properties.isUseOnlySiteLocalInterfaces() && !isUniqueLocal(address)) {
			return false;
		}
		List<String> preferred = this.properties.getPreferredNetworks()
			.stream()
			.filter((network) -> network.indexOf(':') >= 0)
			.toList();
		String text = IpLiteral.format(address);
		return preferred.isEmpty()
				|| preferred.stream().anyMatch((network) -> text.matches(network) || text.startsWith(network));
	}

	private static boolean isUniqueLocal(InetAddress address) {
		return (address.getAddress()[0] & UNIQUE_LOCAL_MASK) == UNIQUE_LOCAL;
	}

	private static List<InterfaceAddress> ofMachine() {
		List<InterfaceAddress> found = new ArrayList<>();
		try {
			for (NetworkInterface candidate : NetworkInterface.networkInterfaces().toList()) {
				if (candidate.isUp()) {
					candidate.inetAddresses()
						.forEach((address) -> found
							.add(new InterfaceAddress(candidate.getIndex(), candidate.getDisplayName(), address)));
				}
			}
		}
		catch (SocketException ex) {
			logger.warn("The network interfaces can't be read", ex);
		}
		return found;
	}

	/**
	 * An address of an interface.
	 *
	 * @param index the interface's index
	 * @param interfaceName the interface's name
	 * @param address the address
	 */
	record InterfaceAddress(int index, String interfaceName, InetAddress address) {
	}

}
