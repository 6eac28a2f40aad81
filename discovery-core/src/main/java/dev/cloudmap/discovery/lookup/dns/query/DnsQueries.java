package dev.cloudmap.discovery.lookup.dns.query;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.thread.AsyncLimiter;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Sends a query to one server after another until one answers. A server given by name is
 * queried at all its addresses. A server that times out, returns an error or only refers
 * to other servers is skipped; a server that timed out is queried once more after all
 * others. A truncated answer is fetched by TCP. Thread-safe.
 */
public final class DnsQueries implements DnsResolver {

	/** The largest datagram without fragmentation on any path (DNS flag day 2020). */
	private static final int EDNS_PAYLOAD_SIZE = 1232;

	/** Response codes of servers that do not support EDNS. */
	private static final Set<Integer> WITHOUT_EDNS = Set.of(Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS);

	/**
	 * How often a server that times out is queried, since a datagram may be lost.
	 */
	private static final int ROUNDS = 2;

	/**
	 * The maximum number of concurrent queries, each with a socket. It fits the usual
	 * receive buffer of a server.
	 */
	private static final int MAX_QUERIES = 128;

	/** The maximum number of addresses of a server that is given by name. */
	private static final int MAX_ADDRESSES = 8;

	private final DnsServers servers;

	private final DnsTransport transport;

	private final Duration timeout;

	private final Executor executor;

	private final Timer timer;

	private final HostNames names;

	private final AsyncLimiter limiter;

	private final DnsSockets sockets = new DnsSockets();

	/**
	 * Creates the queries.
	 * @param servers the DNS servers
	 * @param settings transport and timeouts
	 * @param executor processes answers
	 * @param timer the clock for TTLs
	 */
	public DnsQueries(DnsServers servers, DnsSettings settings, Executor executor, Timer timer) {
		this(servers, settings, executor, timer, InetAddress::getAllByName);
	}

	DnsQueries(DnsServers servers, DnsSettings settings, Executor executor, Timer timer, HostNames names) {
		this.servers = servers;
		this.transport = settings.transport();
		this.timeout = settings.timeout();
		this.executor = executor;
		this.limiter = new AsyncLimiter(MAX_QUERIES, executor);
		this.timer = timer;
		this.names = names;
	}

	@Override
	public CompletionStage<DnsAnswer> query(Name name, int type, Deadline deadline) {
		List<InetSocketAddress> addresses = this.servers.addresses();
		if (addresses.isEmpty()) {
			return CompletableFuture.failedFuture(new RegistryUnavailableException(
					"No DNS server is known for " + name + ": set discovery.lookup.dns.servers", null));
		}
		FailoverQuery query = new FailoverQuery(Record.newRecord(name, type, DClass.IN), deadline, addresses);
		return this.limiter.run(query::queryNext);
	}

	/**
	 * Queries one server, and again without EDNS if the server does not support it: it
	 * should return FORMERR (RFC 6891, 7), but some servers return other codes.
	 */
	private CompletableFuture<DnsAnswer> queryServer(Record question, InetSocketAddress server, Deadline deadline) {
		return send(extendedQuery(question), server, deadline)
			.thenCompose((answer) -> WITHOUT_EDNS.contains(answer.getRcode())
					? send(Message.newQuery(question), server, deadline) : CompletableFuture.completedFuture(answer))
			.thenApply((answer) -> new DnsAnswer(answer, server.getAddress(), this.timer.steady()));
	}

	private CompletableFuture<Message> send(Message query, InetSocketAddress server, Deadline deadline) {
		return switch (this.transport) {
			case UDP -> this.sockets.send(DnsTransport.UDP, server, query, deadline.remaining())
				.thenCompose((answer) -> answer.getHeader().getFlag(Flags.TC) ? sendByTcp(query, server, deadline)
						: CompletableFuture.completedFuture(answer));
			case TCP -> sendByTcp(query, server, deadline);
		};
	}

	/**
	 * A truncated answer by TCP is an error, since it would lose instances.
	 */
	private CompletableFuture<Message> sendByTcp(Message query, InetSocketAddress server, Deadline deadline) {
		return this.sockets.send(DnsTransport.TCP, server, query, deadline.remaining())
			.thenCompose((answer) -> answer.getHeader().getFlag(Flags.TC)
					? CompletableFuture.failedFuture(new IOException("truncated its answer by TCP too"))
					: CompletableFuture.completedFuture(answer));
	}

