package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;

/**
 * The convention of Consul's DNS
 * (https://developer.hashicorp.com/consul/docs/services/discovery/dns-static-lookups). A
 * service is {@code [<tag>.]<service>.service[.<datacenter>].<domain>}. Targets of SRV
 * records are {@code <address in hexadecimal>.addr.<datacenter>.<domain>} or
 * {@code <node>.node.<datacenter>.<domain>}. Consul shortens UDP answers without setting
 * the TC bit, which TCP avoids.
 */
public final class ConsulConvention implements DnsConvention {

	private static final Pattern ENCODED_ADDRESS = Pattern.compile("([0-9a-f]{8}|[0-9a-f]{32})\\.addr\\..+",
			Pattern.CASE_INSENSITIVE);

	private final Function<ServiceName, @Nullable String> tags;

	/**
	 * Creates the convention.
	 * @param tags returns the tag that the instances of a service must have; null if none
	 */
	public ConsulConvention(Function<ServiceName, @Nullable String> tags) {
		this.tags = tags;
	}

	@Override
	public DnsTransport transport() {
		return DnsTransport.TCP;
	}

	@Override
	public int maxInstances() {
		return Integer.MAX_VALUE;
	}

	@Override
	public String name(ServiceName service) {
		String tag = this.tags.apply(service);
		return (tag != null) ? tag + "." + service : service.toString();
	}

	@Override
	public @Nullable InetAddress address(Name target) {
		Matcher encoded = ENCODED_ADDRESS.matcher(target.toString());
		if (!encoded.matches()) {
			return null;
		}
		try {
			return InetAddress.getByAddress(HexFormat.of().parseHex(encoded.group(1)));
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("4 or 16 bytes are an address: " + target, ex);
		}
	}

	/**
	 * Returns address and port, since DNS has no ids. The catalog recognizes an instance
	 * of the API by them.
	 */
	@Override
	public String instanceId(Name owner, Name target, int port, @Nullable InetAddress address) {
		return ((address != null) ? address.getHostAddress() : target.toString(true)) + ":" + port;
	}

}
