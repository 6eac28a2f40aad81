package dev.cloudmap.discovery.lookup.dns;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.lookup.dns.query.DnsSettings;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DnsLifetimesTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final Duration PATIENT = Duration.ofSeconds(10);

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedDnsServer server = ScriptedDnsServer.start();

	@AfterEach
	void stop() {
		this.server.close();
		this.threads.close();
	}

	@ParameterizedTest
	@CsvSource({ "30, 20, 20", "20, 30, 20", "5, 2147483647, 5", "0, 30, 1", "30, 0, 1", "2147483647, 2147483647, 60",
			"60, 60, 60", "1, 1, 1" })
	void usesTheShortestTtlWithinTheLimits(long srvTtl, long addressTtl, long valid) {
		serve(srvTtl, addressTtl);
		assertThat(valid()).isEqualTo(Duration.ofSeconds(valid));
	}

	@Test
	void aTtlWithTheTopBitSetIsZero() {
		serve(0x7abcdef0, 30);
		this.server.garbling((wire) -> replace(wire, 0x7abcdef0, 0xfabcdef0));
		assertThat(valid()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void recordsOfOneNameMayHaveDifferentTtls() {
		this.server.on("worker.corp.", Type.A, (answer) -> {
			answer(answer, 30, "worker.corp. A 10.0.0.1");
			answer(answer, 3, "worker.corp. A 10.0.0.2");
			return answer(answer, 300, "worker.corp. A 10.0.0.3");
		});
		assertThat(valid()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void usesTheShorterTtlOfADuplicateRecord() {
		this.server.on("worker.corp.", Type.A, (answer) -> {
			answer(answer, 30, "worker.corp. A 10.0.0.1");
			return answer(answer, 3, "worker.corp. A 10.0.0.1");
		});
		assertThat(valid()).isEqualTo(Duration.ofSeconds(3));
	}

	@ParameterizedTest
	@CsvSource({ "30, 5, 8", "5, 30, 5" })
	void measuresTtlsFromTheReceiptOfTheAnswer(long srvTtl, long addressTtl, long validFromTheFirst) {
		this.server.on("worker.corp.", Type.SRV,
				(answer) -> answer(answer, srvTtl, "worker.corp. SRV 1 1 8080 node.corp."));
		this.server.on("node.corp.", Type.A, (answer) -> {
			this.timer.advance(Duration.ofSeconds(3));
			return answer(answer, addressTtl, "node.corp. A 10.0.0.1");
		});
		assertThat(valid()).isEqualTo(Duration.ofSeconds(validFromTheFirst));
	}

	@Test
	void includesTheTtlOfAliases() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> answer(answer, 40, "worker.corp. CNAME w.corp."));
		this.server.on("w.corp.", Type.SRV, (answer) -> {
			this.timer.advance(Duration.ofSeconds(10));
			answer(answer, 50, "w.corp. SRV 1 1 8080 node.corp.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, 50, "node.corp. A 10.0.0.1");
		});
		assertThat(valid()).isEqualTo(Duration.ofSeconds(40));
	}

	@Test
	void ignoresUnusedRecords() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			answer(answer, 30, "worker.corp. SRV 1 1 8080 node.corp.");
			answer(answer, 2, "other.corp. SRV 1 1 8080 node.corp.");
			return ScriptedDnsServer.add(
					ScriptedDnsServer.add(answer, Section.ADDITIONAL, 2, "other.corp. A 10.0.0.2",
							"node.corp. AAAA 2001:db8::1", "node.corp. TXT \"hello\""),
					Section.ADDITIONAL, 30, "node.corp. A 10.0.0.1");
		});
		assertThat(valid()).isEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void usesTheTtlOfAddressesWithoutSrvRecords() {
		this.server.on("worker.corp.", Type.AAAA, (answer) -> answer(answer, 30, "worker.corp. AAAA 2001:db8::1"));
		assertThat(valid()).isEqualTo(Duration.ofSeconds(30));
	}

	@ParameterizedTest
	@CsvSource({ "300, 300, 2000", "900, 1, 1000", "1, 900, 1000", "0, 300, 1000", "300, 0, 1000",
			"2147483647, 2147483647, 2000" })
	void negativeAnswersExpireAfterTwoSecondsAtMost(long ttl, long minimum, long millis) {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			answer.getHeader().setRcode(Rcode.NXDOMAIN);
			return authority(answer, ttl, minimum);
		});
		assertThat(valid()).isEqualTo(Duration.ofMillis(millis));
	}

	@Test
	void usesTheEarliestOfSeveralNegativeAnswers() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> authority(answer, 300, 300));
		this.server.on("worker.corp.", Type.A, (answer) -> authority(answer, 1, 300));
		this.server.on("worker.corp.", Type.AAAA, (answer) -> authority(answer, 300, 300));
		assertThat(valid()).isEqualTo(Duration.ofSeconds(1));
	}

	@ParameterizedTest
	@ValueSource(ints = { Rcode.NOERROR, Rcode.NXDOMAIN })
	void anEmptyAnswerWithoutSoaUsesTheMinimum(int rcode) {
		this.server.alwaysWith(rcode);
		assertThat(valid()).isEqualTo(Duration.ofSeconds(1));
		assertThat(valid(
				new DnsSettings(DnsTransport.UDP, PATIENT, PATIENT, Duration.ofMillis(50), Duration.ofMillis(50))))
			.isEqualTo(Duration.ofMillis(50));
	}

	@Test
	void theMinimumDoesNotExtendNegativeAnswers() {
		this.server.alwaysWith(Rcode.NXDOMAIN);
		assertThat(valid(
				new DnsSettings(DnsTransport.UDP, PATIENT, PATIENT, Duration.ofMinutes(1), Duration.ofMinutes(1))))
			.isEqualTo(Duration.ofSeconds(2));
	}

	@ParameterizedTest
	@CsvSource({ "1, 1", "40, 2" })
	void anAliasOfAnUnknownNameIsANegativeAnswer(long ttl, long valid) {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			answer.getHeader().setRcode(Rcode.NXDOMAIN);
			answer(answer, ttl, "worker.corp. CNAME w.corp.", "w.corp. CNAME gone.corp.");
			return authority(answer, 300, 300);
		});
		InstanceSet set = lookup(SampleSettings.udp(PATIENT));
		assertThat(set.isEmpty()).isTrue();
		assertThat(set.validUntil()).isEqualTo(this.timer.steady().plusSeconds(valid));
		assertThat(this.server.queries()).containsExactly("UDP SRV worker.corp.");
	}

	@Test
	void anUnavailableServiceExpiresAfterTwoSecondsAtMost() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> answer(answer, 300, "worker.corp. SRV 0 0 0 ."));
		assertThat(valid()).isEqualTo(Duration.ofSeconds(2));
	}

	@Test
	void aMissingTargetExpiresSoon() {
		this.server.on("worker.corp.", Type.SRV, (answer) -> answer(answer, 30, "worker.corp. SRV 1 1 8080 node.corp.",
				"worker.corp. SRV 1 1 8080 coming.corp."));
		this.server.on("node.corp.", Type.A, (answer) -> answer(answer, 30, "node.corp. A 10.0.0.1"));
		this.server.on("coming.corp.", Type.A, (answer) -> {
			answer.getHeader().setRcode(Rcode.NXDOMAIN);
			return authority(answer, 300, 300);
		});
		InstanceSet set = lookup(SampleSettings.udp(PATIENT));
		assertThat(set.instances()).hasSize(1);
		assertThat(set.validUntil()).isEqualTo(this.timer.steady().plusSeconds(2));
	}

	@ParameterizedTest
	@CsvSource({ "0, 1000, min-ttl is 0ms: expected 50ms or more", "49, 1000, min-ttl is 49ms: expected 50ms or more",
			"1001, 1000, min-ttl is 1001ms and discovery.lookup.dns.max-ttl 1000ms: expected the former",
			"1000, 608400000, max-ttl is 169h: expected 168h or less" })
	void rejectsInvalidLimits(long min, long max, String message) {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new DnsSettings(DnsTransport.UDP, PATIENT, PATIENT, Duration.ofMillis(min),
					Duration.ofMillis(max)))
			.withMessageContaining("discovery.lookup.dns." + message)
			.satisfies((ex) -> assertThat(ex.getAction()).contains("discovery.lookup.dns."));
	}

	private void serve(long srvTtl, long addressTtl) {
		this.server.on("worker.corp.", Type.SRV, (answer) -> {
			answer(answer, srvTtl, "worker.corp. SRV 1 1 8080 node.corp.");
			return ScriptedDnsServer.add(answer, Section.ADDITIONAL, addressTtl, "node.corp. A 10.0.0.1");
		});
	}

	private static Message answer(Message answer, long ttl, String... records) {
		return ScriptedDnsServer.add(answer, Section.ANSWER, ttl, records);
	}

	private static Message authority(Message answer, long ttl, long minimum) {
		return ScriptedDnsServer.add(answer, Section.AUTHORITY, ttl,
				"corp. SOA ns.corp. root.corp. 1 60 60 60 " + minimum);
	}

	private static byte[] replace(byte[] wire, int value, int other) {
		ByteBuffer buffer = ByteBuffer.wrap(wire);
		for (int i = 0; i <= wire.length - Integer.BYTES; i++) {
			if (buffer.getInt(i) == value) {
				buffer.putInt(i, other);
			}
		}
		return wire;
	}

	/**
	 * The lifetime of a result from the start of the lookup.
	 */
	private Duration valid() {
		return valid(SampleSettings.udp(PATIENT));
	}

	private Duration valid(DnsSettings settings) {
		var begin = this.timer.steady();
		return Duration.between(begin, lookup(settings).validUntil());
	}

	private InstanceSet lookup(DnsSettings settings) {
		return new DnsInstanceSource(() -> List.of(this.server.address()), settings, this.threads.lookups(), this.timer,
				(service) -> 5000, new CallableInstances(Scope.ANYWHERE))
			.lookup(WORKER)
			.toCompletableFuture()
			.join();
	}

}
