package dev.cloudmap.registry.dns.response;

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

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.dns.zone.Zones;
import dev.cloudmap.registry.state.Journal;
import dev.cloudmap.registry.state.LookupView;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lifetime of cached responses.
 */
class CachedResponseAgeTests {

	/** Enough queries to receive all variants. */
	private static final int MANY = 400;

	private final ManualScheduler scheduler = new ManualScheduler();

	private RegistryState state;

	private ResponseCache answers;

	@BeforeEach
	void start() {
		this.state = new RegistryState(Journal.NONE, this.scheduler, () -> Emulation.NONE);
		Zones zones = Zones.of(LookupView.of(this.state, () -> Emulation.NONE, this.scheduler));
		this.answers = new ResponseCache(zones, new QueryResponder(zones, QueryResponder.Recursion.NONE),
				this.scheduler::nanoTime);
		this.state
			.submit(new CreateNamespace("corp", "arn", "corp", NamespaceType.DNS_PRIVATE, null, "vpc", 5, Instant.EPOCH,
					null, Tags.NONE))
			.join();
		this.state
			.submit(new CreateService(new Service("worker", "arn", "corp", "worker", null,
					new DnsRecordSettings(RoutingPolicy.MULTIVALUE,
							List.of(new DnsRecordSettings.TypedRecord(RecordType.A, 10))),
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
				.submit(new RegisterInstance(new InstanceReference("worker", "i-" + i),
						Map.of(AttributeNames.IPV4, "10.0." + i / 256 + "." + i % 256), null))
				.join();
		}
	}

	private List<Record> ask() throws Exception {
		byte[] packet = Message.newQuery(Record.newRecord(Name.fromString("worker.corp."), Type.A, DClass.IN)).toWire();
		FastPathQuery query = new FastPathQuery();
		assertThat(query.read(packet, packet.length)).isTrue();
		CachedResponse ready = this.answers.find(query, QueryResponder.Transport.UDP);
		if (ready == null) {
			byte[] made = ((Reply.Complete) this.answers.make(query, packet, QueryResponder.Transport.UDP)).response();
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
	void keepsVariantsUntilMaxAge() throws Exception {
		register(100);
		Set<Set<Record>> first = choices();
		assertThat(first).hasSize(ResponseCache.VARIANTS);
		this.scheduler.advance(ResponseCache.MAX_AGE.minusNanos(1));
		assertThat(choices()).isEqualTo(first);
		this.scheduler.advance(Duration.ofNanos(1));
		assertThat(choices()).hasSize(ResponseCache.VARIANTS).doesNotContainAnyElementsOf(first);
	}

	private Set<Set<Record>> choices() throws Exception {
		return askOften().stream().<Set<Record>>map(HashSet::new).collect(Collectors.toSet());
	}

	@Test
	void rotatesRecordsAndReordersThemAfterMaxAge() throws Exception {
		register(4);
		Set<List<Record>> orders = askOften();
		assertThat(orders).hasSize(4).allSatisfy((order) -> assertThat(order).hasSize(4).doesNotHaveDuplicates());
		assertThat(orders.stream().map((order) -> order.get(0))).doesNotHaveDuplicates();
		for (int i = 0; i < 200 && orders.size() < 24; i++) {
			this.scheduler.advance(ResponseCache.MAX_AGE);
			orders.addAll(askOften());
		}
		assertThat(orders).hasSize(24);
	}

	@Test
	void returnsNewAnswerAfterMaxAge() throws Exception {
		register(100);
		Set<List<Record>> given = new HashSet<>();
		for (int i = 0; i < MANY; i++) {
			given.add(ask());
			this.scheduler.advance(ResponseCache.MAX_AGE);
		}
		assertThat(given).hasSize(MANY);
	}

	@Test
	void returnsEachOfThousandInstancesOverTime() throws Exception {
		register(1000);
		Set<Record> seen = new HashSet<>();
		for (int i = 0; i < 200; i++) {
			askOften().forEach(seen::addAll);
			this.scheduler.advance(ResponseCache.MAX_AGE);
		}
		assertThat(seen).hasSize(1000);
	}

}
