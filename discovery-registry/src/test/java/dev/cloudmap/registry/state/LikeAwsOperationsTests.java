package dev.cloudmap.registry.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.command.ChangeHealth;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.Operation.Status;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Operations of a registry in AWS mode, with a manual clock.
 */
class LikeAwsOperationsTests {

	private static final Duration OPERATION = Duration.ofSeconds(40);

	private final ManualScheduler scheduler = new ManualScheduler();

	private final RecordingJournal journal = new RecordingJournal();

	private RegistryState state = start(RegistryMode.LIKE_AWS);

	@BeforeEach
	void createNamespace() {
		this.state.submit(Samples.createNamespace("ns-1", "corp", NamespaceType.DNS_PUBLIC)).join();
		pass(OPERATION);
	}

	@AfterEach
	void stop() {
		this.state.close();
	}

	private RegistryState start(RegistryMode mode) {
		return new RegistryState(this.journal, this.scheduler, () -> Emulation.LIKE_AWS, mode);
	}

	private void restart(RegistryMode mode) {
		this.state.close();
		this.state = start(mode);
	}

	private void pass(Duration duration) {
		this.scheduler.advance(duration);
		this.state.submit((transaction) -> "").join();
	}

	private void createService(RoutingPolicy policy, RecordType... types) {
		List<DnsRecordSettings.TypedRecord> records = List.of(types)
			.stream()
			.map((type) -> new DnsRecordSettings.TypedRecord(type, 10))
			.toList();
		this.state
			.submit(Samples
				.createService(Samples.service("worker", new DnsRecordSettings(policy, records), null, null)))
			.join();
	}

	private String begin(String instance, Map<String, String> attributes) {
		return this.state.submit(new RegisterInstance(new InstanceReference("worker", instance), attributes, null))
			.join();
	}

	private Operation register(String instance, Map<String, String> attributes) {
		String id = begin(instance, attributes);
		pass(OPERATION);
		return operation(id);
	}

	private Operation register(String instance, String ipv4, String port) {
		return register(instance, Map.of(AttributeNames.IPV4, ipv4, AttributeNames.PORT, port));
	}

	private Operation operation(String id) {
		Operation operation = this.state.findOperation(id);
		assertThat(operation).isNotNull();
		return operation;
	}

	private static void succeeded(Operation operation) {
		assertThat(operation.errorMessage()).isNull();
		assertThat(operation.status()).isEqualTo(Status.SUCCESS);
	}

	private static void conflicted(Operation operation, String... words) {
		assertThat(operation.status()).isEqualTo(Status.FAIL);
		assertThat(operation.errorCode()).isEqualTo(Operation.ErrorCode.INVALID_CHANGE_BATCH);
		assertThat(operation.errorMessage()).contains(words);
	}

	private Map<String, Instance> instances() {
		return this.state.snapshot().service("worker").instances();
	}

	@Test
	void takeFortySeconds() {
		Instant begun = this.scheduler.now();
		String id = this.state.submit(Samples.createNamespace("ns-2", "late")).join();
		pass(Duration.ofMillis(39_999));
		assertThat(operation(id).status()).isEqualTo(Status.PENDING);
		assertThat(this.state.snapshot().findNamespace("ns-2")).isNull();
		pass(Duration.ofMillis(1));
		succeeded(operation(id));
		assertThat(operation(id).updated()).isEqualTo(begun.plus(OPERATION));
		assertThat(this.state.snapshot().findNamespace("ns-2")).isNotNull();
	}

	@Test
	void registerInstancesOfServiceHiddenByNamespace() {
		this.state.submit(Samples.createNamespace("ns-2", "worker.corp", NamespaceType.DNS_PUBLIC)).join();
		pass(OPERATION);
		createService(RoutingPolicy.MULTIVALUE, RecordType.SRV);
		succeeded(register("one", "192.0.2.1", "80"));
	}

	@Test
	void treatLeaseAsOrdinaryAttribute() {
		createService(RoutingPolicy.MULTIVALUE, RecordType.A);
		succeeded(register("one", Map.of(AttributeNames.IPV4, "192.0.2.1", AttributeNames.LEASE, "1")));
		succeeded(register("two", Map.of(AttributeNames.IPV4, "192.0.2.2", AttributeNames.LEASE, "a year")));
		assertThat(instances().get("one").lease()).isNull();
		assertThat(instances().get("two").attributes()).containsEntry(AttributeNames.LEASE, "a year");
	}

	@Test
	void ignoreStoredLeasesOfExtendedRegistry() {
		restart(RegistryMode.EXTENDED);
		createService(RoutingPolicy.MULTIVALUE, RecordType.A);
		succeeded(register("one", Map.of(AttributeNames.IPV4, "192.0.2.1", AttributeNames.LEASE, "30")));
		this.state
			.submit(new ChangeHealth(new InstanceReference("worker", "one"), instances().get("one").registration(),
					ChangeHealth.Verdict.LAPSED))
			.join();
		assertThat(instances().get("one").health()).isEqualTo(HealthStatus.UNHEALTHY);
		restart(RegistryMode.LIKE_AWS);
		assertThat(instances().get("one").lease()).isNull();
		assertThat(instances().get("one").health()).isEqualTo(HealthStatus.UNKNOWN);
		assertThat(instances().get("one").attributes()).containsEntry(AttributeNames.LEASE, "30");
	}

