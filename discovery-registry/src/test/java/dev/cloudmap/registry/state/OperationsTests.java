package dev.cloudmap.registry.state;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.DeleteNamespace;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.command.UpdateNamespace;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Delay, failure, exclusion and restart of operations.
 */
class OperationsTests {

	private static final int KEPT = 10_000;

	private static final int MAX_RUNNING = 10_000;

	private static final Duration DELAY = Duration.ofSeconds(10);

	private final ManualScheduler scheduler = new ManualScheduler();

	private final RecordingJournal journal = new RecordingJournal();

	private Emulation emulation = Emulation.NONE;

	private RegistryState state = new RegistryState(this.journal, this.scheduler, () -> this.emulation);

	@AfterEach
	void stop() {
		this.state.close();
	}

	private void restart() {
		this.state.close();
		this.state = new RegistryState(this.journal, this.scheduler, () -> this.emulation);
	}

	private String create(String name) {
		return this.state.submit(Samples.createNamespace("ns-" + name, name)).join();
	}

	private void createService(String namespace, String name) {
		Service service = Samples.service("srv-" + name, "ns-" + namespace, name, null, null, null);
		this.state.submit(Samples.createService(service)).join();
	}

	private RegisterInstance register(String creatorRequestId, Map<String, String> attributes) {
		return new RegisterInstance(new InstanceReference("srv-worker", "one"), attributes, creatorRequestId);
	}

	/**
	 * Advances the clock and waits until the writer thread has run the due commands.
	 */
	private void pass(Duration duration) {
		this.scheduler.advance(duration);
		this.state.submit((transaction) -> "").join();
	}

	private Operation operation(String id) {
		Operation operation = this.state.findOperation(id);
		assertThat(operation).isNotNull();
		return operation;
	}

