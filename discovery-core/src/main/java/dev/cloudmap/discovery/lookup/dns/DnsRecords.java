package dev.cloudmap.discovery.lookup.dns;

import java.time.Instant;
import java.util.List;

import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

import dev.cloudmap.discovery.lookup.dns.query.DnsAnswer;

/**
 * The records of a query.
 *
 * @param name the owner: the queried name or its alias target
 * @param records the distinct records of the queried type in a stable order; may be empty
 * @param answer the answer that contained them
 * @param validUntil the earliest expiry of the records, or of the negative answer, and of
 * the aliases
 */
record DnsRecords(Name name, List<Record> records, DnsAnswer answer, Instant validUntil) {
}