	@Test
	void failForUsedDnsName() {
		createService(RoutingPolicy.MULTIVALUE, RecordType.SRV);
		succeeded(register("node", "192.0.2.1", "8080"));
		conflicted(register("NODE", "192.0.2.2", "8080"), "'NODE.worker.corp'", "the instance 'node'",
				"Choose another instance id");
		assertThat(instances()).containsOnlyKeys("node");
		restart(RegistryMode.EXTENDED);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> register("NODE", "192.0.2.2", "8080"))
			.withMessageContaining("the instance 'node'");
	}

	/**
	 * Addresses that several instances of one service have.
	 */
	@Nested
	class SharedAddresses {

		@Test
		void failLaterRegistration() {
			createService(RoutingPolicy.MULTIVALUE, RecordType.A, RecordType.SRV);
			succeeded(register("one", "127.0.0.1", "8080"));
			conflicted(register("two", "127.0.0.1", "8081"), "worker.corp.", "type A", "SetIdentifier two",
					"value 127.0.0.1 already exists", "the instance one", "127.0.1.2");
			assertThat(instances()).containsOnlyKeys("one");
			succeeded(register("two", "127.0.1.2", "8080"));
			assertThat(instances()).containsOnlyKeys("one", "two");
		}

		@Test
		void failLaterOfTwoConcurrentRegistrations() {
			createService(RoutingPolicy.MULTIVALUE, RecordType.A);
			String first = begin("one", Map.of(AttributeNames.IPV4, "127.0.0.1"));
			String second = begin("two", Map.of(AttributeNames.IPV4, "127.0.0.1"));
			pass(OPERATION);
			succeeded(operation(first));
			conflicted(operation(second), "the instance one");
		}

		@Test
		void allowRepeatedRegistration() {
			createService(RoutingPolicy.MULTIVALUE, RecordType.A);
			succeeded(register("one", "127.0.0.1", "8080"));
			succeeded(register("one", "127.0.0.1", "8081"));
			assertThat(instances().get("one").attributes()).containsEntry(AttributeNames.PORT, "8081");
		}

		@Test
		void keepInstanceWhenUpdateFails() {
			createService(RoutingPolicy.MULTIVALUE, RecordType.A);
			succeeded(register("one", "127.0.0.1", "8080"));
			succeeded(register("two", "127.0.1.2", "8080"));
			conflicted(register("two", "127.0.0.1", "8080"), "the instance one");
			assertThat(instances().get("two").attributes()).containsEntry(AttributeNames.IPV4, "127.0.1.2");
		}

		@Test
		void areReleasedByDeregistration() {
			createService(RoutingPolicy.MULTIVALUE, RecordType.A);
			succeeded(register("one", "127.0.0.1", "8080"));
			deregisterOne();
			succeeded(register("two", "127.0.0.1", "8080"));
		}

		private void deregisterOne() {
			LikeAwsOperationsTests.this.state.submit(new DeregisterInstance(new InstanceReference("worker", "one")))
				.join();
			pass(OPERATION);
		}

		@Test
		void areEqualInEachIpv6Notation() {
			createService(RoutingPolicy.MULTIVALUE, RecordType.AAAA);
			succeeded(register("one", Map.of(AttributeNames.IPV6, "2001:db8::1")));
			conflicted(register("two", Map.of(AttributeNames.IPV6, "2001:0DB8:0:0:0:0:0:1")), "type AAAA");
			// No record contains the address.
			succeeded(register("three", Map.of(AttributeNames.IPV6, "2001:db8::3", AttributeNames.IPV4, "192.0.2.1")));
			succeeded(register("four", Map.of(AttributeNames.IPV6, "2001:db8::4", AttributeNames.IPV4, "192.0.2.1")));
		}

		@Test
		void areAllowedForSrvRecordsWithOwnTargets() {
			createService(RoutingPolicy.MULTIVALUE, RecordType.SRV);
			succeeded(register("one", "127.0.0.1", "8080"));
			succeeded(register("two", "127.0.0.1", "8081"));
		}

		@Test
		void areAllowedForWeightedRecords() {
			createService(RoutingPolicy.WEIGHTED, RecordType.A);
			succeeded(register("one", "127.0.0.1", "8080"));
			succeeded(register("two", "127.0.0.1", "8081"));
		}

		@Test
		void areAllowedInServiceWithoutRecords() {
			LikeAwsOperationsTests.this.state
				.submit(new CreateService(Samples.service("worker"), CreateService.Kind.API_ONLY))
				.join();
			succeeded(register("one", "127.0.0.1", "8080"));
			succeeded(register("two", "127.0.0.1", "8081"));
		}

		@Test
		void areAllowedInExtendedRegistry() {
			restart(RegistryMode.EXTENDED);
			createService(RoutingPolicy.MULTIVALUE, RecordType.A);
			succeeded(register("one", "127.0.0.1", "8080"));
			succeeded(register("two", "127.0.0.1", "8081"));
		}

	}

}
