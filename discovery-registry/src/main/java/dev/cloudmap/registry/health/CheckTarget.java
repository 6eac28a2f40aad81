package dev.cloudmap.registry.health;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.Service;

/**
 * The target of a health check.
 *
 * @param type the protocol
 * @param address the address
 * @param port the port
 * @param path the encoded path of HTTP requests; not used for TCP
 */
record CheckTarget(HealthCheck.Type type, InetAddress address, int port, String path) {

	private static final int HTTP_PORT = 80;

	private static final int HTTPS_PORT = 443;

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	/**
	 * Returns whether an instance can be checked. Load balancers are not: Cloud Map
	 * "won't associate the health check with the alias record". The address of an EC2
	 * instance is not real.
	 */
	static boolean isChecked(Instance instance) {
		return !instance.attributes().containsKey(AttributeNames.ALIAS)
				&& !instance.attributes().containsKey(AttributeNames.EC2_INSTANCE_ID);
	}

	/**
	 * Returns the target of an instance. IPv4 is preferred, as in Cloud Map, unless the
	 * service has AAAA records only.
	 * @return the target, or null if the instance has no address or no port, which is
	 * possible if the check was added to the service later
	 */
	static @Nullable CheckTarget of(Service service, HealthCheck check, Instance instance) {
		Map<String, String> attributes = instance.attributes();
		String ipv4 = attributes.get(AttributeNames.IPV4);
		String ipv6 = attributes.get(AttributeNames.IPV6);
		boolean prefersIpv6 = service.hasRecords(RecordType.AAAA) && !service.hasRecords(RecordType.A);
		String address = (ipv4 == null || (prefersIpv6 && ipv6 != null)) ? ipv6 : ipv4;
		String port = attributes.get(AttributeNames.PORT);
		if (address == null || port == null) {
			return null;
		}
		return new CheckTarget(check.type(), parse(address), Integer.parseInt(port),
				requestTarget(check.resourcePath()));
	}

	/**
	 * Parses a literal address, which is not resolved through DNS.
	 */
	private static InetAddress parse(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("Not an address: " + literal, ex);
		}
	}

	/**
	 * Encodes a path. Cloud Map allows all characters, also line breaks, which would end
	 * the request line.
	 */
	private static String requestTarget(@Nullable String path) {
		if (path == null) {
			return "/";
		}
		StringBuilder target = new StringBuilder();
		if (!path.startsWith("/")) {
			target.append('/');
		}
		for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
			if (octet > ' ' && octet < 0x7f) {
				target.append((char) octet);
			}
			else {
				target.append('%').append(HEX.toHexDigits(octet));
			}
		}
		return target.toString();
	}

	InetSocketAddress socketAddress() {
		return new InetSocketAddress(this.address, this.port);
	}

	/**
	 * Returns whether the address is neither unspecified nor multicast.
	 */
	boolean isHost() {
		return !this.address.isAnyLocalAddress() && !this.address.isMulticastAddress();
	}

	/**
	 * Returns the header Host as Route 53 does: the address, and the port unless it is
	 * the default port.
	 */
	String hostHeader() {
		int usual = (this.type == HealthCheck.Type.HTTPS) ? HTTPS_PORT : HTTP_PORT;
		String host = NetUtil.toSocketAddressString(socketAddress());
		return (this.port == usual) ? host.substring(0, host.lastIndexOf(':')) : host;
	}

	@Override
	public String toString() {
		String host = NetUtil.toSocketAddressString(socketAddress());
		return this.type.name().toLowerCase(Locale.ROOT) + "://" + host
				+ ((this.type != HealthCheck.Type.TCP) ? this.path : "");
	}

}