	/**
	 * Why the next server must be queried; null if the answer is usable.
	 */
	public static @Nullable String problem(DnsAnswer answer) {
		int rcode = answer.message().getRcode();
		if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
			return Rcode.string(rcode);
		}
		return isLame(answer) ? "refers to other servers" : null;
	}

	/**
	 * Whether a server only refers to other servers: it is neither authoritative for the
	 * name nor a recursive resolver.
	 */
	private static boolean isLame(DnsAnswer answer) {
		Message message = answer.message();
		return message.getRcode() == Rcode.NOERROR && message.getSection(Section.ANSWER).isEmpty()
				&& !message.getHeader().getFlag(Flags.AA) && answer.hasAuthority(Type.NS)
				&& !answer.hasAuthority(Type.SOA);
	}

	private static Message extendedQuery(Record question) {
		Message query = Message.newQuery(question);
		query.addRecord(new OPTRecord(EDNS_PAYLOAD_SIZE, 0, 0), Section.ADDITIONAL);
		return query;
	}

	/**
	 * Resolves the name of a server. It is resolved for each query, subject to the JVM's
	 * cache, since it may be unknown at first and its addresses may change.
	 * @return the addresses in reverse order
	 */
	private CompletableFuture<List<InetSocketAddress>> resolve(InetSocketAddress server, Duration limit) {
		return CompletableFuture.completedFuture(server.getHostString()).thenApplyAsync((name) -> {
			try {
				List<InetSocketAddress> addresses = Stream.of(this.names.addresses(name))
					.limit(MAX_ADDRESSES)
					.map((address) -> new InetSocketAddress(address, server.getPort()))
					.collect(Collectors.toCollection(ArrayList::new));
				Collections.reverse(addresses);
				return addresses;
			}
			catch (UnknownHostException ex) {
				throw new RegistryUnavailableException("unknown host", ex);
			}
		}, this.executor).orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
	}

	private static String format(InetSocketAddress server) {
		InetAddress address = server.getAddress();
		String number = (address == null || address.getHostAddress().equals(server.getHostString())) ? ""
				: " (" + address.getHostAddress() + ")";
		return server.getHostString() + ":" + server.getPort() + number;
	}

	private static boolean isTimeout(Throwable failure) {
		return Futures.cause(failure) instanceof TimeoutException;
	}

	private static String describe(Throwable failure, Duration limit) {
		return isTimeout(failure) ? "no answer within " + limit.toMillis() + " ms"
				: String.valueOf(Futures.cause(failure).getMessage());
	}

	/**
	 * Resolves the names of DNS servers. May block.
	 */
	@FunctionalInterface
	interface HostNames {

		InetAddress[] addresses(String name) throws UnknownHostException;

	}

	/**
	 * A query that is sent to one server after another.
	 */
	private final class FailoverQuery {

		private final Record question;

		private final Deadline deadline;

		private final Deque<InetSocketAddress> remaining;

		/** The servers that timed out and are queried once more. */
		private final Deque<InetSocketAddress> timedOut = new ArrayDeque<>();

		private final StringBuilder failures = new StringBuilder();

		private int round = 1;

		FailoverQuery(Record question, Deadline deadline, List<InetSocketAddress> servers) {
			this.question = question;
			this.deadline = deadline;
			this.remaining = new ArrayDeque<>(servers);
		}

		CompletionStage<DnsAnswer> queryNext() {
			if (this.remaining.isEmpty() && this.round < ROUNDS) {
				this.round++;
				this.remaining.addAll(this.timedOut);
				this.timedOut.clear();
			}
			InetSocketAddress server = this.remaining.peek();
			if (server == null || this.deadline.isOver()) {
				return CompletableFuture.failedFuture(noAnswer());
			}
			this.remaining.remove();
			return server.isUnresolved() ? resolveAndQuery(server) : queryServer(server);
		}

		private CompletionStage<DnsAnswer> resolveAndQuery(InetSocketAddress server) {
			Duration limit = this.deadline.remaining(DnsQueries.this.timeout);
			return resolve(server, limit).handle((addresses, failure) -> {
				if (failure != null) {
					addFailure(server, describe(failure, limit));
				}
				else {
					addresses.forEach(this.remaining::push);
				}
				return queryNext();
			}).thenCompose(Function.identity());
		}

		private CompletionStage<DnsAnswer> queryServer(InetSocketAddress server) {
			Duration limit = this.deadline.remaining(DnsQueries.this.timeout);
			return DnsQueries.this.queryServer(this.question, server, Deadline.after(limit))
				.handleAsync((answer, failure) -> {
					String problem = (failure != null) ? describe(failure, limit) : problem(answer);
					if (problem == null) {
						return CompletableFuture.completedFuture(answer);
					}
					if (failure == null || !isTimeout(failure)) {
						addFailure(server, problem);
					}
					else if (this.round < ROUNDS) {
						this.timedOut.add(server);
					}
					else {
						addFailure(server, problem + ", twice");
					}
					return queryNext();
				}, DnsQueries.this.executor)
				.thenCompose(Function.identity());
		}

		private void addFailure(InetSocketAddress server, String problem) {
			this.failures.append("; ").append(format(server)).append(": ").append(problem);
		}

		private RegistryUnavailableException noAnswer() {
			this.timedOut.forEach((server) -> addFailure(server, "no answer in time"));
			this.remaining
				.forEach((server) -> addFailure(server, "not queried, no time is left (discovery.lookup.timeout)"));
			return new RegistryUnavailableException("No DNS server answered " + this.question.getName() + " "
					+ Type.string(this.question.getType()) + this.failures, null);
		}

	}

}
