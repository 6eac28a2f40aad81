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
 * Any bytes as the answers to a lookup by DNS. An input is a byte that tells whether the
 * service has a port by configuration (bit 0) and the server is on this machine (bit 1),
 * and then the answers to one query after the other, from the first again when none is
 * left: a byte that tells the kind, the length in two bytes, and so many bytes.
 */
public final class DnsClientFuzz {

	private static final int WITH_PORT = 1;

	private static final int LOCAL_SERVER = 2;

	/** The whole message is in the input, but for the id. */
	private static final int WHOLE = 1;

	/** The id is not the query's. */
	private static final int STRAY = 2;

	private static final int HEADER = 12;

	private static final int MAX_ANSWERS = 16;

	/** The most queries of a lookup, whatever the answers are. */
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
		Answers answers = new Answers(input, server);
		DnsInstanceSource source = new DnsInstanceSource(answers, SETTINGS,
				(service) -> ((mode & WITH_PORT) != 0) ? 5000 : null,
				new CallableInstances(Scope.ANYWHERE));
		CompletableFuture<InstanceSet> lookup = source.lookup(WORKER).toCompletableFuture();
		Check.that(lookup.isDone(), "The lookup does not end");
		lookup.handle((found, failure) -> {
			if (failure == null) {
				check(found, server);
			}
			else if (!(Futures.cause(failure) instanceof DiscoveryException)) {
				throw new AssertionError("The lookup fails in another way", Futures.cause(failure));
			}
			return null;
		}).join();
		LoggedErrors.rethrow();
	}

	private static void check(InstanceSet set, InetAddress server) {
		List<Instance> instances = set.instances();
		Check.that(instances.size() <= MAX_INSTANCES && new HashSet<>(instances).size() == instances.size(),
				"There are too many instances, or one is there twice:", instances.size());
		Check.that(set.unlocated().size() <= MAX_INSTANCES, "There are too many others:", set.unlocated().size());
		Instant latest = NOW.plusSeconds(instances.isEmpty() ? 2 : 60);
		Check.that(!set.validUntil().isBefore(NOW.plusSeconds(1)) && !set.validUntil().isAfter(latest),
				"It is valid too long, or not long enough:", set.validUntil());
		for (Instance instance : instances) {
			Check.that(instance.port() >= 1 && instance.port() <= MAX_PORT && !instance.id().isEmpty(),
					"The instance cannot be called:", instance);
			Check.that(instance.host().chars().allMatch((c) -> "0123456789abcdef:.".indexOf(c) >= 0),
					"The host is no address:", instance);
			InetAddress address = address(instance.host());
			Check.that(
					!address.isAnyLocalAddress() && !address.isMulticastAddress()
							&& (!address.isLoopbackAddress() || server.isLoopbackAddress()),
					"The address cannot be called:", instance);
			instance.attributes()
				.forEach((name, value) -> Check
					.that(name.equals(InstanceAttributes.WEIGHT) && Long.parseLong(value) >= 0, "", name, value));
		}
	}

	private static InetAddress address(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new AssertionError("This is no address: " + literal, ex);
		}
	}

	/**
	 * Answers queries by what is in the input.
	 */
	private static final class Answers implements DnsResolver {

		private final List<Part> parts = new ArrayList<>();

		private final InetAddress server;

		private int queries;

		private Answers(Input input, InetAddress server) {
			while (input.hasMore() && this.parts.size() < MAX_ANSWERS) {
				this.parts.add(new Part(input.next(), input.next(input.nextShort())));
			}
			this.server = server;
		}

		@Override
		public CompletionStage<DnsAnswer> query(Name name, int type, Deadline deadline) {
			Check.that(this.queries < MAX_QUERIES, "There are too many queries");
			Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
			Exchange exchange = new Exchange(query);
			if (!this.parts.isEmpty()) {
				exchange.receive(this.parts.get(this.queries % this.parts.size()).toWire(query));
			}
			this.queries++;
			Message message = exchange.answer().getNow(null);
			DnsAnswer answer = (message != null) ? new DnsAnswer(message, this.server, NOW) : null;
			return (answer != null && DnsQueries.problem(answer) == null) ? CompletableFuture.completedFuture(answer)
					: CompletableFuture.failedFuture(new RegistryUnavailableException("no answer", null));
		}

	}

	/**
	 * One answer. Unless it is a whole message it has two bytes of flags, two each for
	 * the numbers of answers, authorities and additional records, and these records.
	 */
	private static final class Part {

		private final int kind;

		private final byte[] content;

		private Part(int kind, byte[] content) {
			this.kind = kind;
			this.content = content;
		}

		byte[] toWire(Message query) {
			byte[] wire = ((this.kind & WHOLE) != 0) ? this.content.clone() : behindQuestion(query.toWire());
			if ((this.kind & STRAY) == 0 && wire.length > 1) {
				int id = query.getHeader().getID();
				wire[0] = (byte) (id >> Byte.SIZE);
				wire[1] = (byte) id;
			}
			return wire;
		}

		private byte[] behindQuestion(byte[] question) {
			Input input = new Input(this.content);
			ByteBuffer wire = ByteBuffer.allocate(question.length + this.content.length);
			wire.put(question);
			// The flag of a response is there more often than not.
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
	 * Matches answers to queries.
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
