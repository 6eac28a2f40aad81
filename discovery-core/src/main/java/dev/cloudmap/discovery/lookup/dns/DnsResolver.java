package dev.cloudmap.discovery.lookup.dns;

import java.util.concurrent.CompletionStage;

import org.xbill.DNS.Name;

import dev.cloudmap.discovery.RegistryUnavailableException;

/**
 * Who is asked for records.
 */
@FunctionalInterface
interface DnsResolver {

	/**
	 * Asks for the records of one type of an absolute name.
	 * @param deadline until when the answer is of use
	 * @return the answer: records, NODATA or NXDOMAIN; fails with
	 * {@link RegistryUnavailableException} if nobody gave one
	 */
	CompletionStage<DnsAnswer> query(Name name, int type, Deadline deadline);

}
