package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.lookup.dns.query.Deadline;
import dev.cloudmap.discovery.lookup.dns.query.DnsAnswer;
import dev.cloudmap.discovery.lookup.dns.query.DnsQueries;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * More concurrent queries than the limit.
 */
class ManyQueriesTests {

	private static final int MANY = 2000;

	private static final int AT_A_TIME = 128;

	/** Long enough for a busy machine. */
	private static final Duration PATIENT = Duration.ofSeconds(20);

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final ScriptedDnsServer server = ScriptedDnsServer.start();

	private final DnsQueries queries = new DnsQueries(() -> List.of(this.server.address()), SampleSettings.udp(PATIENT),
			this.threads.lookups(), this.threads.timer());

	@AfterEach
	void stop() {
		this.server.close();
		this.threads.close();
	}

	@Test
	void answersAllQueries() {
		IntStream.range(0, MANY)
			.forEach((i) -> this.server.on(name(i).toString(), Type.A,
					"%s A 10.0.%d.%d".formatted(name(i), i / 250, i % 250)));
		List<CompletableFuture<DnsAnswer>> answers = ask(PATIENT);
		assertThat(answers)
			.allSatisfy((answer) -> assertThat(answer.get(20, TimeUnit.SECONDS).message().getSection(Section.ANSWER))
				.hasSize(1));
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void limitsConcurrentQueries() {
		this.server.silent();
		List<CompletableFuture<DnsAnswer>> answers = ask(Duration.ofSeconds(2));
		await().until(() -> answers.stream().allMatch(CompletableFuture::isCompletedExceptionally));
		assertThat(this.server.queries()).hasSize(AT_A_TIME);
	}

	@Test
	@Execution(ExecutionMode.CONCURRENT)
	void queriesFailWhenTheApplicationStops() {
		this.server.silent();
		List<CompletableFuture<DnsAnswer>> answers = ask(Duration.ofSeconds(2));
		this.threads.close();
		await().until(() -> answers.stream().allMatch(CompletableFuture::isCompletedExceptionally));
	}

	private List<CompletableFuture<DnsAnswer>> ask(Duration timeout) {
		Deadline deadline = Deadline.after(timeout);
		return IntStream.range(0, MANY)
			.mapToObj((i) -> this.queries.query(name(i), Type.A, deadline).toCompletableFuture())
			.toList();
	}

	private static Name name(int i) {
		return Name.fromConstantString("i-%04d.corp.".formatted(i));
	}

}
