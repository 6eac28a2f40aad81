package dev.cloudmap.discovery.lookup.dns;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.sun.management.UnixOperatingSystemMXBean;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.xbill.DNS.Message;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * All kinds of bytes by UDP and TCP: each lookup ends, the true answer counts, those who
 * wait for answers go on doing so, and no socket stays open.
 */
class DnsExchangeFuzzTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	/** Long enough for a busy machine. */
	private static final Duration PATIENT = Duration.ofSeconds(20);

	/** Short enough to wait for a hundred times. */
	private static final Duration IMPATIENT = Duration.ofMillis(50);

	/** What else in this JVM may have opened meanwhile. */
	private static final int FEW = 20;

	private static DiscoveryThreads threads;

	private static ScriptedDnsServer server;

	private static Map<DnsTransport, DnsInstanceSource> patient;

	private static Map<DnsTransport, DnsInstanceSource> impatient;

	private static long openFilesBefore;

	@BeforeContainer
	static void start() {
		threads = new DiscoveryThreads();
		server = ScriptedDnsServer.start();
		patient = Map.of(DnsTransport.UDP, source(SampleSettings.udp(PATIENT)), DnsTransport.TCP,
				source(SampleSettings.tcp(PATIENT)));
		impatient = Map.of(DnsTransport.UDP, source(SampleSettings.udp(IMPATIENT)), DnsTransport.TCP,
				source(SampleSettings.tcp(IMPATIENT)));
		assertThatAllAreAnswered();
		openFilesBefore = openFiles();
	}

	@AfterContainer
	static void stop() {
		try {
			assertThatNothingIsLeft();
		}
		finally {
			server.close();
			threads.close();
		}
	}

	private static void assertThatNothingIsLeft() {
		assertThat(server.clients()).hasSizeGreaterThan(10 * FEW);
		assertThatAllAreAnswered();
		await().until(() -> openFiles() < openFilesBefore + FEW);
		await().until(() -> server.connections() == 0);
	}

	private static void assertThatAllAreAnswered() {
		answer(SampleAnswer.WITH_ADDRESSES, List.of());
		server.sendingFirst((query) -> List.of());
		Stream.of(patient, impatient)
			.flatMap((sources) -> sources.values().stream())
			.forEach((source) -> await().ignoreExceptions().until(() -> lookup(source).size() == 8));
	}

	/**
	 * How many files and sockets this JVM has open, where the platform tells.
	 */
	private static long openFiles() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)
				? unix.getOpenFileDescriptorCount() : 0;
	}

	@Provide
	Arbitrary<List<WireMutation>> mutations() {
		return WireMutation.some();
	}

	@Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
	void theTrueAnswerCountsWhateverComesBefore(@ForAll DnsTransport transport, @ForAll SampleAnswer forged,
			@ForAll("mutations") List<WireMutation> mutations) throws Exception {
		answer(SampleAnswer.WITH_ADDRESSES, List.of());
		server.sendingFirst((query) -> {
			byte[] wire = WireMutation.apply(mutations, forged.to(query).toWire());
			return List.of(withOtherId(wire, query), withOtherId(new byte[wire.length], query));
		});
		assertThat(lookup(patient.get(transport))).hasSize(8).contains("10.0.0.7:8087");
	}

	@Property(tries = 100, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
	void eachLookupEndsWhateverIsAnswered(@ForAll DnsTransport transport, @ForAll SampleAnswer sample,
			@ForAll("mutations") List<WireMutation> mutations) throws Exception {
		answer(sample, mutations);
		server.sendingFirst((query) -> List.of());
		try {
			assertThat(lookup(impatient.get(transport))).hasSizeLessThanOrEqualTo(1000);
		}
		catch (ExecutionException ex) {
			assertThat(ex).hasCauseInstanceOf(DiscoveryException.class);
		}
	}

	private static void answer(SampleAnswer sample, List<WireMutation> mutations) {
		server.always(sample::to).garbling((wire) -> WireMutation.apply(mutations, wire));
	}

	private static byte[] withOtherId(byte[] wire, Message query) {
		if (wire.length > 1) {
			int id = query.getHeader().getID() ^ 1;
			wire[0] = (byte) (id >> 8);
			wire[1] = (byte) id;
		}
		return wire;
	}

	private static DnsInstanceSource source(DnsSettings settings) {
		return new DnsInstanceSource(() -> List.of(server.address()), settings, threads.lookups(), threads.timer(),
				(service) -> 5000, new CallableInstances(Scope.ANYWHERE, threads.timer()));
	}

	private static List<String> lookup(DnsInstanceSource source) throws Exception {
		return source.lookup(WORKER)
			.toCompletableFuture()
			.get(60, TimeUnit.SECONDS)
			.instances()
			.stream()
			.map((instance) -> instance.host() + ":" + instance.port())
			.toList();
	}

}
