package dev.cloudmap.discovery.source.dns;

import java.util.List;

import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * The records that were asked for.
 *
 * @param name whose they are: the name that was asked for, or what it is an alias of
 * @param records the records of the type that was asked for, perhaps none
 * @param answer the answer that held them
 */
record DnsRecords(Name name, List<Record> records, DnsAnswer answer) {
}
