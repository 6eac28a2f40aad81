package dev.cloudmap.registry.state;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.state.snapshot.Change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Commands, their rejection, and the time at which they take effect.
 */
class RegistryStateTests {

	private static final int MAX_INSTANCES = 1000;

	private static final InstanceReference KEY = new InstanceReference("srv-1", "i");

	private final ManualScheduler scheduler = new ManualScheduler();

	private RegistryState state = new RegistryState(Journal.NONE, this.scheduler, () -> Emulation.NONE);

	@AfterEach
	void stop() {
		this.state.close();
	}

	private void delayOperations(Duration delay) {
		this.state.close();
		this.state = new RegistryState(Journal.NONE, this.scheduler, () -> Emulation.NONE.withOperationDelay(delay));
	}

	private static CreateNamespace namespace(String creatorRequestId) {
		return new CreateNamespace(Ids.namespace(), "arn", "corp.local", NamespaceType.DNS_PRIVATE, null, "vpc", 5,
				Instant.EPOCH, creatorRequestId, Tags.NONE);
	}

	private String createNamespace() {
		String operation = this.state.submit(namespace(null)).join();
		pass(Duration.ofSeconds(10));
		return this.state.findOperation(operation).targets().get(Operation.Target.NAMESPACE);
	}

	private void createService(RecordType... types) {
		List<DnsRecordSettings.TypedRecord> records = new ArrayList<>();
		for (RecordType type : types) {
			records.add(new DnsRecordSettings.TypedRecord(type, 10));
		}
		RoutingPolicy policy = (types[0] == RecordType.CNAME) ? RoutingPolicy.WEIGHTED : RoutingPolicy.MULTIVALUE;
		Service service = Samples.service("srv-1", createNamespace(), "worker", new DnsRecordSettings(policy, records),
				null, new CustomHealthCheck(1));
		this.state.submit(Samples.createService(service)).join();
	}

	private void register(Map<String, String> attributes) {
		this.state.submit(new RegisterInstance(KEY, attributes, null)).join();
	}

	/**
	 * Advances the clock and waits until the writer thread has run the due commands.
	 */
	private void pass(Duration duration) {
		this.scheduler.advance(duration);
		this.state.submit((transaction) -> "").join();
	}

	private static RegistryException refusal(ThrowingCallable call) {
		CompletionException thrown = catchThrowableOfType(CompletionException.class, call);
		assertThat(thrown).isNotNull();
		return (RegistryException) thrown.getCause();
	}

	@ParameterizedTest
	@CsvSource({ "A,AWS_INSTANCE_IPV4=999.1.1.1,AWS_INSTANCE_IPV4", "A,AWS_INSTANCE_IPV4=10.0.0.1.,AWS_INSTANCE_IPV4",
			"A,AWS_INSTANCE_IPV4=localhost,AWS_INSTANCE_IPV4", "A,AWS_INSTANCE_IPV6=::1,AWS_INSTANCE_IPV4",
			"AAAA,AWS_INSTANCE_IPV6=::g,AWS_INSTANCE_IPV6", "AAAA,AWS_INSTANCE_IPV6=::ffff:1.2.3.4,AWS_INSTANCE_IPV6",
			"SRV,AWS_INSTANCE_IPV4=10.0.0.1,AWS_INSTANCE_PORT", "SRV,AWS_INSTANCE_PORT=0,AWS_INSTANCE_PORT",
			"SRV,AWS_INSTANCE_PORT=65536,AWS_INSTANCE_PORT", "SRV,AWS_INSTANCE_PORT=80,AWS_INSTANCE_IPV4",
			"CNAME,AWS_INSTANCE_CNAME=a..b,AWS_INSTANCE_CNAME", "CNAME,AWS_INSTANCE_PORT=80,AWS_INSTANCE_CNAME",
			"CNAME,AWS_INIT_HEALTH_STATUS=SICK,HEALTHY or UNHEALTHY", "CNAME,discovery.lease=0,discovery.lease",
			"CNAME,discovery.lease=30s,whole number of seconds", "CNAME,discovery.lease=99999999999,discovery.lease",
			"CNAME,AWS_ALIAS_DNS_NAME=lb.example.com,RoutingPolicy WEIGHTED" })
	void rejectsInvalidAttributes(RecordType type, String attribute, String message) {
		createService(type);
		String[] parts = attribute.split("=", 2);
		RegistryException refusal = refusal(() -> register(Map.of(parts[0], parts[1])));
		assertThat(refusal.type()).isEqualTo(ErrorType.INVALID_INPUT);
		assertThat(refusal.message()).contains(message);
	}

