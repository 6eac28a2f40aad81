package dev.cloudmap.discovery.lookup.dns.query;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.SimpleResolver;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.Registry;

/**
 * The DNS servers to query. They are read for each query, since the address of the
 * embedded registry may change.
 */
@FunctionalInterface
public interface DnsServers {

	/**
	 * The servers in the order of queries; empty if none is known. Host names are
	 * unresolved, since their addresses may change.
	 */
	List<InetSocketAddress> addresses();

	/**
	 * Parses configured servers.
	 * @param servers each as host or host:port; IPv6 addresses with a port are in
	 * brackets
	 * @throws DiscoveryException if one is invalid
	 */
	static DnsServers of(List<String> servers) {
		List<InetSocketAddress> addresses = servers.stream().map(DnsServers::parse).toList();
		return () -> addresses;
	}

	private static InetSocketAddress parse(String server) {
		boolean bareIpv6 = server.indexOf(':') != server.lastIndexOf(':') && !server.startsWith("[");
		try {
			URI uri = new URI("dns://" + (bareIpv6 ? "[" + server + "]" : server));
			boolean hasMore = uri.getUserInfo() != null || !uri.getPath().isEmpty() || uri.getQuery() != null
					|| uri.getFragment() != null;
			if (uri.getHost() == null || uri.getPort() == 0 || hasMore) {
				throw invalid(server, null);
			}
			int port = (uri.getPort() > 0) ? uri.getPort() : SimpleResolver.DEFAULT_PORT;
			return isAddress(uri.getHost()) ? new InetSocketAddress(uri.getHost(), port)
					: InetSocketAddress.createUnresolved(uri.getHost(), port);
		}
		catch (URISyntaxException | IllegalArgumentException ex) {
			throw invalid(server, ex);
		}
	}

	private static boolean isAddress(String host) {
		return host.startsWith("[") || host.matches("[0-9.]+");
	}

	private static DiscoveryException invalid(String server, @Nullable Throwable cause) {
		return new DiscoveryException("'" + server + "' is not a valid DNS server: expected host or host:port",
				"Correct discovery.lookup.dns.servers, for example to 127.0.0.1:8053 or [::1]:8053", cause);
	}

	/**
	 * The DNS servers of a registry, or those of this machine if the registry has none.
	 */
	static DnsServers of(Registry registry) {
		DnsServers machine = new MachineDnsServers();
		return () -> {
			List<InetSocketAddress> addresses = registry.dnsServers();
			return (addresses != null) ? addresses : machine.addresses();
		};
	}

}
