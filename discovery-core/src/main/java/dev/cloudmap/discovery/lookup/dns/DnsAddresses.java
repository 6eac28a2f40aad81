package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.dns.query.Deadline;
import dev.cloudmap.discovery.lookup.dns.query.DnsAnswer;

/**
 * Resolves names to callable addresses: IPv4 if there are any, otherwise IPv6.
 */
final class DnsAddresses {

	private final CallableInstances callable;

	private final DnsAliases aliases;

	DnsAddresses(DnsAliases aliases, CallableInstances callable) {
		this.aliases = aliases;
		this.callable = callable;
	}

	/**
	 * Resolves a name to its addresses in a stable order.
	 * @param service the service that is looked up
	 */
	CompletionStage<Expiring<List<InetAddress>>> of(ServiceName service, Name name, Deadline deadline) {
		return this.aliases.query(name, Type.A, deadline).thenCompose((ipv4) -> {
			Expiring<List<InetAddress>> found = addresses(service, ipv4);
			if (!found.value().isEmpty() || ipv4.answer().isNameUnknown()) {
				return CompletableFuture.completedFuture(found);
			}
			return this.aliases.query(name, Type.AAAA, deadline).thenApply((ipv6) -> {
				Expiring<List<InetAddress>> instead = addresses(service, ipv6);
				return instead.value().isEmpty()
						? new Expiring<>(List.of(), DnsLifetimes.earlier(found.until(), instead.until())) : instead;
			});
		});
	}

	private Expiring<List<InetAddress>> addresses(ServiceName service, DnsRecords records) {
		return new Expiring<>(
				records.records().stream().flatMap((record) -> address(service, record, records.answer())).toList(),
				records.validUntil());
	}

	/**
	 * The address of a record, if it is an address record and the address is callable.
	 */
	Stream<InetAddress> address(ServiceName service, Record record, DnsAnswer answer) {
		return address(record).flatMap((address) -> callable(service, address, answer));
	}

	/**
	 * The address, if it is callable.
	 */
	Stream<InetAddress> callable(ServiceName service, InetAddress address, DnsAnswer answer) {
		return Stream.of(address).filter((each) -> this.callable.includes(service, each, answer.server()));
	}

	private static Stream<InetAddress> address(Record record) {
		if (record instanceof ARecord ipv4) {
			return Stream.of(ipv4.getAddress());
		}
		return (record instanceof AAAARecord ipv6) ? Stream.of(ipv6.getAddress()) : Stream.empty();
	}

}