	@Test
	void limitsAttributesAndInstances() {
		createService(RecordType.A);
		Map<String, String> attributes = new HashMap<>(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		for (int i = 0; i < 30; i++) {
			attributes.put("custom" + i, "");
		}
		register(attributes);
		attributes.put("onemore", "");
		assertThat(refusal(() -> register(attributes)).message()).contains("30 custom attributes");
		assertThat(refusal(() -> register(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "a", "x".repeat(5000)))).message())
			.contains("5000 characters");
		for (int i = 1; i < MAX_INSTANCES; i++) {
			this.state
				.submit(new RegisterInstance(new InstanceReference("srv-1", "i" + i),
						Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"), null))
				.join();
		}
		assertThat(refusal(() -> this.state
			.submit(new RegisterInstance(new InstanceReference("srv-1", "last"),
					Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"), null))
			.join()).type()).isEqualTo(ErrorType.RESOURCE_LIMIT_EXCEEDED);
		register(Map.of("AWS_INSTANCE_IPV4", "10.0.0.2"));
	}

	@Test
	void delaysOperations() {
		delayOperations(Duration.ofSeconds(10));
		String id = this.state.submit(namespace("r1")).join();
		assertThat(this.state.findOperation(id).status()).isEqualTo(Operation.Status.SUBMITTED);
		pass(Duration.ofSeconds(6));
		assertThat(this.state.findOperation(id).status()).isEqualTo(Operation.Status.PENDING);
		assertThat(this.state.snapshot().namespaces()).isEmpty();
		assertThat(this.state.submit(namespace("r1")).join()).isEqualTo(id);
		RegistryException refusal = refusal(() -> this.state.submit(namespace("r2")).join());
		assertThat(refusal.type()).isEqualTo(ErrorType.DUPLICATE_REQUEST);
		assertThat(refusal.members()).containsEntry("DuplicateOperationId", id);
		pass(Duration.ofSeconds(4));
		assertThat(this.state.findOperation(id).status()).isEqualTo(Operation.Status.SUCCESS);
		assertThat(this.state.snapshot().namespaces()).hasSize(1);
		assertThat(this.state.submit(namespace("r1")).join()).isEqualTo(id);
		assertThat(refusal(() -> this.state.submit(namespace("r2")).join()).type())
			.isEqualTo(ErrorType.NAMESPACE_ALREADY_EXISTS);
	}

	@Test
	void notifiesListenersBeforeItAnswers() {
		List<Change> seen = new ArrayList<>();
		this.state.addListener((snapshot, changes) -> {
			assertThat(snapshot.revision()).isEqualTo(changes.get(changes.size() - 1).revision());
			seen.addAll(changes);
		});
		long before = this.state.snapshot().revision();
		createService(RecordType.A);
		register(Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
		assertThat(seen).extracting(Change::revision).containsExactly(before + 1, before + 2, before + 3);
		assertThat(seen.get(2)).isInstanceOf(Change.InstanceRegistered.class);
	}

	@Test
	void hidesChangesThatWereNotStored() {
		this.state.close();
		FragileJournal journal = new FragileJournal();
		journal.setBroken(true);
		this.state = new RegistryState(journal, this.scheduler, () -> Emulation.NONE);
		long before = this.state.snapshot().revision();
		assertThat(catchThrowableOfType(CompletionException.class, () -> this.state.submit(namespace(null)).join()))
			.hasRootCauseMessage("disk full");
		assertThat(this.state.snapshot().namespaces()).isEmpty();
		assertThat(this.state.snapshot().revision()).isEqualTo(before);
	}

	@Test
	void survivesErrorInCommand() {
		CompletableFuture<String> defect = this.state.submit((transaction) -> {
			throw new StackOverflowError("deep");
		});
		assertThat(catchThrowableOfType(CompletionException.class, defect::join)).hasRootCauseMessage("deep");
		assertThat(this.state.submit((transaction) -> "next").join()).isEqualTo("next");
	}

	@Test
	void closesWithoutWaitingForQueuedCommands() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch store = new CountDownLatch(1);
		CompletableFuture<String> running = this.state.submit((transaction) -> {
			begun.countDown();
			await(store);
			return "done";
		});
		await(begun);
		AtomicInteger carriedOut = new AtomicInteger();
		List<CompletableFuture<Integer>> waiting = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			waiting.add(this.state.submit((transaction) -> carriedOut.incrementAndGet()));
		}
		Thread closing = new Thread(this.state::close);
		closing.start();
		Awaitility.await().until(() -> closing.getState() == Thread.State.WAITING);
		store.countDown();
		closing.join();
		assertThat(running.join()).isEqualTo("done");
		assertThat(waiting).allMatch(CompletableFuture::isCompletedExceptionally);
		assertThat(carriedOut).hasValue(0);
		assertThat(this.state.submit((transaction) -> "late")).isCompletedExceptionally();
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