	@Test
	void continueAfterRestart() {
		this.emulation = Emulation.NONE.withOperationDelay(DELAY);
		String id = create("corp");
		restart();
		assertThat(operation(id).status()).isEqualTo(Operation.Status.SUBMITTED);
		pass(DELAY.dividedBy(2));
		assertThat(operation(id).status()).isEqualTo(Operation.Status.PENDING);
		restart();
		assertThat(operation(id).status()).isEqualTo(Operation.Status.PENDING);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> create("corp"))
			.havingCause()
			.satisfies(
					(ex) -> assertThat(((RegistryException) ex).members()).containsEntry("DuplicateOperationId", id));
		pass(DELAY);
		assertThat(operation(id).status()).isEqualTo(Operation.Status.SUCCESS);
		assertThat(this.state.snapshot().findNamespace("ns-corp")).isNotNull();
		restart();
		assertThat(operation(id).status()).isEqualTo(Operation.Status.SUCCESS);
		assertThat(operation(id).targets()).containsEntry(Operation.Target.NAMESPACE, "ns-corp");
	}

	@Test
	void failAsConfigured() {
		this.emulation = Emulation.NONE.withFailure(Operation.Type.CREATE_NAMESPACE,
				Operation.ErrorCode.CANNOT_CREATE_HOSTED_ZONE);
		Operation failed = operation(create("corp"));
		assertThat(failed.status()).isEqualTo(Operation.Status.FAIL);
		assertThat(failed.errorCode()).isEqualTo(Operation.ErrorCode.CANNOT_CREATE_HOSTED_ZONE);
		assertThat(failed.errorMessage()).isNotEmpty();
		assertThat(this.state.snapshot().namespaces()).isEmpty();
		this.emulation = Emulation.NONE;
		assertThat(operation(create("corp")).status()).isEqualTo(Operation.Status.SUCCESS);
	}

	@Test
	void failWhenResourceHasChanged() {
		create("corp");
		this.emulation = Emulation.NONE.withOperationDelay(DELAY);
		String id = this.state.submit(new DeleteNamespace("ns-corp")).join();
		createService("corp", "worker");
		pass(DELAY);
		assertThat(operation(id).status()).isEqualTo(Operation.Status.FAIL);
		assertThat(operation(id).errorCode()).isEqualTo(Operation.ErrorCode.INTERNAL_FAILURE);
		assertThat(operation(id).errorMessage()).contains("services");
		assertThat(this.state.snapshot().findNamespace("ns-corp")).isNotNull();
	}

	@Test
	void excludeOthersOnSameResource() {
		create("corp");
		createService("corp", "worker");
		this.emulation = Emulation.NONE.withOperationDelay(DELAY);
		UpdateNamespace update = new UpdateNamespace("ns-corp", NamespaceType.HTTP, "ours", null, "u1");
		String first = this.state.submit(update).join();
		assertThat(this.state.submit(update).join()).isEqualTo(first);
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> this.state.submit(new DeleteNamespace("ns-corp")).join())
			.withMessageContaining(first);
		String registration = this.state.submit(register("r1", Map.of())).join();
		assertThat(this.state.submit(register("r1", Map.of())).join()).isEqualTo(registration);
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> this.state.submit(register("r2", Map.of())).join())
			.withMessageContaining(registration);
		pass(DELAY);
		assertThat(this.state.snapshot().namespace("ns-corp").description()).isEqualTo("ours");
		assertThat(this.state.snapshot().service("srv-worker").instances()).hasSize(1);
	}

	@Test
	void areNotDuplicatesOfDifferentRequests() {
		create("corp");
		createService("corp", "worker");
		this.emulation = Emulation.NONE.withOperationDelay(DELAY);
		String registration = this.state.submit(register("r1", Map.of("a", "1"))).join();
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> this.state.submit(register("r1", Map.of("a", "2"))).join())
			.withMessageContaining(registration);
		String update = this.state.submit(new UpdateNamespace("ns-corp", NamespaceType.HTTP, "ours", null, "u1"))
			.join();
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(
					() -> this.state.submit(new UpdateNamespace("ns-corp", NamespaceType.HTTP, "theirs", null, "u1"))
						.join())
			.withMessageContaining(update);
	}

	@Test
	void createNamespaceOnceWhenRepeated() {
		this.emulation = Emulation.NONE.withOperationDelay(DELAY);
		CreateNamespace create = new CreateNamespace("ns-one", "arn", "corp", NamespaceType.HTTP, null, null, 5,
				Instant.EPOCH, "c1", Tags.NONE);
		CreateNamespace again = new CreateNamespace("ns-two", "arn", "corp", NamespaceType.HTTP, null, null, 5,
				Instant.EPOCH.plusSeconds(1), "c1", Tags.NONE);
		String first = this.state.submit(create).join();
		assertThat(this.state.submit(again).join()).isEqualTo(first);
		pass(DELAY);
		assertThat(this.state.submit(again).join()).isEqualTo(first);
		assertThat(this.state.snapshot().namespaces()).extracting(Namespace::id).containsExactly("ns-one");
	}

	@Test
	void runOnceWhenRegistrationIsRepeated() {
		create("corp");
		createService("corp", "worker");
		String first = this.state.submit(register("r1", Map.of("a", "1"))).join();
		long revision = this.state.snapshot().service("srv-worker").instancesRevision();
		assertThat(this.state.submit(register("r1", Map.of("a", "1"))).join()).isEqualTo(first);
		assertThat(this.state.snapshot().service("srv-worker").instancesRevision()).isEqualTo(revision);
		assertThat(this.state.submit(register("r1", Map.of("a", "2"))).join()).isNotEqualTo(first);
		assertThat(this.state.submit(register(null, Map.of("a", "2"))).join()).isNotEqualTo(first);
		assertThat(this.state.snapshot().service("srv-worker").instancesRevision()).isEqualTo(revision + 2);
	}

	@Test
	void areRejectedWhenTooManyAreInProgress() {
		this.emulation = Emulation.NONE.withOperationDelay(DELAY);
		for (int i = 0; i < MAX_RUNNING; i++) {
			create("corp" + i);
		}
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> create("corp"))
			.havingCause()
			.satisfies((ex) -> assertThat(((RegistryException) ex).type()).isEqualTo(ErrorType.THROTTLING));
		assertThat(this.state.operations()).hasSize(MAX_RUNNING);
	}

	@Test
	void expire() {
		String first = create("corp");
		createService("corp", "worker");
		for (int i = 0; i < KEPT; i++) {
			assertThat(this.state.submit(register(null, Map.of("n", "" + i))).join()).isNotEmpty();
		}
		assertThat(this.state.findOperation(first)).isNull();
		assertThat(this.state.operations()).hasSize(KEPT);
		assertThat(this.journal.load().operations()).hasSize(KEPT);
	}

	@Test
	void enforceQuotasWhenEnabled() {
		this.emulation = Emulation.NONE.withQuotas();
		for (int i = 0; i < 50; i++) {
			create("corp" + i);
		}
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> create("corp"))
			.havingCause()
			.satisfies(
					(ex) -> assertThat(((RegistryException) ex).type()).isEqualTo(ErrorType.RESOURCE_LIMIT_EXCEEDED));
		this.emulation = Emulation.NONE;
		assertThat(operation(create("corp")).status()).isEqualTo(Operation.Status.SUCCESS);
	}

}
