package dev.cloudmap.discovery.source.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Finds the addresses of names, as far as they make sense: IPv4 where there are any, else
 * IPv6.
 */
final class DnsAddresses {

	private static final Logger logger = LoggerFactory.getLogger(DnsAddresses.class);

	private final CallableAddresses callable = new CallableAddresses();

	private final DnsAliases aliases;

	DnsAddresses(DnsAliases aliases) {
		this.aliases = aliases;
	}

	/**
	 * The addresses of a name.
	 */
	CompletionStage<List<InetAddress>> of(ServiceName service, Name name) {
		return this.aliases.query(name, Type.A).thenCompose((ipv4) -> {
			List<InetAddress> found = addresses(service, ipv4);
			if (!found.isEmpty() || ipv4.answer().isNameUnknown()) {
				return CompletableFuture.completedFuture(found);
			}
			return this.aliases.query(name, Type.AAAA).thenApply((ipv6) -> addresses(service, ipv6));
		});
	}

	/**
	 * The address of each target of SRV records: from the additional section, and for
	 * those it leaves out, asked for once each. A target whose address nobody tells is
	 * left out, as long as there is another.
	 */
	CompletionStage<Map<Name, InetAddress>> ofTargets(ServiceName service, Collection<Name> targets, DnsAnswer answer) {
		Map<Name, InetAddress> known = additional(service, answer);
		known.keySet().retainAll(targets);
		CompletionStage<Found> result = CompletableFuture.completedFuture(new Found(known, new ArrayList<>()));
		for (Name target : targets.stream().distinct().filter((name) -> !known.containsKey(name)).toList()) {
			result = result.thenCombine(of(service, target).handle(Outcome::new),
					(found, outcome) -> found.add(target, outcome));
		}
		return result.thenApply(Found::result);
	}

	private Map<Name, InetAddress> additional(ServiceName service, DnsAnswer answer) {
		Map<Name, InetAddress> known = new HashMap<>();
		answer.message()
			.getSection(Section.ADDITIONAL)
			.stream()
			.sorted(Comparator.comparingInt(Record::getType))
			.forEach((record) -> addresses(service, record, answer)
				.forEach((address) -> known.putIfAbsent(record.getName(), address)));
		return known;
	}

	private List<InetAddress> addresses(ServiceName service, DnsRecords records) {
		return records.records().stream().flatMap((record) -> addresses(service, record, records.answer())).toList();
	}

	private Stream<InetAddress> addresses(ServiceName service, Record record, DnsAnswer answer) {
		return address(record).filter((address) -> this.callable.includes(service, address, answer.server()));
	}

	private static Stream<InetAddress> address(Record record) {
		if (record instanceof ARecord ipv4) {
			return Stream.of(ipv4.getAddress());
		}
		return (record instanceof AAAARecord ipv6) ? Stream.of(ipv6.getAddress()) : Stream.empty();
	}

	private record Outcome(@Nullable List<InetAddress> addresses, @Nullable Throwable failure) {
	}

	private record Found(Map<Name, InetAddress> addresses, List<Throwable> failures) {

		Found add(Name target, Outcome outcome) {
			if (outcome.failure() != null) {
				this.failures.add(Futures.cause(outcome.failure()));
			}
			else if (outcome.addresses() != null && !outcome.addresses().isEmpty()) {
				this.addresses.put(target, outcome.addresses().get(0));
			}
			return this;
		}

		Map<Name, InetAddress> result() {
			if (this.addresses.isEmpty() && !this.failures.isEmpty()) {
				throw new CompletionException(this.failures.get(0));
			}
			this.failures.forEach((failure) -> logger.debug("An instance is left out of a look-up", failure));
			return this.addresses;
		}

	}

}
