package dev.cloudmap.registry.dns;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.HandTurnedTimeline;
import dev.cloudmap.registry.state.AttributeNames;
import dev.cloudmap.registry.state.CreateNamespace;
import dev.cloudmap.registry.state.CreateService;
import dev.cloudmap.registry.state.DnsSettings;
import dev.cloudmap.registry.state.InstanceKey;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.NamespaceType;
import dev.cloudmap.registry.state.Propagation;
import dev.cloudmap.registry.state.Realism;
import dev.cloudmap.registry.state.RecordType;
import dev.cloudmap.registry.state.RegisterInstance;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.RoutingPolicy;
import dev.cloudmap.registry.state.Service;
import dev.cloudmap.registry.state.Tags;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For how long a ready answer is given.
 */
class DnsAnswerAgeTests {

	/** So many that all variants are met with. */
	private static final int MANY = 400;

	private final HandTurnedTimeline timeline = new HandTurnedTimeline();

	private RegistryState state;

	private ReadyAnswers answers;

	@BeforeEach
	void start() {
		this.state = new RegistryState(Journal.NONE, this.timeline, () -> Realism.NONE);
		Zones zones = Zones.of(Propagation.of(this.state, () -> Realism.NONE, this.timeline));
		this.answers = new ReadyAnswers(zones, new Responder(zones, Responder.Recursion.NONE), this.timeline::nanoTime);
		this.state
			.submit(new CreateNamespace("corp", "arn", "corp", NamespaceType.DNS_PRIVATE, null, "vpc", 5, Instant.EPOCH,
					null, Tags.NONE))
			.join();
		this.state
			.submit(new CreateService(new Service("worker", "arn", "corp", "worker", null,
					new DnsSettings(RoutingPolicy.MULTIVALUE, List.of(new DnsSettings.TypedRecord(RecordType.A, 10))),
					null, null, Instant.EPOCH, null, Map.of(), Tags.NONE), CreateService.Kind.BY_NAMESPACE))
			.join();
	}

	@AfterEach
	void stop() {
		this.state.close();
	}

	private void register(int instances) {
		for (int i = 0; i < instances; i++) {
			this.state
				.submit(new RegisterInstance(new InstanceKey("worker", "i-" + i),
						Map.of(AttributeNames.IPV4, "10.0." + i / 256 + "." + i % 256), null))
				.join();
		}
	}

	private List<Record> ask() throws Exception {
		byte[] packet = Message.newQuery(Record.newRecord(Name.fromString("worker.corp."), Type.A, DClass.IN)).toWire();
		WireQuery query = new WireQuery();
		assertThat(query.read(packet, packet.length)).isTrue();
		ReadyResponse ready = this.answers.find(query, Responder.Transport.UDP);
		if (ready == null) {
			byte[] made = ((Reply.Complete) this.answers.make(query, packet, Responder.Transport.UDP)).response();
			return new Message(made).getSection(Section.ANSWER);
		}
		ByteBuffer response = ByteBuffer.allocate(ready.length());
		ready.copyTo(response);
		return new Message(response.array()).getSection(Section.ANSWER);
	}

	private Set<List<Record>> askOften() throws Exception {
		Set<List<Record>> given = new HashSet<>();
		for (int i = 0; i < MANY; i++) {
			given.add(ask());
		}
		return given;
	}

	@Test
	void choosesTheSameFewTimesUntilThatIsTooOld() throws Exception {
		register(100);
		Set<Set<Record>> first = choices();
		assertThat(first).hasSize(ReadyAnswers.VARIANTS);
		this.timeline.advance(ReadyAnswers.MAX_AGE.minusNanos(1));
		assertThat(choices()).isEqualTo(first);
		this.timeline.advance(Duration.ofNanos(1));
		assertThat(choices()).hasSize(ReadyAnswers.VARIANTS).doesNotContainAnyElementsOf(first);
	}

	private Set<Set<Record>> choices() throws Exception {
		return askOften().stream().<Set<Record>>map(HashSet::new).collect(Collectors.toSet());
	}

	@Test
	void givesWhatOneAnswerHoldsFromEachRecordOnAndInOtherOrdersWithTime() throws Exception {
		register(4);
		Set<List<Record>> orders = askOften();
		assertThat(orders).hasSize(4).allSatisfy((order) -> assertThat(order).hasSize(4).doesNotHaveDuplicates());
		assertThat(orders.stream().map((order) -> order.get(0))).doesNotHaveDuplicates();
		for (int i = 0; i < 200 && orders.size() < 24; i++) {
			this.timeline.advance(ReadyAnswers.MAX_AGE);
			orders.addAll(askOften());
		}
		assertThat(orders).hasSize(24);
	}

	@Test
	void givesAnotherAnswerToEachWhoAsksSeldom() throws Exception {
		register(100);
		Set<List<Record>> given = new HashSet<>();
		for (int i = 0; i < MANY; i++) {
			given.add(ask());
			this.timeline.advance(ReadyAnswers.MAX_AGE);
		}
		assertThat(given).hasSize(MANY);
	}

	@Test
	void givesEachOfAThousandInstancesWithTime() throws Exception {
		register(1000);
		Set<Record> seen = new HashSet<>();
		for (int i = 0; i < 200; i++) {
			askOften().forEach(seen::addAll);
			this.timeline.advance(ReadyAnswers.MAX_AGE);
		}
		assertThat(seen).hasSize(1000);
	}

}
