package dev.cloudmap.discovery.source.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Sends one query to one server after the other until one answers. A server that does not
 * answer in time, or answers that it can't, is passed over. An answer that did not fit
 * into a datagram is fetched by TCP.
 */
final class DnsQueries {

	/** What fits into a datagram on any path (DNS flag day 2020). */
	private static final int EDNS_PAYLOAD_SIZE = 1232;

	/** How often dnsjava looks for queries that have timed out. */
	private static final Duration TIMEOUT_GRANULARITY = Duration.ofSeconds(1);

	private static final String DNSJAVA_SHUTDOWN_HOOK = "dnsjava.nio.register_shutdown_hook";

	static {
		// dnsjava's hook would end its thread, a daemon, as soon as the JVM is told to
		// stop:
		// the application goes on looking up while it drains
		if (System.getProperty(DNSJAVA_SHUTDOWN_HOOK) == null) {
			System.setProperty(DNSJAVA_SHUTDOWN_HOOK, "false");
		}
	}

	private final DnsServers servers;

	private final Duration timeout;

	private final Executor executor;

	private final Map<InetSocketAddress, SimpleResolver> resolvers = new ConcurrentHashMap<>();

	/**
	 * Creates the queries.
	 * @param servers whom to ask
	 * @param timeout how long to wait for each server
	 * @param executor runs what is done with an answer
	 */
	DnsQueries(DnsServers servers, Duration timeout, Executor executor) {
		this.servers = servers;
		this.timeout = timeout;
		this.executor = executor;
	}

	/**
	 * Asks for the records of one type of an absolute name.
	 * @return the answer: records, NODATA or NXDOMAIN; fails with
	 * {@link RegistryUnavailableException} if no server gave one
	 */
	CompletionStage<Message> query(Name name, int type) {
		List<InetSocketAddress> addresses = this.servers.addresses();
		if (addresses.isEmpty()) {
			return CompletableFuture.failedFuture(new RegistryUnavailableException(
					"No DNS server is known to ask for " + name + ": set discovery.lookup.dns.servers", null));
		}
		Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
		return ask(query, addresses.iterator(), "");
	}

	private CompletionStage<Message> ask(Message query, Iterator<InetSocketAddress> remaining, String failures) {
		if (!remaining.hasNext()) {
			Record question = query.getQuestion();
			return CompletableFuture.failedFuture(new RegistryUnavailableException(
					"No DNS server answered " + question.getName() + " " + Type.string(question.getType()) + failures,
					null));
		}
		InetSocketAddress server = remaining.next();
		return send(query, server).handle((answer, failure) -> {
			if (failure != null) {
				return ask(query, remaining, failures + "; " + describe(server) + ": " + describe(failure));
			}
			if (answer.getRcode() != Rcode.NOERROR && answer.getRcode() != Rcode.NXDOMAIN) {
				return ask(query, remaining,
						failures + "; " + describe(server) + ": " + Rcode.string(answer.getRcode()));
			}
			return CompletableFuture.completedFuture(answer);
		}).thenCompose(Function.identity());
	}

	private CompletionStage<Message> send(Message query, InetSocketAddress server) {
		return resolve(server).thenCompose(
				(address) -> this.resolvers.computeIfAbsent(address, this::resolver).sendAsync(query, this.executor))
			.toCompletableFuture()
			.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * A server whose name was unknown when the application started is not unknown for
	 * ever: its name is resolved again.
	 */
	private CompletionStage<InetSocketAddress> resolve(InetSocketAddress server) {
		CompletableFuture<InetSocketAddress> known = CompletableFuture.completedFuture(server);
		if (!server.isUnresolved()) {
			return known;
		}
		return known.thenApplyAsync((unresolved) -> {
			InetSocketAddress again = new InetSocketAddress(unresolved.getHostString(), unresolved.getPort());
			if (again.isUnresolved()) {
				throw new RegistryUnavailableException("unknown host", null);
			}
			return again;
		}, this.executor);
	}

	private SimpleResolver resolver(InetSocketAddress server) {
		SimpleResolver resolver = new SimpleResolver(server);
		// ours ends first
		resolver.setTimeout(this.timeout.plus(TIMEOUT_GRANULARITY));
		resolver.setEDNS(0, EDNS_PAYLOAD_SIZE, 0, List.of());
		return resolver;
	}

	private static String describe(InetSocketAddress server) {
		return server.getHostString() + ":" + server.getPort();
	}

	private String describe(Throwable failure) {
		Throwable cause = Futures.cause(failure);
		return (cause instanceof TimeoutException) ? "no answer within " + this.timeout.toMillis() + " ms"
				: String.valueOf(cause.getMessage());
	}

}
