package dev.cloudmap.discovery.lookup.dns;

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
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Sends one query to one server after the other until one answers; to all addresses of a
 * server that is given by its name. A server that does not answer in time, or answers
 * that it can't, or only whom else to ask, is passed over; one that did not answer in
 * time is asked again when all others were asked. An answer that did not fit into a
 * datagram is fetched by TCP.
 */
final class DnsQueries implements DnsResolver {

	/** What fits into a datagram on any path (DNS flag day 2020). */
	private static final int EDNS_PAYLOAD_SIZE = 1232;

	/** What servers say that can't read EDNS. */
	private static final Set<Integer> WITHOUT_EDNS = Set.of(Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS);

	/**
	 * How often a server that does not answer in time is asked: one lost datagram is no
	 * failure.
	 */
	private static final int ROUNDS = 2;

	/**
	 * How many queries are on their way at a time, each with a socket: no more than a
	 * server's buffer of usual size has room for.
	 */
	private static final int MAX_QUERIES = 128;

	/** How many addresses of a server that is given by its name are tried. */
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
	 * @param servers whom to ask
	 * @param settings how to ask them
	 * @param executor runs what is done with an answer
	 * @param timer tells when an answer came
	 */
	DnsQueries(DnsServers servers, DnsSettings settings, Executor executor, Timer timer) {
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
					"No DNS server is known to ask for " + name + ": set discovery.lookup.dns.servers", null));
		}
		Inquiry inquiry = new Inquiry(Record.newRecord(name, type, DClass.IN), deadline, addresses);
		return this.limiter.take(inquiry::askNext);
	}

	/**
	 * Asks one server, and again without EDNS if it can't read that: it should say
	 * FORMERR then (RFC 6891, 7), but some say otherwise.
	 */
	private CompletableFuture<DnsAnswer> ask(Record question, InetSocketAddress server, Deadline deadline) {
		return send(extendedQuery(question), server, deadline)
			.thenCompose((answer) -> WITHOUT_EDNS.contains(answer.getRcode())
					? send(Message.newQuery(question), server, deadline) : CompletableFuture.completedFuture(answer))
			.thenApply((answer) -> new DnsAnswer(answer, server.getAddress(), this.timer.now()));
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
	 * By TCP everything fits: what is cut off nevertheless would lose instances.
	 */
	private CompletableFuture<Message> sendByTcp(Message query, InetSocketAddress server, Deadline deadline) {
		return this.sockets.send(DnsTransport.TCP, server, query, deadline.remaining())
			.thenCompose((answer) -> answer.getHeader().getFlag(Flags.TC)
					? CompletableFuture.failedFuture(new IOException("cut its answer off, by TCP too"))
					: CompletableFuture.completedFuture(answer));
	}

	/**
	 * Why the next server is to be asked; null if this is an answer.
	 */
	static @Nullable String problem(DnsAnswer answer) {
		int rcode = answer.message().getRcode();
		if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
			return Rcode.string(rcode);
		}
		return isLame(answer) ? "refers to other servers" : null;
	}

	/**
	 * Whether a server knows no more than who else might know: it is not responsible for
	 * the name, and does not ask others for us.
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
	 * A host name is resolved for each query, as often as the JVM's cache lets it: it may
	 * be unknown at first, and move.
	 * @return its addresses, the last to be asked first
	 */
	private CompletableFuture<List<InetSocketAddress>> resolve(InetSocketAddress server, Duration patience) {
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
		}, this.executor).orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS);
	}

	private static String shown(InetSocketAddress server) {
		InetAddress address = server.getAddress();
		String number = (address == null || address.getHostAddress().equals(server.getHostString())) ? ""
				: " (" + address.getHostAddress() + ")";
		return server.getHostString() + ":" + server.getPort() + number;
	}

	private static boolean isTimeout(Throwable failure) {
		return Futures.cause(failure) instanceof TimeoutException;
	}

	private static String describe(Throwable failure, Duration patience) {
		return isTimeout(failure) ? "no answer within " + patience.toMillis() + " ms"
				: String.valueOf(Futures.cause(failure).getMessage());
	}

	/**
	 * Whom to ask for the addresses of servers that are given by their names. May block.
	 */
	@FunctionalInterface
	interface HostNames {

		InetAddress[] addresses(String name) throws UnknownHostException;

	}

	/**
	 * One question on its way from server to server.
	 */
	private final class Inquiry {

		private final Record question;

		private final Deadline deadline;

		private final Deque<InetSocketAddress> remaining;

		/** Those that did not answer in time and are to be asked once more. */
		private final Deque<InetSocketAddress> silent = new ArrayDeque<>();

		private final StringBuilder failures = new StringBuilder();

		private int round = 1;

		Inquiry(Record question, Deadline deadline, List<InetSocketAddress> servers) {
			this.question = question;
			this.deadline = deadline;
			this.remaining = new ArrayDeque<>(servers);
		}

		CompletionStage<DnsAnswer> askNext() {
			if (this.remaining.isEmpty() && this.round < ROUNDS) {
				this.round++;
				this.remaining.addAll(this.silent);
				this.silent.clear();
			}
			InetSocketAddress server = this.remaining.peek();
			if (server == null || this.deadline.isOver()) {
				return CompletableFuture.failedFuture(unanswered());
			}
			this.remaining.remove();
			return server.isUnresolved() ? resolveAndAsk(server) : ask(server);
		}

		private CompletionStage<DnsAnswer> resolveAndAsk(InetSocketAddress server) {
			Duration patience = this.deadline.remaining(DnsQueries.this.timeout);
			return resolve(server, patience).handle((addresses, failure) -> {
				if (failure != null) {
					note(server, describe(failure, patience));
				}
				else {
					addresses.forEach(this.remaining::push);
				}
				return askNext();
			}).thenCompose(Function.identity());
		}

		private CompletionStage<DnsAnswer> ask(InetSocketAddress server) {
			Duration patience = this.deadline.remaining(DnsQueries.this.timeout);
			return DnsQueries.this.ask(this.question, server, Deadline.after(patience))
				.handleAsync((answer, failure) -> {
					String problem = (failure != null) ? describe(failure, patience) : problem(answer);
					if (problem == null) {
						return CompletableFuture.completedFuture(answer);
					}
					if (failure == null || !isTimeout(failure)) {
						note(server, problem);
					}
					else if (this.round < ROUNDS) {
						this.silent.add(server);
					}
					else {
						note(server, problem + ", twice");
					}
					return askNext();
				}, DnsQueries.this.executor)
				.thenCompose(Function.identity());
		}

		private void note(InetSocketAddress server, String problem) {
			this.failures.append("; ").append(shown(server)).append(": ").append(problem);
		}

		private RegistryUnavailableException unanswered() {
			this.silent.forEach((server) -> note(server, "no answer in time"));
			this.remaining.forEach((server) -> note(server, "no time is left to ask it (discovery.lookup.timeout)"));
			return new RegistryUnavailableException("No DNS server answered " + this.question.getName() + " "
					+ Type.string(this.question.getType()) + this.failures, null);
		}

	}

}
