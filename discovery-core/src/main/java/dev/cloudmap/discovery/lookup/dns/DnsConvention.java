package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;

/**
 * How a registry publishes its services in DNS. Implementations are thread-safe.
 */
public interface DnsConvention {

	/** The convention of AWS Cloud Map and of the embedded registry. */
	DnsConvention CLOUD_MAP = new CloudMapConvention();

	/**
	 * The transport by which no record of an answer is lost.
	 */
	DnsTransport transport();

	/**
	 * The maximum number of instances in an answer: there may be more instances than in
	 * an answer of this size.
	 */
	int maxInstances();

	/**
	 * Returns the name of a service in DNS, without the final dot.
	 */
	String name(ServiceName service);

	/**
	 * Returns the address that is part of the name of an SRV record's target; null if the
	 * address must be looked up.
	 */
	@Nullable InetAddress address(Name target);

	/**
	 * Returns the id of the instance of an SRV record.
	 * @param owner the owner of the record
	 * @param target the target of the record
	 * @param port the port of the record
	 * @param address the address of the target; null if it could not be resolved
	 */
	String instanceId(Name owner, Name target, int port, @Nullable InetAddress address);

}
