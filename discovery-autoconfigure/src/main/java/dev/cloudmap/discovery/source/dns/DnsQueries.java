package dev.cloudmap.discovery.source.dns;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
 * that it can't, or only whom else to ask, is passed over. An answer that did not fit
 * into a datagram is fetched by TCP.
 */
final class DnsQueries implements DnsResolver {

	/** What fits into a datagram on any path (DNS flag day 2020). */
	private static final int EDNS_PAYLOAD_SIZE = 1232;

	/** How many addresses of a server that is given by its name are tried. */
	private static final int MAX_ADDRESSES = 8;

	private final DnsServers servers;

	private final DnsTransport transport;

	private final Duration timeout;

	private final Executor executor;

	private final Timer timer;

	private final HostNames names;

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
		this.timer = timer;
		this.names = names;
	}

	@Override
	public CompletionStage<DnsAnswer> query(Name name, int type) {
		Deque<InetSocketAddress> addresses = new ArrayDeque<>(this.servers.addresses());
		if (addresses.isEmpty()) {
			return CompletableFuture.failedFuture(new RegistryUnavailableException(
					"No DNS server is known to ask for " + name + ": set discovery.lookup.dns.servers", null));
		}
		return ask(Record.newRecord(name, type, DClass.IN), addresses, "");
	}

	private CompletionStage<DnsAnswer> ask(Record question, Deque<InetSocketAddress> remaining, String failures) {
		InetSocketAddress server = remaining.poll();
		if (server == null) {
			return CompletableFuture.failedFuture(new RegistryUnavailableException(
					"No DNS server answered " + question.getName() + " " + Type.string(question.getType()) + failures,
					null));
		}
		if (server.isUnresolved()) {
			return resolve(server).handle((addresses, failure) -> {
				if (failure != null) {
					return ask(question, remaining, with(failures, server, describe(failure)));
				}
				addresses.forEach(remaining::push);
				return ask(question, remaining, failures);
			}).thenCompose(Function.identity());
		}
		return ask(question, server).handleAsync((answer, failure) -> {
			if (failure != null) {
				return ask(question, remaining, with(failures, server, describe(failure)));
			}
			int rcode = answer.message().getRcode();
			if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
				return ask(question, remaining, with(failures, server, Rcode.string(rcode)));
			}
			if (isLame(answer)) {
				return ask(question, remaining, with(failures, server, "refers to other servers"));
			}
			return CompletableFuture.completedFuture(answer);
		}, this.executor).thenCompose(Function.identity());
	}

	/**
	 * Asks one server, and again without EDNS if it can't read that (RFC 6891, 7).
	 */
	private CompletableFuture<DnsAnswer> ask(Record question, InetSocketAddress server) {
		Deadline deadline = Deadline.after(this.timeout);
		return send(extendedQuery(question), server, deadline)
			.thenCompose((answer) -> (answer.getRcode() == Rcode.FORMERR)
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
	private CompletableFuture<List<InetSocketAddress>> resolve(InetSocketAddress server) {
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
		}, this.executor).orTimeout(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * What was tried so far, and one more that failed.
	 */
	private static String with(String failures, InetSocketAddress server, String failure) {
		InetAddress address = server.getAddress();
		String number = (address == null || address.getHostAddress().equals(server.getHostString())) ? ""
				: " (" + address.getHostAddress() + ")";
		return failures + "; " + server.getHostString() + ":" + server.getPort() + number + ": " + failure;
	}

	private String describe(Throwable failure) {
		Throwable cause = Futures.cause(failure);
		return (cause instanceof TimeoutException) ? "no answer within " + this.timeout.toMillis() + " ms"
				: String.valueOf(cause.getMessage());
	}

	/**
	 * Whom to ask for the addresses of servers that are given by their names. May block.
	 */
	@FunctionalInterface
	interface HostNames {

		InetAddress[] addresses(String name) throws UnknownHostException;

	}

	/**
	 * Until when one server has time, all attempts together.
	 */
	private record Deadline(long nanoTime) {

		static Deadline after(Duration duration) {
			return new Deadline(System.nanoTime() + duration.toNanos());
		}

		Duration remaining() {
			return Duration.ofNanos(Math.max(1, this.nanoTime - System.nanoTime()));
		}

	}

}
