package dev.cloudmap.registry.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.DnsRecord;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.Tag;

import dev.cloudmap.registry.RegistryStartException;
import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Data that remains after a restart.
 */
class RestartTests {

	@TempDir
	private Path directory;

	@Test
	void keepsAcknowledgedChanges() throws Exception {
		String service;
		long revision;
		try (TestRegistry registry = start()) {
			service = registry.createDnsService(registry.createDnsNamespace("corp.local"), "worker",
					RoutingPolicy.MULTIVALUE, RecordType.A, RecordType.SRV);
			registry.register(service, "one",
					Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", "5000", "discovery.lease", "60"));
			registry.register(service, "two", Map.of("AWS_INSTANCE_IPV4", "10.0.0.2", "AWS_INSTANCE_PORT", "5000"));
			registry.register(service, "three", Map.of("AWS_INSTANCE_IPV4", "10.0.0.3", "AWS_INSTANCE_PORT", "5000"));
			registry.client().deregisterInstance((request) -> request.serviceId(service).instanceId("three"));
			registry.client()
				.updateInstanceCustomHealthStatus(
						(request) -> request.serviceId(service).instanceId("two").status(CustomHealthStatus.UNHEALTHY));
			revision = discover(registry).instancesRevision();
		}
		try (TestRegistry registry = start()) {
			DiscoverInstancesResponse found = discover(registry);
			assertThat(found.instances()).extracting("instanceId", "healthStatus")
				.containsExactlyInAnyOrder(tuple("one", "HEALTHY"), tuple("two", "UNHEALTHY"));
			assertThat(found.instancesRevision()).isGreaterThan(revision);
			assertThat(registry.query("worker.corp.local.", Type.A).getSection(Section.ANSWER)).hasSize(1);
			registry.register(service, "four", Map.of("AWS_INSTANCE_IPV4", "10.0.0.4", "AWS_INSTANCE_PORT", "5000"));
		}
		try (TestRegistry registry = start()) {
			assertThat(discover(registry).instances()).hasSize(3);
		}
	}

	@Test
	void dnsLookupsUseOlderNamespace() throws Exception {
		try (TestRegistry registry = start()) {
			for (int i = 0; i < 8; i++) {
				String address = "10.0.0." + i;
				String namespace = registry.createDnsNamespace("corp.local", "vpc-" + i);
				String service = registry.createDnsService(namespace, "worker", RoutingPolicy.MULTIVALUE, RecordType.A);
				registry.register(service, "one", Map.of("AWS_INSTANCE_IPV4", address));
			}
			assertThat(address(registry)).isEqualTo("10.0.0.0");
		}
		try (TestRegistry registry = start()) {
			assertThat(address(registry)).isEqualTo("10.0.0.0");
		}
	}

	private static String address(TestRegistry registry) throws Exception {
		ARecord answer = (ARecord) registry.query("worker.corp.local.", Type.A).getSection(Section.ANSWER).get(0);
		return answer.getAddress().getHostAddress();
	}

	@Test
	void keepsSettingsTagsAndAttributesButNotDeletedData() {
		String namespace;
		String service;
		String arn;
		try (TestRegistry registry = start()) {
			ServiceDiscoveryClient client = registry.client();
			namespace = registry.createDnsNamespace("corp.local");
			service = registry.createDnsService(namespace, "worker", RoutingPolicy.MULTIVALUE, RecordType.A);
			arn = client.getService((request) -> request.id(service)).service().arn();
			client.tagResource(
					(request) -> request.resourceARN(arn).tags(Tag.builder().key("team").value("payments").build()));
			client.updateServiceAttributes(
					(request) -> request.serviceId(service).attributes(Map.of("timeout-ms", "500", "retries", "2")));
			client.deleteServiceAttributes((request) -> request.serviceId(service).attributes("retries"));
			client.updatePrivateDnsNamespace((request) -> request.id(namespace)
				.namespace((change) -> change.description("ours")
					.properties((properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(42L))))));
			client.updateService((request) -> request.id(service)
				.service((change) -> change.description("works")
					.dnsConfig((dns) -> dns.dnsRecords(DnsRecord.builder().type(RecordType.A).ttl(3L).build()))));
			String gone = registry.createDnsService(namespace, "gone", RoutingPolicy.MULTIVALUE, RecordType.A);
			client.deleteService((request) -> request.id(gone));
			String empty = registry.createHttpNamespace("empty");
			client.deleteNamespace((request) -> request.id(empty));
		}
		try (TestRegistry registry = start()) {
			ServiceDiscoveryClient client = registry.client();
			Namespace kept = client.getNamespace((request) -> request.id(namespace)).namespace();
			assertThat(kept.description()).isEqualTo("ours");
			assertThat(kept.serviceCount()).isOne();
			assertThat(kept.properties().dnsProperties().soa().ttl()).isEqualTo(42);
			Service worker = client.getService((request) -> request.id(service)).service();
			assertThat(worker.description()).isEqualTo("works");
			assertThat(worker.dnsConfig().dnsRecords()).extracting(DnsRecord::ttl).containsExactly(3L);
			assertThat(client.listTagsForResource((request) -> request.resourceARN(arn)).tags())
				.extracting(Tag::key, Tag::value)
				.containsExactly(tuple("team", "payments"));
			assertThat(client.getServiceAttributes((request) -> request.serviceId(service))
				.serviceAttributes()
				.attributes()).isEqualTo(Map.of("timeout-ms", "500"));
			assertThat(client.listServices().services()).hasSize(1);
			assertThat(client.listNamespaces().namespaces()).hasSize(1);
		}
	}

