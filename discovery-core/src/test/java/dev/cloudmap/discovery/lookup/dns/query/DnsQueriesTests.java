package dev.cloudmap.discovery.lookup.dns.query;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.lookup.dns.Forgery;
import dev.cloudmap.discovery.lookup.dns.SampleSettings;
import dev.cloudmap.discovery.lookup.dns.ScriptedDnsServer;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

class DnsQueriesTests {

	private static final Name WORKER = Name.fromConstantString("worker.corp.");

	/** Long enough for a busy machine. */
	private static final Duration PATIENT = Duration.ofSeconds(10);

	/** Short enough to wait for. */
	private static final Duration IMPATIENT = Duration.ofMillis(200);

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final List<ScriptedDnsServer> servers = new ArrayList<>();

	private final ScriptedDnsServer server = start();

	@AfterEach
	void stop() {
		this.servers.forEach(ScriptedDnsServer::close);
		this.threads.close();
	}

	@ParameterizedTest
	@MethodSource("dev.cloudmap.discovery.lookup.dns.Forgery#all")
	void ignoresForgedMessages(Forgery forgery) throws Exception {
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1")
			.sendingFirst((query) -> List.of(forgery.of(query), forgery.of(query)));
		assertThat(answer(queries(PATIENT, this.server))).containsExactly("10.0.0.1");
		assertThat(this.server.queries()).containsExactly("UDP A worker.corp.");
	}

	@Test
	void acceptsTheQuestionInAnotherCase() throws Exception {
		this.server.on("worker.corp.", Type.A, (answer) -> {
			answer.removeAllRecords(Section.QUESTION);
			answer.addRecord(Record.newRecord(Name.fromConstantString("WORKER.Corp."), Type.A, DClass.IN),
					Section.QUESTION);
			return ScriptedDnsServer.add(answer, Section.ANSWER, "WORKER.Corp. A 10.0.0.1");
		});
		assertThat(answer(queries(PATIENT, this.server))).containsExactly("10.0.0.1");
	}

