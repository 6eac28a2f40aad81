package dev.cloudmap.discovery.lookup.dns;

import java.time.Instant;
import java.util.List;

import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * The records that were asked for.
 *
 * @param name whose they are: the name that was asked for, or what it is an alias of
 * @param records the records of the type that was asked for, each once and in a stable
 * order, perhaps none
 * @param answer the answer that held them
 * @param validUntil until when that holds: the earliest end of the records, or of there
 * being none, and of the aliases that led there
 */
record DnsRecords(Name name, List<Record> records, DnsAnswer answer, Instant validUntil) {
}
