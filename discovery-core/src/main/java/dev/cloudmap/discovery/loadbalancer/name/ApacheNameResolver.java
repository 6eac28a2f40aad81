package dev.cloudmap.discovery.loadbalancer.name;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Resolves the names of instances for Apache's HTTP client, and other names by the JDK.
 */
public final class ApacheNameResolver implements DnsResolver {

	private final InstanceNames names;

	/**
	 * Creates the resolver.
	 * @param names the names of instances
	 */
	public ApacheNameResolver(InstanceNames names) {
		this.names = names;
	}

	@Override
	public InetAddress[] resolve(String host) throws UnknownHostException {
		InetAddress address = this.names.address(host);
		return (address != null) ? new InetAddress[] { address } : SystemDefaultDnsResolver.INSTANCE.resolve(host);
	}

	@Override
	public String resolveCanonicalHostname(String host) throws UnknownHostException {
		return (this.names.address(host) != null) ? host
				: SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
	}

}