	@Test
	void eachQueryHasItsOwnPortAndId() throws Exception {
		List<Integer> ids = new ArrayList<>();
		this.server.sendingFirst((query) -> {
			ids.add(query.getHeader().getID());
			return List.of();
		});
		DnsQueries queries = queries(PATIENT, this.server);
		for (int i = 0; i < 20; i++) {
			answer(queries);
		}
		assertThat(ids.stream().distinct().count()).isGreaterThan(10);
		assertThat(this.server.clients().stream().distinct().count()).isGreaterThan(10);
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void timesOutWithForgedMessagesOnly() {
		this.server.silent().sendingFirst((query) -> Forgery.all().map((forgery) -> forgery.of(query)).toList());
		assertThatThrownBy(() -> answer(queries(IMPATIENT, this.server)))
			.hasCauseInstanceOf(RegistryUnavailableException.class)
			.hasMessageContaining("no answer within 200 ms");
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void closesTheSocketAtTheTimeout() throws Exception {
		ScriptedDnsServer silent = start().silent();
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		assertThat(answer(queries(IMPATIENT, silent, this.server))).containsExactly("10.0.0.1");
		assertThat(silent.clients()).singleElement()
			.satisfies((client) -> await().atMost(IMPATIENT).untilAsserted(() -> assertFree(client)));
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void theTimeoutIncludesUdpAndTcp() {
		this.server.on("worker.corp.", Type.A, (answer) -> {
			if (this.server.queries().contains("TCP A worker.corp.")) {
				return null;
			}
			answer.getHeader().setFlag(Flags.TC);
			return answer;
		});
		assertThatThrownBy(() -> answer(queries(IMPATIENT, this.server)))
			.hasMessageContaining("no answer within 200 ms");
		await().until(() -> this.server.connections() == 0);
	}

	@Test
	void skipsAnUnreachableServerAtOnce() throws Exception {
		ScriptedDnsServer gone = start();
		gone.close();
		await().untilAsserted(() -> assertFree(gone.address()));
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		assertThat(answer(queries(Duration.ofMinutes(1), gone, this.server))).containsExactly("10.0.0.1");
	}

	@ParameterizedTest
	@ValueSource(ints = { Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS })
	void retriesWithoutEdns(int rcode) throws Exception {
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1").withoutEdns(rcode);
		assertThat(answer(queries(PATIENT, this.server))).containsExactly("10.0.0.1");
		assertThat(this.server.queries()).containsExactly("UDP A worker.corp.", "UDP A worker.corp.");
	}

	@Test
	void skipsAServerThatRejectsQueriesWithoutEdns() throws Exception {
		ScriptedDnsServer unable = start().alwaysWith(Rcode.FORMERR);
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		assertThat(answer(queries(PATIENT, unable, this.server))).containsExactly("10.0.0.1");
		assertThat(unable.queries()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP })
	void acceptsAnErrorWithoutQuestion(int rcode) throws Exception {
		ScriptedDnsServer unable = start().on("worker.corp.", Type.A, (answer) -> {
			answer.removeAllRecords(Section.QUESTION);
			answer.getHeader().setRcode(rcode);
			return answer;
		});
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		assertThat(answer(queries(PATIENT, unable, this.server))).containsExactly("10.0.0.1");
	}

	@Test
	void skipsAServerThatRefersToOthers() throws Exception {
		ScriptedDnsServer lame = start().on("worker.corp.", Type.A,
				(answer) -> ScriptedDnsServer.add(answer, Section.AUTHORITY, "corp. NS ns.corp."));
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		assertThat(answer(queries(PATIENT, lame, this.server))).containsExactly("10.0.0.1");
		assertThatThrownBy(() -> answer(queries(PATIENT, lame))).hasMessageContaining("refers to other servers");
	}

	@Test
	void acceptsAnEmptyAuthoritativeAnswerWithNsRecords() throws Exception {
		this.server.on("worker.corp.", Type.A, (answer) -> ScriptedDnsServer.add(answer, Section.AUTHORITY,
				"corp. NS ns.corp.", "corp. SOA ns.corp. root.corp. 1 60 60 60 60"));
		assertThat(answer(queries(PATIENT, this.server))).isEmpty();
	}

	@Test
	void sendsEveryQueryByTcpIfConfigured() throws Exception {
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1").withoutEdns();
		DnsQueries queries = new DnsQueries(() -> List.of(this.server.address()), SampleSettings.tcp(PATIENT),
				this.threads.lookups(), this.threads.timer());
		assertThat(answer(queries)).containsExactly("10.0.0.1");
		assertThat(answer(queries)).containsExactly("10.0.0.1");
		assertThat(this.server.queries()).hasSize(4).containsOnly("TCP A worker.corp.");
		await().until(() -> this.server.connections() == 0);
	}

	@Test
	void skipsAServerThatClosesTheConnection() throws Exception {
		ScriptedDnsServer closing = start().on("worker.corp.", Type.A, (answer) -> {
			throw new UncheckedIOException(new IOException("closed"));
		});
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		DnsQueries queries = new DnsQueries(() -> List.of(closing.address(), this.server.address()),
				SampleSettings.tcp(PATIENT), this.threads.lookups(), this.threads.timer());
		assertThat(answer(queries)).containsExactly("10.0.0.1");
	}

	@ParameterizedTest
	@EnumSource(DnsTransport.class)
	void serversMayHaveIpv6Addresses(DnsTransport transport) throws Exception {
		InetAddress loopback = InetAddress.getByName("::1");
		assumeThat(NetworkInterface.getByInetAddress(loopback)).as("IPv6").isNotNull();
		ScriptedDnsServer ipv6 = ScriptedDnsServer.start(loopback)
			.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		this.servers.add(ipv6);
		DnsSettings settings = (transport == DnsTransport.TCP) ? SampleSettings.tcp(PATIENT)
				: SampleSettings.udp(PATIENT);
		DnsServers servers = DnsServers.of(List.of("[::1]:" + ipv6.address().getPort()));
		assertThat(answer(new DnsQueries(servers, settings, this.threads.lookups(), this.threads.timer())))
			.containsExactly("10.0.0.1");
	}

	@Test
	void serversMayHaveNames() throws Exception {
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		DnsServers servers = DnsServers.of(List.of("localhost:" + this.server.address().getPort()));
		assertThat(answer(
				new DnsQueries(servers, SampleSettings.udp(PATIENT), this.threads.lookups(), this.threads.timer())))
			.containsExactly("10.0.0.1");
	}

	@Test
	void queriesAllAddressesOfAName() throws Exception {
		this.server.on("worker.corp.", Type.A, "worker.corp. A 10.0.0.1");
		int port = this.server.address().getPort();
		InetAddress broken = InetAddress.getByName("::1");
		DnsServers servers = () -> List.of(InetSocketAddress.createUnresolved("ns.corp", port));
		DnsQueries queries = queries(servers, broken, this.server.address().getAddress());
		assertThat(answer(queries)).containsExactly("10.0.0.1");
		assertThat(this.server.queries()).containsExactly("UDP A worker.corp.");
	}

	@Test
	void reportsTheFailureOfEachAddress() {
		this.server.alwaysWith(Rcode.SERVFAIL);
		ScriptedDnsServer last = start().alwaysWith(Rcode.REFUSED);
		int port = this.server.address().getPort();
		InetAddress address = this.server.address().getAddress();
		DnsServers servers = () -> List.of(InetSocketAddress.createUnresolved("ns.corp", port),
				InetSocketAddress.createUnresolved("unknown.corp", port), last.address());
		assertThatThrownBy(() -> answer(queries(servers, address, address))).hasMessageContaining(
				"ns.corp:" + port + " (127.0.0.1): SERVFAIL; ns.corp:" + port + " (127.0.0.1): SERVFAIL; unknown.corp:"
						+ port + ": unknown host; 127.0.0.1:" + last.address().getPort() + ": REFUSED");
	}

	@Test
	void queriesAtMostEightAddressesOfAName() {
		this.server.alwaysWith(Rcode.SERVFAIL);
		InetAddress[] addresses = new InetAddress[100];
		Arrays.fill(addresses, this.server.address().getAddress());
		DnsServers servers = () -> List
			.of(InetSocketAddress.createUnresolved("ns.corp", this.server.address().getPort()));
		assertThatThrownBy(() -> answer(queries(servers, addresses))).hasMessageContaining("SERVFAIL");
		assertThat(this.server.queries()).hasSize(8);
	}

	/**
	 * Queries with a resolver for {@code ns.corp} only.
	 */
	private DnsQueries queries(DnsServers servers, InetAddress... addresses) {
		return new DnsQueries(servers, SampleSettings.udp(PATIENT), this.threads.lookups(), this.threads.timer(),
				(name) -> {
					if (!name.equals("ns.corp")) {
						throw new UnknownHostException(name);
					}
					return Stream.of(addresses).map((address) -> named(name, address)).toArray(InetAddress[]::new);
				});
	}

	private static InetAddress named(String name, InetAddress address) {
		try {
			return InetAddress.getByAddress(name, address.getAddress());
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Asserts that a port is free, since two sockets cannot have the same port. */
	private static void assertFree(SocketAddress address) {
		assertThatCode(() -> new DatagramSocket(address).close()).doesNotThrowAnyException();
	}

	private DnsQueries queries(Duration timeout, ScriptedDnsServer... servers) {
		List<InetSocketAddress> addresses = Stream.of(servers).map(ScriptedDnsServer::address).toList();
		return new DnsQueries(() -> addresses, SampleSettings.udp(timeout), this.threads.lookups(),
				this.threads.timer());
	}

	private static List<String> answer(DnsQueries queries) throws Exception {
		return queries.query(WORKER, Type.A, Deadline.after(Duration.ofMinutes(5)))
			.toCompletableFuture()
			.get(20, TimeUnit.SECONDS)
			.message()
			.getSection(Section.ANSWER)
			.stream()
			.map(Record::rdataToString)
			.toList();
	}

	private ScriptedDnsServer start() {
		ScriptedDnsServer started = ScriptedDnsServer.start();
		this.servers.add(started);
		return started;
	}

}