	@Test
	void continuesPendingOperations() {
		Emulation slow = Emulation.NONE.withOperationDelay(Duration.ofHours(1));
		String operation;
		try (TestRegistry registry = TestRegistry
			.start((options) -> options.withDataDirectory(this.directory.resolve("data")).withEmulation(slow))) {
			operation = registry.client().createHttpNamespace((request) -> request.name("corp")).operationId();
		}
		try (TestRegistry registry = start()) {
			await().untilAsserted(() -> assertThat(
					registry.client().getOperation((request) -> request.operationId(operation)).operation().status())
				.isEqualTo(OperationStatus.SUCCESS));
			assertThat(registry.client().listNamespaces().namespaces()).hasSize(1);
		}
		try (TestRegistry registry = start()) {
			assertThat(registry.client().listOperations().operations()).hasSize(1);
			assertThat(
					registry.client().getOperation((request) -> request.operationId(operation)).operation().targets())
				.containsKey(OperationTargetType.NAMESPACE);
		}
	}

	private TestRegistry start() {
		return TestRegistry.start((options) -> options.withDataDirectory(this.directory.resolve("data")));
	}

	private static DiscoverInstancesResponse discover(TestRegistry registry) {
		return registry.client()
			.discoverInstances((request) -> request.namespaceName("corp.local")
				.serviceName("worker")
				.healthStatus(HealthStatusFilter.ALL));
	}

	@Test
	void rejectsForeignFileWithoutChange() throws Exception {
		Path file = Files.createDirectories(this.directory.resolve("data")).resolve(MvStoreJournal.FILE_NAME);
		byte[] content = "somebody's diary\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
		Files.write(file, content);
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining(file.toString());
		assertThat(file).hasBinaryContent(content);
	}

	@Test
	void rejectsDamagedFileWithoutChange() throws Exception {
		try (TestRegistry registry = start()) {
			registry.createHttpNamespace("corp");
		}
		Path file = this.directory.resolve("data").resolve(MvStoreJournal.FILE_NAME);
		byte[] content = Files.readAllBytes(file);
		for (int i = 0; i < content.length; i++) {
			content[i] ^= 0x55;
		}
		Files.write(file, content);
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining(file.toString());
		assertThat(file).hasBinaryContent(content);
	}

	@Test
	void rejectsMissingFile() throws Exception {
		try (TestRegistry registry = start()) {
			registry.createHttpNamespace("corp");
		}
		Path file = this.directory.resolve("data").resolve(MvStoreJournal.FILE_NAME);
		Path away = Files.move(file, this.directory.resolve("away"));
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining(file.toString())
			.withMessageContaining(RevisionMark.FILE_NAME);
		assertThat(file).doesNotExist();
		Files.move(away, file);
		try (TestRegistry registry = start()) {
			assertThat(registry.client().listNamespaces().namespaces()).hasSize(1);
		}
	}

	@Test
	void rejectsFileInPlaceOfDirectory() throws Exception {
		Files.createFile(this.directory.resolve("data"));
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining("there is a file of that name");
	}

	@Test
	void rejectsUnwritableFile() throws Exception {
		Path file = Files.createDirectories(this.directory.resolve("data")).resolve(MvStoreJournal.FILE_NAME);
		try (TestRegistry registry = start()) {
			registry.createHttpNamespace("corp");
		}
		assertThat(file.toFile().setWritable(false)).isTrue();
		assumeThat(Files.isWritable(file)).as("someone who may write everything").isFalse();
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining("cannot be written");
	}

	@Test
	void distinguishesReadOnlyFileSystemFromMissingPermission() {
		Path file = this.directory.resolve("data");
		assertThat(StoreException.readOnly(file, new AccessDeniedException(file.toString()))).hasMessage(
				"'%s' cannot be written by this process. Give it the right to, or choose another data directory.",
				file);
		assertThat(
				StoreException.readOnly(file, new FileSystemException(file.toString(), null, "Read-only file system")))
			.hasMessageStartingWith("'%s' cannot be written: Read-only file system. Mend that", file)
			.hasMessageNotContaining("the right");
	}

	@Test
	void rejectsFileInUse() {
		try (TestRegistry registry = start()) {
			assertThat(registry.endpoint()).isNotNull();
			assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
				.withMessageContaining("in use");
		}
	}

}
