package dev.cloudmap.registry.dns.response;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.assertj.core.data.Index;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.dns.zone.Zones;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.DeleteService;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Cached responses equal new responses after any change and for any query.
 */
class ResponseCachePropertyTests {

	/** Long enough that responses exceed the size limit. */
	private static final String APEX = "corporation-with-a-name-that-takes-its-time";

	private static final int TRIES = 40;

	/** Repetitions of each query, so that some responses come from the cache. */
	private static final int REPETITIONS = 12;

	/** Repetitions that cover all choices of a responder that chooses records. */
	private static final int CHOICES = 2000;

	/** Fewer than the maximum number of records in a response. */
	private static final int FEW = 7;

	/** The queries after each change. */
	private static final List<Ask> ALWAYS = List.of(
			new Ask("worker." + APEX + ".", Type.SRV, List.of(512, 1232, 0), 0, Set.of(), QueryResponder.Transport.UDP),
			new Ask("i-b.worker." + APEX + ".", Type.A, List.of(1232), 0, Set.of(), QueryResponder.Transport.UDP));

	@Provide
	Arbitrary<List<Action>> actions() {
		Arbitrary<String> service = Arbitraries.of("worker", "worker", "worker", "worker", "worker", "i-b.worker");
		Arbitrary<String> namespace = Arbitraries.of(APEX, APEX, APEX, APEX, APEX, APEX, "worker." + APEX);
		Arbitrary<Action> addNamespace = Arbitraries.of(APEX, APEX, "worker." + APEX).map(AddNamespace::new);
		Arbitrary<Action> addService = Combinators.combine(namespace, service, Arbitraries.of(RoutingPolicy.class),
				Arbitraries.of(List.of(RecordType.SRV), List.of(RecordType.SRV), List.of(RecordType.A, RecordType.AAAA),
						List.of(RecordType.SRV, RecordType.A), List.of(RecordType.CNAME)))
			.as(AddService::new);
		Arbitrary<Integer> instance = Arbitraries.integers().between(0, 11);
		Arbitrary<Action> register = Combinators
			.combine(namespace, service, instance, Arbitraries.of("HEALTHY", "HEALTHY", "UNHEALTHY"),
					Arbitraries.of("4", "46", "46", "46", "6", "alias", "lb"))
			.as(Register::new);
		Arbitrary<Action> deregister = Combinators.combine(namespace, service, instance).as(Deregister::new);
		Arbitrary<Action> removeService = Combinators.combine(namespace, service).as(RemoveService::new);
		Arbitrary<Action> ask = Combinators.combine(
				Arbitraries.of("worker." + APEX + ".", "Worker." + APEX.toUpperCase(Locale.ROOT) + ".",
						"i-b.worker." + APEX + ".", "I-B.worker." + APEX + ".", "i-c.worker." + APEX + ".",
						"i-b.i-b.worker." + APEX + ".", "i\\.b.worker." + APEX + ".", "i.b.worker." + APEX + ".",
						"b.worker." + APEX + ".", APEX + ".", "nobody." + APEX + ".", "other."),
				Arbitraries.of(Type.A, Type.AAAA, Type.SRV, Type.SRV, Type.CNAME, Type.ANY),
				Arbitraries.of(0, 100, 512, 700, 1232, 4096, 65_535).list().ofMinSize(1).ofMaxSize(3),
				Arbitraries.of(0, 0x8000),
				Arbitraries.<Integer>of((int) Flags.RD, (int) Flags.AD, (int) Flags.CD, (int) Flags.TC)
					.set()
					.ofMaxSize(2),
				Arbitraries.of(QueryResponder.Transport.class))
			.as(Ask::new);
		return Arbitraries
			.frequencyOf(Tuple.of(1, addNamespace), Tuple.of(3, addService), Tuple.of(30, register),
					Tuple.of(2, deregister), Tuple.of(1, removeService), Tuple.of(14, ask),
					Tuple.of(2, Arbitraries.just(new Wait())))
			.list()
			.ofMinSize(30)
			.ofMaxSize(60);
	}

