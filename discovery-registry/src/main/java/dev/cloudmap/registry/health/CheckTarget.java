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
 * Where and how an instance is checked.
 *
 * @param type what is spoken there
 * @param address its address
 * @param port its port
 * @param path what is asked for, fit for a request line; has no meaning for TCP
 */
record CheckTarget(HealthCheck.Type type, InetAddress address, int port, String path) {

	private static final int HTTP_PORT = 80;

	private static final int HTTPS_PORT = 443;

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	/**
	 * Returns whether an instance is checked if its service has a check. A load balancer
	 * is not: Cloud Map "won't associate the health check with the alias record". Nor is
	 * an EC2 instance, whose address this registry only makes up.
	 */
	static boolean isChecked(Instance instance) {
		return !instance.attributes().containsKey(AttributeNames.ALIAS)
				&& !instance.attributes().containsKey(AttributeNames.EC2_INSTANCE_ID);
	}

	/**
	 * Returns where an instance is checked. Of two addresses it is the IPv4 one, as on
	 * Cloud Map, unless the service has AAAA records only.
	 * @return where, or null when the instance lacks an address or a port, as it may when
	 * its service was given a check later
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
	 * Parses an address, which the state has checked already: it is never looked up.
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
	 * Cloud Map takes any characters for a path. A line break among them must not end the
	 * request line, and so begin another request.
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
	 * Returns whether the address can be a host's.
	 */
	boolean isHost() {
		return !this.address.isAnyLocalAddress() && !this.address.isMulticastAddress();
	}

	/**
	 * Returns the Host header as Route 53 makes it: the address, and the port unless it
	 * is the protocol's own.
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
