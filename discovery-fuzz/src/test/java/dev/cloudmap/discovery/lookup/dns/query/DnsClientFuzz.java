package dev.cloudmap.discovery.lookup.dns.query;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.lookup.dns.DnsInstanceSource;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.fuzz.Check;
import dev.cloudmap.fuzz.Input;
import dev.cloudmap.fuzz.LoggedErrors;

/**
 * Looks up a service with arbitrary bytes as the DNS responses. The first byte of an
 * input holds flags: a configured port of the service (bit 0) and a DNS server on this
 * machine (bit 1). The responses to consecutive queries follow: one byte of flags, a
 * length of two bytes, and the content of that length. After the last response, the first
 * one is used again.
 */
public final class DnsClientFuzz {

	private static final int WITH_PORT = 1;

	private static final int LOCAL_SERVER = 2;

	/** The content is a complete message, except for the id. */
	private static final int COMPLETE_MESSAGE = 1;

	/** The id of the response differs from that of the query. */
	private static final int WRONG_ID = 2;

	private static final int HEADER = 12;

	private static final int MAX_RESPONSES = 16;

	/** The maximum number of queries of a lookup. */
	private static final int MAX_QUERIES = 2000;

	private static final int MAX_INSTANCES = 1000;

	private static final int MAX_PORT = 65_535;

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final DnsSettings SETTINGS = new DnsSettings(DnsTransport.UDP, Duration.ofSeconds(1),
			Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofMinutes(1));

	private static final InetAddress LOCAL = address("127.0.0.1");

	private static final InetAddress REMOTE = address("10.0.0.53");

	private DnsClientFuzz() {
	}

	public static void fuzzerTestOneInput(byte[] bytes) {
		Input input = new Input(bytes);
		int mode = input.next();
		InetAddress server = ((mode & LOCAL_SERVER) != 0) ? LOCAL : REMOTE;
		ScriptedResolver resolver = new ScriptedResolver(input, server);
		DnsInstanceSource source = new DnsInstanceSource(resolver, SETTINGS,
				(service) -> ((mode & WITH_PORT) != 0) ? 5000 : null, new CallableInstances(Scope.ANYWHERE));
		CompletableFuture<InstanceSet> lookup = source.lookup(WORKER).toCompletableFuture();
		Check.that(lookup.isDone(), "The lookup is not complete");
		lookup.handle((found, failure) -> {
			if (failure == null) {
				check(found, server);
			}
			else if (!(Futures.cause(failure) instanceof DiscoveryException)) {
				throw new AssertionError("The lookup failed with an exception other than DiscoveryException",
						Futures.cause(failure));
			}
			return null;
		}).join();
		LoggedErrors.rethrow();
	}

	private static void check(InstanceSet set, InetAddress server) {
		List<Instance> instances = set.instances();
		Check.that(instances.size() <= MAX_INSTANCES && new HashSet<>(instances).size() == instances.size(),
				"The instances are too many or not unique:", instances.size());
		Check.that(set.unlocated().size() <= MAX_INSTANCES, "There are too many instances without an address:",
				set.unlocated().size());
		Instant latest = NOW.plusSeconds(instances.isEmpty() ? 2 : 60);
		Check.that(!set.validUntil().isBefore(NOW.plusSeconds(1)) && !set.validUntil().isAfter(latest),
				"The validity is too long or too short:", set.validUntil());
		for (Instance instance : instances) {
			Check.that(instance.port() >= 1 && instance.port() <= MAX_PORT && !instance.id().isEmpty(),
					"The instance has no valid port or id:", instance);
			Check.that(instance.host().chars().allMatch((c) -> "0123456789abcdef:.".indexOf(c) >= 0),
					"The host is not an IP address:", instance);
			InetAddress address = address(instance.host());
			Check.that(
					!address.isAnyLocalAddress() && !address.isMulticastAddress()
							&& (!address.isLoopbackAddress() || server.isLoopbackAddress()),
					"The address is not callable:", instance);
			instance.attributes()
				.forEach((name, value) -> Check.that(
						name.equals(InstanceAttributes.WEIGHT) && Long.parseLong(value) >= 0,
						"An attribute is not a valid weight:", name, value));
		}
	}

	private static InetAddress address(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new AssertionError("Not an IP address: " + literal, ex);
		}
	}

	/**
	 * Answers queries with the responses of the input.
	 */
	private static final class ScriptedResolver implements DnsResolver {

		private final List<ScriptedResponse> responses = new ArrayList<>();

		private final InetAddress server;

		private int queries;

		private ScriptedResolver(Input input, InetAddress server) {
			while (input.hasMore() && this.responses.size() < MAX_RESPONSES) {
				this.responses.add(new ScriptedResponse(input.next(), input.next(input.nextShort())));
			}
			this.server = server;
		}

		@Override
		public CompletionStage<DnsAnswer> query(Name name, int type, Deadline deadline) {
			Check.that(this.queries < MAX_QUERIES, "The lookup sends too many queries");
			Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
			Exchange exchange = new Exchange(query);
			if (!this.responses.isEmpty()) {
				exchange.receive(this.responses.get(this.queries % this.responses.size()).toWire(query));
			}
			this.queries++;
			Message message = exchange.answer().getNow(null);
			DnsAnswer answer = (message != null) ? new DnsAnswer(message, this.server, NOW) : null;
			return (answer != null && DnsQueries.problem(answer) == null) ? CompletableFuture.completedFuture(answer)
					: CompletableFuture.failedFuture(new RegistryUnavailableException("no answer", null));
		}

	}

	/**
	 * A DNS response. Unless it is a complete message, its content is what follows the id
	 * and the question: two bytes of flags, two bytes for each of the numbers of answer,
	 * authority and additional records, and the records.
	 */
	private static final class ScriptedResponse {

		private final int kind;

		private final byte[] content;

		private ScriptedResponse(int kind, byte[] content) {
			this.kind = kind;
			this.content = content;
		}

		byte[] toWire(Message query) {
			byte[] wire = ((this.kind & COMPLETE_MESSAGE) != 0) ? this.content.clone() : appendTo(query.toWire());
			if ((this.kind & WRONG_ID) == 0 && wire.length > 1) {
				int id = query.getHeader().getID();
				wire[0] = (byte) (id >> Byte.SIZE);
				wire[1] = (byte) id;
			}
			return wire;
		}

		private byte[] appendTo(byte[] question) {
			Input input = new Input(this.content);
			ByteBuffer wire = ByteBuffer.allocate(question.length + this.content.length);
			wire.put(question);
			// The inverted bit sets the response flag in most inputs.
			wire.putShort(2, (short) (input.nextShort() ^ 0x8000));
			for (int position = 6; position < HEADER; position += Short.BYTES) {
				wire.putShort(position, (short) input.nextShort());
			}
			wire.put(input.rest());
			byte[] bytes = new byte[wire.flip().remaining()];
			wire.get(bytes);
			return bytes;
		}

	}

	/**
	 * Accepts a response only if it matches the query. It has no channel.
	 */
	private static final class Exchange extends DnsExchange {

		private Exchange(Message query) {
			super(query);
		}

		@Override
		SelectableChannel channel() {
			throw new UnsupportedOperationException();
		}

		@Override
		void start(InetSocketAddress server) {
			throw new UnsupportedOperationException();
		}

		@Override
		int initialInterest() {
			throw new UnsupportedOperationException();
		}

		@Override
		void proceed(SelectionKey key, ByteBuffer scratch) {
			throw new UnsupportedOperationException();
		}

	}

}