	@Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE)
	void cachedResponseEqualsNewResponse(@ForAll("actions") List<Action> actions) throws Exception {
		ManualScheduler scheduler = new ManualScheduler();
		try (RegistryState state = new RegistryState(Journal.NONE, scheduler, () -> Emulation.NONE)) {
			Zones zones = Zones.of(LookupView.of(state, () -> Emulation.NONE, scheduler));
			QueryResponder responder = new QueryResponder(zones, QueryResponder.Recursion.NONE);
			Server server = new Server(scheduler, state, zones, responder,
					new ResponseCache(zones, responder, scheduler::nanoTime));
			new AddNamespace(APEX).on(server);
			new AddService(APEX, "worker", RoutingPolicy.MULTIVALUE, List.of(RecordType.SRV)).on(server);
			for (Action action : actions) {
				try {
					action.on(server);
					for (Ask each : ALWAYS) {
						each.on(server);
					}
				}
				catch (CompletionException ex) {
					// A rejected command changes nothing.
				}
			}
		}
	}

	/**
	 * The components between a packet and the state.
	 */
	private record Server(ManualScheduler scheduler, RegistryState state, Zones zones, QueryResponder responder,
			ResponseCache answers) {

		byte[] answer(byte[] packet, QueryResponder.Transport transport) {
			FastPathQuery query = new FastPathQuery();
			if (!query.read(packet, packet.length)) {
				return made(packet, transport);
			}
			CachedResponse ready = this.answers.find(query, transport);
			if (ready == null) {
				return ((Reply.Complete) this.answers.make(query, packet, transport)).response();
			}
			byte[] response = new byte[ready.length()];
			ByteBuffer buffer = ByteBuffer.wrap(response);
			ready.copyTo(buffer);
			query.adopt(buffer);
			return response;
		}

		byte[] made(byte[] packet, QueryResponder.Transport transport) {
			return ((Reply.Complete) this.responder.respond(packet, transport)).response();
		}

	}

	/**
	 * A change. Services and namespaces use their names as ids.
	 */
	private interface Action {

		void on(Server server) throws Exception;

	}

	private record AddNamespace(String name) implements Action {

		@Override
		public void on(Server server) {
			server.state()
				.submit(new CreateNamespace(this.name, "arn", this.name, NamespaceType.DNS_PRIVATE, null, "vpc", 5,
						Instant.EPOCH, null, Tags.NONE))
				.join();
		}

	}

	private record AddService(String namespace, String name, RoutingPolicy policy,
			List<RecordType> types) implements Action {

		@Override
		public void on(Server server) {
			RoutingPolicy allowed = this.types.contains(RecordType.CNAME) ? RoutingPolicy.WEIGHTED : this.policy;
			DnsRecordSettings dns = new DnsRecordSettings(allowed,
					this.types.stream().map((type) -> new DnsRecordSettings.TypedRecord(type, 10)).toList());
			String id = this.name + "." + this.namespace;
			server.state()
				.submit(new CreateService(
						new Service(id, "arn:aws:servicediscovery:local:0:service/" + id, this.namespace, this.name,
								null, dns, null, new CustomHealthCheck(1), Instant.EPOCH, null, Map.of(), Tags.NONE),
						CreateService.Kind.BY_NAMESPACE))
				.join();
		}

	}

	private record Register(String namespace, String service, int number, String health,
			String addresses) implements Action {

		@Override
		public void on(Server server) {
			Map<String, String> attributes = new HashMap<>();
			attributes.put(AttributeNames.INITIAL_HEALTH, this.health);
			switch (this.addresses) {
				case "alias" -> attributes.put(AttributeNames.CNAME, "worker." + APEX);
				case "lb" -> attributes.put(AttributeNames.ALIAS, "lb.example.org");
				default -> {
					attributes.put(AttributeNames.PORT, "80");
					if (this.addresses.contains("4")) {
						attributes.put(AttributeNames.IPV4, "10.0.0." + this.number % 13);
					}
					if (this.addresses.contains("6")) {
						attributes.put(AttributeNames.IPV6, "2001:db8::" + this.number % 13);
					}
				}
			}
			InstanceReference key = new InstanceReference(this.service + "." + this.namespace, id(this.number));
			server.state().submit(new RegisterInstance(key, attributes, null)).join();
		}

	}

	private static String id(int number) {
		return switch (number) {
			case 9 -> "i.b";
			case 10 -> "b";
			default -> "i-" + (char) ('a' + number);
		};
	}

	private record Deregister(String namespace, String service, int number) implements Action {

		@Override
		public void on(Server server) {
			InstanceReference key = new InstanceReference(this.service + "." + this.namespace, id(this.number));
			server.state().submit(new DeregisterInstance(key)).join();
		}

	}

	private record RemoveService(String namespace, String service) implements Action {

		@Override
		public void on(Server server) {
			server.state().submit(new DeleteService(this.service + "." + this.namespace)).join();
		}

	}

	private record Wait() implements Action {

		@Override
		public void on(Server server) {
			server.scheduler().advance(ResponseCache.MAX_AGE);
		}

	}

	private record Ask(String name, int type, List<Integer> payloads, int ednsFlags, Set<Integer> flags,
			QueryResponder.Transport transport) implements Action {

		@Override
		public void on(Server server) throws Exception {
			for (int i = 0; i < REPETITIONS; i++) {
				Message query = Message.newQuery(
						Record.newRecord(Name.fromString((i % 2 == 0) ? this.name : this.name.toUpperCase(Locale.ROOT)),
								this.type, DClass.IN));
				query.getHeader().unsetFlag(Flags.RD);
				this.flags.forEach(query.getHeader()::setFlag);
				int payload = this.payloads.get(i % this.payloads.size());
				if (payload > 0) {
					query.addRecord(new OPTRecord(payload, 0, 0, this.ednsFlags), Section.ADDITIONAL);
				}
				byte[] packet = query.toWire();
				compare(server, packet, server.answer(packet, this.transport));
			}
		}

		private void compare(Server server, byte[] packet, byte[] response) throws IOException {
			Message answered = new Message(response);
			byte[] expected = server.made(packet, this.transport);
			Message made = new Message(expected);
			assertThat(answered.getHeader().getID()).isEqualTo(made.getHeader().getID());
			assertThat(response).contains(expected[2], Index.atIndex(2)).contains(expected[3], Index.atIndex(3));
			assertThat(answered.getQuestion().getName().toString()).isEqualTo(made.getQuestion().getName().toString());
			assertThat(answered.getQuestion()).isEqualTo(made.getQuestion());
			assertThat(answered.getOPT()).isEqualTo(made.getOPT());
			if (answered.getOPT() != null) {
				assertThat(answered.getOPT().getTTL()).isEqualTo(made.getOPT().getTTL());
				assertThat(answered.getOPT().getDClass()).isEqualTo(made.getOPT().getDClass());
			}
			assertThat(records(answered, Section.AUTHORITY)).isEqualTo(records(made, Section.AUTHORITY));
			Message whole = new Message(server.made(packet, QueryResponder.Transport.TCP));
			Set<String> answer = records(answered, Section.ANSWER);
			if (this.type == Type.ANY) {
				// ANY responses are never cached, and each type is chosen anew.
				return;
			}
			assertThat(answer).hasSameSizeAs(records(made, Section.ANSWER));
			int size = whole.getSection(Section.ANSWER).size();
			if (size > 1 && size <= FEW) {
				Set<String> all = records(whole, Section.ANSWER);
				assertThat(all).containsAll(answer);
				assertThat(records(whole, Section.ADDITIONAL)).containsAll(records(answered, Section.ADDITIONAL));
				if (this.transport == QueryResponder.Transport.TCP) {
					assertThat(answer).isEqualTo(all);
					assertThat(records(answered, Section.ADDITIONAL)).isEqualTo(records(whole, Section.ADDITIONAL));
				}
			}
			else if (!answer.isEmpty()) {
				assertThat(mayBeMade(server, packet, answer)).as("%s", answered).isTrue();
			}
		}

		private static boolean mayBeMade(Server server, byte[] packet, Set<String> answer) throws IOException {
			Set<String> choices = new HashSet<>();
			for (int i = 0; i < CHOICES && !choices.containsAll(answer); i++) {
				byte[] response = server.made(packet, QueryResponder.Transport.TCP);
				choices.addAll(records(new Message(response), Section.ANSWER));
			}
			return choices.containsAll(answer);
		}

		private static Set<String> records(Message message, int section) {
			Set<String> records = new HashSet<>();
			for (Record entry : message.getSection(section)) {
				if (!(entry instanceof OPTRecord)) {
					// The owner name has the case of the question.
					records.add(entry.toString().toLowerCase(Locale.ROOT));
				}
			}
			return records;
		}

	}

}
