package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.LogOnce;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Finds the address of each target of SRV records: in the additional section, and for
 * those it leaves out by asking for each once, some at a time. A target whose address
 * nobody tells is named as such, as long as there is another.
 */
final class DnsTargets {

	/** How many targets are asked for at a time. */
	private static final int PARALLEL = 16;

	/** After how many failures no further target of a service is asked for. */
	private static final int MAX_FAILURES = 16;

	private static final Logger logger = LoggerFactory.getLogger(DnsTargets.class);

	private final LogOnce<Name> told = new LogOnce<>();

	private final DnsAddresses addresses;

	private final DnsLifetimes lifetimes;

	DnsTargets(DnsAddresses addresses, DnsLifetimes lifetimes) {
		this.addresses = addresses;
		this.lifetimes = lifetimes;
	}

	/**
	 * The addresses of targets.
	 * @param service whose targets they are
	 * @param targets the targets
	 * @param answer the answer that named them
	 * @param deadline until when they are of use
	 */
	CompletionStage<Found> addresses(ServiceName service, Collection<Name> targets, DnsAnswer answer,
			Deadline deadline) {
		Search search = new Search(service, targets, deadline);
		search.takeAdditional(answer);
		CompletableFuture<?>[] lanes = IntStream.range(0, PARALLEL)
			.mapToObj((lane) -> search.askForNext().toCompletableFuture())
			.toArray(CompletableFuture<?>[]::new);
		return CompletableFuture.allOf(lanes).thenApply((done) -> search.result());
	}

	/**
	 * One search for the targets of one service, by several lanes at a time.
	 */
	private final class Search {

		private final ServiceName service;

		private final Set<Name> targets;

		private final Deadline deadline;

		private final Map<Name, Expiring<List<InetAddress>>> found = new ConcurrentHashMap<>();

		private final Queue<Name> missing = new ConcurrentLinkedQueue<>();

		private final Map<Name, Throwable> failures = new ConcurrentHashMap<>();

		Search(ServiceName service, Collection<Name> targets, Deadline deadline) {
			this.service = service;
			this.targets = new HashSet<>(targets);
			this.deadline = deadline;
		}

		/**
		 * The section may hold anything: what belongs to no target is not taken. Sorted,
		 * IPv4 comes first, and the choice among several is always the same.
		 */
		void takeAdditional(DnsAnswer answer) {
			answer.message()
				.getSection(Section.ADDITIONAL)
				.stream()
				.filter((record) -> this.targets.contains(record.getName()))
				.sorted()
				.forEach((record) -> take(record, answer));
			this.targets.stream().filter((target) -> !this.found.containsKey(target)).forEach(this.missing::add);
		}

		private void take(Record record, DnsAnswer answer) {
			Instant end = DnsTargets.this.lifetimes.end(answer, List.of(record));
			DnsTargets.this.addresses.address(this.service, record, answer)
				.forEach((address) -> this.found.putIfAbsent(record.getName(), new Expiring<>(List.of(address), end)));
		}

		CompletionStage<?> askForNext() {
			Name target = this.missing.poll();
			if (target == null) {
				return CompletableFuture.completedFuture(null);
			}
			return DnsTargets.this.addresses.of(this.service, target, this.deadline).handle((addresses, failure) -> {
				add(target, addresses, failure);
				return askForNext();
			}).thenCompose((next) -> next);
		}

		private void add(Name target, @Nullable Expiring<List<InetAddress>> addresses, @Nullable Throwable failure) {
			if (addresses != null) {
				this.found.put(target, addresses);
			}
			else if (failure != null) {
				this.failures.put(target, Futures.cause(failure));
			}
			if (this.failures.size() >= MAX_FAILURES) {
				this.missing.clear();
			}
		}

		Found result() {
			Map<Name, InetAddress> addresses = new HashMap<>();
			Instant end = Instant.MAX;
			for (Map.Entry<Name, Expiring<List<InetAddress>>> entry : this.found.entrySet()) {
				end = DnsLifetimes.earlier(end, entry.getValue().until());
				entry.getValue()
					.value()
					.stream()
					.findFirst()
					.ifPresent((address) -> addresses.put(entry.getKey(), address));
			}
			if (addresses.isEmpty() && !this.failures.isEmpty()) {
				throw new CompletionException(this.failures.values().iterator().next());
			}
			this.failures.forEach(this::tell);
			Set<Name> unlocated = new HashSet<>(this.targets);
			unlocated.removeAll(this.found.keySet());
			return new Found(addresses, unlocated, end);
		}

		private void tell(Name target, Throwable failure) {
			if (DnsTargets.this.told.isNew(target)) {
				logger.warn("The address of {}, an instance of {}, can't be found out: what was known of it stays. {}",
						target, this.service, failure.getMessage());
			}
		}

	}

	/**
	 * What became of the targets. Those that have no address are in neither part.
	 *
	 * @param addresses the address of each that has one
	 * @param unlocated those of which nobody told whether they have one
	 * @param until until when that holds
	 */
	record Found(Map<Name, InetAddress> addresses, Set<Name> unlocated, Instant until) {
	}

}
