package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.lookup.dns.query.DnsSettings;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Servers that are slow, truncate answers, or send other messages.
 */
@ExtendWith(OutputCaptureExtension.class)
class MisbehavingServerTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	/** Long enough for a busy machine. */
	private static final Duration PATIENT = Duration.ofSeconds(10);

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final ScriptedDnsServer server = ScriptedDnsServer.start();

	private final ScriptedDnsServer second = ScriptedDnsServer.start();

	@AfterEach
	void stop() {
		this.server.close();
		this.second.close();
		this.threads.close();
	}

	/**
	 * The best of several attempts counts, since a busy machine may delay a single one.
	 */
	@Test
	void theTimeoutIsAccurateToFiftyMilliseconds() {
		this.server.silent();
		Duration timeout = Duration.ofMillis(120);
		Duration accurate = timeout.plusMillis(50).multipliedBy(2);
		List<Duration> delays = new ArrayList<>();
		while (delays.stream().noneMatch((delay) -> delay.compareTo(accurate) < 0) && delays.size() < 10) {
			long begin = System.nanoTime();
			assertThatThrownBy(() -> lookup(SampleSettings.udp(timeout), this.server))
				.hasMessageContaining("no answer within 120 ms, twice");
			delays.add(Duration.ofNanos(System.nanoTime() - begin));
		}
		assertThat(delays).allSatisfy((delay) -> assertThat(delay).isGreaterThanOrEqualTo(timeout.multipliedBy(2)));
		assertThat(Collections.min(delays)).isLessThan(accurate);
	}

	@ParameterizedTest
	@ValueSource(ints = { Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR })
	void aFailureOfAllServersIsNotAnEmptyResult(int rcode) {
		this.server.alwaysWith(rcode);
		this.second.alwaysWith(rcode);
		assertThatThrownBy(() -> lookup(SampleSettings.udp(PATIENT), this.server, this.second))
			.hasCauseInstanceOf(RegistryUnavailableException.class)
			.hasMessageContaining(Rcode.string(rcode));
	}

	@ParameterizedTest
	@MethodSource("dev.cloudmap.discovery.lookup.dns.Forgery#all")
	void ignoresForgedMessagesByTcp(Forgery forgery) {
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		this.server.sendingFirst((query) -> List.of(forgery.of(query), forgery.of(query)));
		assertThat(lookup(SampleSettings.tcp(PATIENT), this.server)).containsExactly("10.0.0.1:5000");
		assertThat(this.server.queries()).containsExactly("TCP SRV worker.corp.", "TCP A worker.corp.");
	}

	@Test
	void rejectsATruncatedAnswerWithoutTcp() {
		serveTruncated();
		this.server.withoutTcp();
		assertSkipped("Connection refused");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 30 })
	void rejectsAnIncompleteTcpAnswer(int length) {
		serveTruncated();
		this.server.closingAfter(length);
		assertSkipped("closed the connection without an answer");
		await().until(() -> this.server.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource(DnsTransport.class)
	void rejectsATruncatedTcpAnswer(DnsTransport transport) {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			answer.getHeader().setFlag(Flags.TC);
			return ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 half.corp.");
		});
		serveOneInstance(this.second);
		DnsSettings settings = (transport == DnsTransport.TCP) ? SampleSettings.tcp(PATIENT)
				: SampleSettings.udp(PATIENT);
		assertThat(lookup(settings, this.server, this.second)).containsExactly("10.0.0.1:8080");
		assertThatThrownBy(() -> lookup(settings, this.server)).hasMessageContaining("truncated its answer by TCP too");
	}

	@Test
	void ignoresRecordsThatWereNotQueried() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 node.corp.",
					"other.corp. SRV 0 1 666 evil.corp.", "worker.corp. A 192.0.2.1", "node.corp. A 192.0.2.2",
					"worker.corp. TXT \"text\"");
			ScriptedDnsServer.add(answer, Section.AUTHORITY, "node.corp. A 192.0.2.3");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "evil.corp. A 192.0.2.4",
					"worker.corp. A 192.0.2.5", "node.corp. TXT \"text\"", "node.corp. CNAME evil.corp.");
		});
		this.server.on("node.corp.", Type.A, "evil.corp. A 192.0.2.6", "node.corp. A 10.0.0.1");
		assertThat(lookup(SampleSettings.udp(PATIENT), this.server)).containsExactly("10.0.0.1:8080");
	}

	@Test
	void anAnswerAboutAnotherNameIsEmpty() {
		this.server.on("worker.corp.", Type.SRV, "other.corp. SRV 1 1 8080 node.corp.");
		this.server.on("worker.corp.", Type.A, "other.corp. A 192.0.2.66");
		this.server.on("worker.corp.", Type.AAAA, "other.corp. AAAA 2001:db8::66");
		assertThat(lookup(SampleSettings.udp(PATIENT), this.server)).isEmpty();
	}

	@Test
	void completesAPartialAdditionalSection() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			IntStream.range(0, 8)
				.forEach((i) -> ScriptedDnsServer.add(answer, Section.ANSWER,
						"worker.corp. SRV 1 1 " + (8080 + i) + " i-" + i + ".worker.corp."));
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "i-7.worker.corp. A 10.0.0.7",
					"i-3.worker.corp. AAAA 2001:db8::3", "i-3.worker.corp. A 10.0.0.3");
		});
		for (int i = 0; i < 8; i++) {
			this.server.on("i-" + i + ".worker.corp.", Type.A, "i-" + i + ".worker.corp. A 10.0.0." + i);
		}
		assertThat(lookup(SampleSettings.udp(PATIENT), this.server)).containsExactlyElementsOf(
				IntStream.range(0, 8).mapToObj((i) -> "10.0.0." + i + ":" + (8080 + i)).toList());
		assertThat(this.server.queries()).hasSize(7);
	}

	@Test
	void choosesAStableAddressOfATarget() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			List<String> addresses = new ArrayList<>(
					IntStream.range(1, 9).mapToObj((i) -> "node.corp. A 10.0.0." + i).toList());
			Collections.shuffle(addresses);
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 node.corp.",
					"worker.corp. SRV 1 1 8080 late.corp.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, addresses.toArray(String[]::new));
		});
		this.server.on("late.corp.", Type.A, (answer) -> {
			List<String> addresses = new ArrayList<>(
					IntStream.range(1, 9).mapToObj((i) -> "late.corp. A 10.0.1." + i).toList());
			Collections.shuffle(addresses);
			return ScriptedDnsServer.add(answer, Section.ANSWER, addresses.toArray(String[]::new));
		});
		for (int i = 0; i < 10; i++) {
			assertThat(lookup(SampleSettings.udp(PATIENT), this.server)).containsExactly("10.0.1.1:8080",
					"10.0.0.1:8080");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "worker.corp.", "WORKER.corp." })
	void detectsAnAliasOfItself(String target) {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. CNAME " + target);
		assertThatThrownBy(() -> lookup(SampleSettings.udp(PATIENT), this.server))
			.hasCauseInstanceOf(InconclusiveLookupException.class)
			.hasMessageContaining("is a circular alias");
		assertThat(this.server.queries()).hasSize(1);
	}

	@Test
	void detectsCircularAliasesInOneAnswer() {
		this.server.on("worker.corp.", Type.SRV, "worker.corp. CNAME a.corp.", "a.corp. CNAME b.corp.",
				"b.corp. CNAME a.corp.");
		assertThatThrownBy(() -> lookup(SampleSettings.udp(PATIENT), this.server))
			.hasMessageContaining("is a circular alias in DNS: b.corp. refers back to a.corp.");
		assertThat(this.server.queries()).hasSize(1);
	}

	@Test
	void findsAThousandInstances() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> addInstances(answer, 1000, Section.ADDITIONAL));
		assertThat(lookup(SampleSettings.udp(PATIENT), this.server)).hasSize(1000).doesNotHaveDuplicates();
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.", "TCP SRV worker.corp.");
	}

	@Test
	void limitsInstancesToAStableThousand(CapturedOutput output) {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			List<String> records = new ArrayList<>(IntStream.range(0, 1500)
				.mapToObj((i) -> "worker.corp. SRV 2 1 " + (1 + i) + " node.corp.")
				.toList());
			Collections.shuffle(records);
			records.add("worker.corp. SRV 1 1 8080 node.corp.");
			ScriptedDnsServer.add(answer, Section.ANSWER, records.toArray(String[]::new));
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "node.corp. A 10.0.0.1");
		});
		this.server.on("worker2.corp.", Type.A,
				(answer) -> ScriptedDnsServer.add(answer, Section.ANSWER,
						IntStream.range(0, 3000)
							.mapToObj((i) -> "worker2.corp. A 10.0." + i / 250 + "." + i % 250)
							.toArray(String[]::new)));
		DnsInstanceSource source = source(SampleSettings.tcp(PATIENT), this.server);
		for (int i = 0; i < 3; i++) {
			assertThat(addresses(source, WORKER)).containsExactly("10.0.0.1:8080");
			assertThat(addresses(source, new ServiceName(new Namespace("corp"), "worker2"))).hasSize(1000)
				.contains("10.0.0.0:5000", "10.0.3.249:5000");
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains("only 1000 of them are used"))).hasSize(2)
			.anySatisfy((line) -> assertThat(line).contains("DNS returned 1501 SRV records of worker.corp."))
			.anySatisfy((line) -> assertThat(line).contains("DNS returned 3000 A records of worker2.corp."));
	}

	@Test
	void limitsConcurrentQueriesForTargets() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> addInstances(answer, 1000, Section.ANSWER));
		IntStream.range(0, 1000)
			.forEach((i) -> this.server.on("i-%03d.worker.corp.".formatted(i), Type.A,
					"i-%03d.worker.corp. A 10.0.%d.%d".formatted(i, i / 250, i % 250)));
		assertThat(lookup(SampleSettings.udp(PATIENT), this.server)).hasSize(1000);
		assertThat(this.server.queries()).hasSize(1002);
	}

	@Test
	void stopsAfterManyFailedTargets() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> addInstances(answer, 1000, Section.ANSWER));
		IntStream.range(0, 1000).forEach((i) -> this.server.on("i-%03d.worker.corp.".formatted(i), Type.A, (answer) -> {
			answer.getHeader().setRcode(Rcode.SERVFAIL);
			return answer;
		}));
		assertThatThrownBy(() -> lookup(SampleSettings.udp(PATIENT), this.server)).hasMessageContaining("SERVFAIL");
		assertThat(this.server.queries()).hasSizeLessThan(50);
	}

	/**
	 * Adds SRV records, and the addresses of their targets to a section where they count,
	 * or to one where they don't.
	 */
	private static Message addInstances(Message answer, int count, int section) {
		for (int i = 0; i < count; i++) {
			String target = "i-%03d.worker.corp.".formatted(i);
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 " + target);
			if (section == Section.ADDITIONAL) {
				ScriptedDnsServer.add(answer, section, target + " A 10.0." + i / 250 + "." + i % 250);
			}
		}
		return answer;
	}

	private void serveTruncated() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> addInstances(answer, 100, Section.ADDITIONAL));
		serveOneInstance(this.second);
	}

	private static void serveOneInstance(ScriptedDnsServer server) {
		server.on("worker.corp.", Type.SRV, (answer) -> {
			ScriptedDnsServer.add(answer, Section.ANSWER, "worker.corp. SRV 1 1 8080 node.corp.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, "node.corp. A 10.0.0.1");
		});
	}

	/**
	 * Asserts that the first server's failure is reported and the second server's answer
	 * is used.
	 */
	private void assertSkipped(String failure) {
		assertThatThrownBy(() -> lookup(SampleSettings.udp(PATIENT), this.server)).hasMessageContaining(failure);
		assertThat(lookup(SampleSettings.udp(PATIENT), this.server, this.second)).containsExactly("10.0.0.1:8080");
	}

	private DnsInstanceSource source(DnsSettings settings, ScriptedDnsServer... servers) {
		return new DnsInstanceSource(() -> Stream.of(servers).map(ScriptedDnsServer::address).toList(), settings,
				this.threads.lookups(), this.threads.timer(), (service) -> 5000, new CallableInstances(Scope.ANYWHERE));
	}

	private List<String> lookup(DnsSettings settings, ScriptedDnsServer... servers) throws CompletionException {
		return addresses(source(settings, servers), WORKER);
	}

	private static List<String> addresses(DnsInstanceSource source, ServiceName service) throws CompletionException {
		return source.lookup(service)
			.toCompletableFuture()
			.orTimeout(30, TimeUnit.SECONDS)
			.join()
			.instances()
			.stream()
			.map((instance) -> instance.host() + ":" + instance.port())
			.toList();
	}

}
