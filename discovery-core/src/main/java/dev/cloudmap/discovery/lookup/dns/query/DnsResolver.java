package dev.cloudmap.discovery.lookup.dns.query;

import java.util.concurrent.CompletionStage;

import org.xbill.DNS.Name;

import dev.cloudmap.discovery.RegistryUnavailableException;

/**
 * Queries DNS records.
 */
@FunctionalInterface
public interface DnsResolver {

	/**
	 * Queries the records of one type of an absolute name.
	 * @return the answer: records, NODATA or NXDOMAIN; fails with
	 * {@link RegistryUnavailableException} if there is none before the deadline
	 */
	CompletionStage<DnsAnswer> query(Name name, int type, Deadline deadline);

}
