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
import dev.cloudmap.discovery.lookup.dns.query.Deadline;
import dev.cloudmap.discovery.lookup.dns.query.DnsAnswer;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * Resolves the targets of SRV records: from the additional section, from their names if
 * these contain addresses, and with one query for each other target, several at a time.
 * If only some targets cannot be resolved, the result lists them. Thread-safe.
 */
final class DnsTargets {

	/** The number of targets that are resolved concurrently. */
	private static final int PARALLEL = 16;

	/** The number of failures after which no further target of a service is resolved. */
	private static final int MAX_FAILURES = 16;

	private static final Logger logger = LoggerFactory.getLogger(DnsTargets.class);

	private final LogLimit logged = new LogLimit();

	private final DnsAddresses addresses;

	private final DnsLifetimes lifetimes;

	private final DnsConvention convention;

	DnsTargets(DnsAddresses addresses, DnsLifetimes lifetimes, DnsConvention convention) {
		this.addresses = addresses;
		this.lifetimes = lifetimes;
		this.convention = convention;
	}

	/**
	 * Resolves targets.
	 * @param service the service of the targets
	 * @param answer the answer with the SRV records
	 */
	CompletionStage<Result> addresses(ServiceName service, Collection<Name> targets, DnsAnswer answer,
			Deadline deadline) {
		Resolution resolution = new Resolution(service, targets, deadline);
		resolution.useAdditional(answer);
		resolution.useNames(answer);
		CompletableFuture<?>[] workers = IntStream.range(0, PARALLEL)
			.mapToObj((worker) -> resolution.resolveNext().toCompletableFuture())
			.toArray(CompletableFuture<?>[]::new);
		return CompletableFuture.allOf(workers).thenApply((done) -> resolution.result());
	}

	/**
	 * The resolution of the targets of one service, by several concurrent workers.
	 */
	private final class Resolution {

		private final ServiceName service;

		private final Set<Name> targets;

		private final Deadline deadline;

		private final Map<Name, Expiring<List<InetAddress>>> found = new ConcurrentHashMap<>();

		private final Queue<Name> missing = new ConcurrentLinkedQueue<>();

		private final Map<Name, Throwable> failures = new ConcurrentHashMap<>();

		Resolution(ServiceName service, Collection<Name> targets, Deadline deadline) {
			this.service = service;
			this.targets = new HashSet<>(targets);
			this.deadline = deadline;
		}

		/**
		 * Uses the addresses of the additional section. Records of other names are
		 * ignored. Sorting puts IPv4 first and makes the choice among several addresses
		 * stable.
		 */
		void useAdditional(DnsAnswer answer) {
			answer.message()
				.getSection(Section.ADDITIONAL)
				.stream()
				.filter((record) -> this.targets.contains(record.getName()))
				.sorted()
				.forEach((record) -> add(record, answer));
		}

		/**
		 * Uses the addresses that names contain. Other targets are missing.
		 */
		void useNames(DnsAnswer answer) {
			this.targets.stream().filter((target) -> !this.found.containsKey(target)).forEach((target) -> {
				InetAddress address = DnsTargets.this.convention.address(target);
				if (address == null) {
					this.missing.add(target);
				}
				else {
					List<InetAddress> callable = DnsTargets.this.addresses.callable(this.service, address, answer)
						.toList();
					this.found.put(target, new Expiring<>(callable, Instant.MAX));
				}
			});
		}

		private void add(Record record, DnsAnswer answer) {
			Instant end = DnsTargets.this.lifetimes.end(answer, List.of(record));
			DnsTargets.this.addresses.address(this.service, record, answer)
				.forEach((address) -> this.found.putIfAbsent(record.getName(), new Expiring<>(List.of(address), end)));
		}

		CompletionStage<?> resolveNext() {
			Name target = this.missing.poll();
			if (target == null) {
				return CompletableFuture.completedFuture(null);
			}
			return DnsTargets.this.addresses.of(this.service, target, this.deadline).handle((addresses, failure) -> {
				add(target, addresses, failure);
				return resolveNext();
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

		Result result() {
			Map<Name, InetAddress> addresses = new HashMap<>();
			this.found.forEach((target, found) -> found.value()
				.stream()
				.findFirst()
				.ifPresent((address) -> addresses.put(target, address)));
			Instant end = this.found.values().stream().map(Expiring::until).reduce(Instant.MAX, DnsLifetimes::earlier);
			if (addresses.isEmpty() && !this.failures.isEmpty()) {
				throw new CompletionException(this.failures.values().iterator().next());
			}
			this.failures.forEach(this::logFailure);
			Set<Name> unlocated = new HashSet<>(this.targets);
			unlocated.removeAll(this.found.keySet());
			return new Result(addresses, unlocated, end);
		}

		private void logFailure(Name target, Throwable failure) {
			if (DnsTargets.this.logged.allows(target)) {
				logger.warn("The address of {}, an instance of {}, could not be resolved. Its last address is kept: {}",
						target, this.service, failure.getMessage());
			}
		}

	}

	/**
	 * The result of a resolution. Targets without any address are in neither part.
	 *
	 * @param addresses the addresses by target
	 * @param unlocated the targets whose queries failed
	 * @param until when the result expires
	 */
	record Result(Map<Name, InetAddress> addresses, Set<Name> unlocated, Instant until) {
	}

}
