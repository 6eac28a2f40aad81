package dev.cloudmap.registry.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.RegistryStartException;
import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What survives a restart.
 */
class RestartTests {

	@TempDir
	private Path directory;

	@Test
	void keepsWhatWasAcknowledged() throws Exception {
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
	void refusesAForeignFileAndLeavesItAlone() throws Exception {
		Path file = Files.createDirectories(this.directory.resolve("data")).resolve(MvStoreJournal.FILE_NAME);
		byte[] content = "somebody's diary\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
		Files.write(file, content);
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining(file.toString());
		assertThat(file).hasBinaryContent(content);
	}

	@Test
	void refusesADamagedFileAndLeavesItAlone() throws Exception {
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
	void refusesAFileInPlaceOfTheDirectory() throws Exception {
		Files.createFile(this.directory.resolve("data"));
		assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
			.withMessageContaining("FileAlreadyExists");
	}

	@Test
	void refusesWhatItCannotWrite() throws Exception {
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
	void refusesAFileInUse() {
		try (TestRegistry registry = start()) {
			assertThat(registry.endpoint()).isNotNull();
			assertThatExceptionOfType(RegistryStartException.class).isThrownBy(this::start)
				.withMessageContaining("in use");
		}
	}

}
