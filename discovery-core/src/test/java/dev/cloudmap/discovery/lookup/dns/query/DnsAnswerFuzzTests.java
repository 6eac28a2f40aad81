package dev.cloudmap.discovery.lookup.dns.query;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.dns.DnsInstanceSource;
import dev.cloudmap.discovery.lookup.dns.SampleAnswer;
import dev.cloudmap.discovery.lookup.dns.SampleSettings;
import dev.cloudmap.discovery.lookup.dns.WireMutation;
import dev.cloudmap.discovery.thread.Futures;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Generated answers without a network: each lookup returns callable instances or fails.
 */
class DnsAnswerFuzzTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	/** The maximum number of queries of one lookup. */
	private static final int MOST_QUERIES = 2000;

	@Provide
	Arbitrary<List<WireMutation>> mutations() {
		return WireMutation.some();
	}

	@Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
	@StatisticsReport(StatisticsReportMode.OFF)
	void anyAnswerYieldsInstancesOrAFailure(@ForAll @Size(min = 1, max = 4) List<SampleAnswer> samples,
			@ForAll("mutations") List<WireMutation> mutations) {
		AtomicInteger queries = new AtomicInteger();
		DnsInstanceSource source = source((name, type, deadline) -> {
			SampleAnswer sample = samples.get(queries.getAndIncrement() % samples.size());
			Message query = query(name, type);
			return answer(query, WireMutation.apply(mutations, sample.to(query).toWire()));
		});
		Statistics.collect(assertThatItEndsWell(source));
		Statistics.coverage((coverage) -> coverage.check(true).percentage((found) -> found > 5));
		assertThat(queries).hasValueLessThan(MOST_QUERIES);
	}

	@Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
	void anyBytesYieldInstancesOrAFailure(@ForAll @Size(max = 300) byte[] records) {
		DnsInstanceSource source = source((name, type, deadline) -> {
			Message query = query(name, type);
			byte[] empty = SampleAnswer.WITH_ADDRESSES.to(query).toWire();
			int question = query.toWire().length;
			return answer(query,
					ByteBuffer.allocate(question + records.length).put(empty, 0, question).put(records).array());
		});
		assertThatItEndsWell(source);
	}

	/**
	 * Checks a lookup.
	 * @return whether it found instances
	 */
	private static boolean assertThatItEndsWell(DnsInstanceSource source) {
		CompletableFuture<InstanceSet> lookup = source.lookup(WORKER).toCompletableFuture();
		assertThat(lookup).isDone();
		return lookup.handle((set, failure) -> {
			if (failure != null) {
				assertThat(Futures.cause(failure)).isInstanceOf(DiscoveryException.class);
				return false;
			}
			assertThatInstancesAreCallable(set);
			return !set.isEmpty();
		}).join();
	}

	private static void assertThatInstancesAreCallable(InstanceSet set) {
		assertThat(set.instances()).hasSizeLessThanOrEqualTo(1000).doesNotHaveDuplicates();
		assertThat(set.validUntil()).isBetween(NOW.plusSeconds(1), NOW.plusSeconds(set.isEmpty() ? 2 : 60));
		for (Instance instance : set.instances()) {
			assertThat(instance.port()).isBetween(1, 65535);
			assertThat(instance.host()).matches("[0-9a-f:.]+");
			assertThat(address(instance.host())).matches((address) -> !address.isAnyLocalAddress()
					&& !address.isMulticastAddress() && !address.isLoopbackAddress());
		}
	}

	private static InetAddress address(String host) {
		try {
			return InetAddress.getByName(host);
		}
		catch (UnknownHostException ex) {
			throw new AssertionError(host, ex);
		}
	}

	private static DnsInstanceSource source(DnsResolver resolver) {
		return new DnsInstanceSource(resolver, SampleSettings.udp(Duration.ofSeconds(1)), (service) -> 5000,
				new CallableInstances(CallableInstances.Scope.ANYWHERE));
	}

	private static Message query(Name name, int type) {
		return Message.newQuery(Record.newRecord(name, type, DClass.IN));
	}

	/**
	 * The message that an exchange accepts as the answer; null if none.
	 */
	private static CompletionStage<DnsAnswer> answer(Message query, byte[] wire) {
		Offline exchange = new Offline(query);
		exchange.receive(wire);
		Message answer = exchange.answer().getNow(null);
		if (answer == null) {
			return CompletableFuture.failedFuture(new RegistryUnavailableException("no answer", null));
		}
		return CompletableFuture.completedFuture(new DnsAnswer(answer, address("10.0.0.53"), NOW));
	}

	private static final class Offline extends DnsExchange {

		Offline(Message query) {
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
