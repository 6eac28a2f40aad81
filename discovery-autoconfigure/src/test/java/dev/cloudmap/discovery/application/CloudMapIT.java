package dev.cloudmap.discovery.application;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogEntry;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.testsupport.Ports;

import static dev.cloudmap.discovery.application.CallTests.awaitInstances;
import static dev.cloudmap.discovery.application.CallTests.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications that use a standalone registry server as AWS Cloud Map.
 */
@Tag("slow")
class CloudMapIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Applications applications = new Applications();

	@BeforeEach
	void haveCredentials() {
		System.setProperty("aws.accessKeyId", "test");
		System.setProperty("aws.secretAccessKey", "test");
	}

	@AfterEach
	void stop() {
		this.applications.close();
		System.clearProperty("aws.accessKeyId");
		System.clearProperty("aws.secretAccessKey");
	}

	@Test
	void applicationsFindEachOtherThroughDns() {
		try (RegistryServer server = RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0))) {
			String[] remote = { "discovery.cloud-map.endpoint=" + server.endpoint(),
					"discovery.cloud-map.create=namespaces", "discovery.cloud-map.vpc=vpc-1",
					"discovery.registration.host=127.0.0.1",
					"discovery.lookup.dns.servers=127.0.0.1:" + server.dnsAddress().getPort() };
			ConfigurableApplicationContext backend = this.applications.backend(remote);
			ConfigurableApplicationContext worker = this.applications.worker(remote);
			awaitInstances(backend, 1);
			assertThat(Applications.callWorker(backend)).isEqualTo(id(worker));
			// the first lookup uses the API if the worker registers after the DNS query
			await().atMost(LIMIT).untilAsserted(() -> {
				CatalogEntry entry = backend.getBean(InstanceCatalog.class).service("worker").entry();
				assertThat(entry).isNotNull();
				assertThat(entry.set().source()).isEqualTo("dns");
			});
			await().atMost(LIMIT)
				.untilAsserted(() -> assertThat(backend.getBean(DiscoveryClient.class).getServices())
					.containsExactly("backend", "worker"));
			RegistrationReconciler reconciler = worker.getBean(RegistrationReconciler.class);
			this.applications.close();
			assertThat(reconciler.state().phase()).isEqualTo(Phase.DEREGISTERED);
			assertThat(reconciler.state().problem()).isNull();
		}
	}

	@Test
	void startsWithoutRegistryAndRegistersOnceAvailable() {
		int port = Ports.free();
		String[] remote = { "discovery.cloud-map.endpoint=http://127.0.0.1:" + port, "discovery.lookup.mode=api",
				"discovery.cloud-map.create=namespaces", "discovery.registration.host=127.0.0.1" };
		ConfigurableApplicationContext worker = this.applications.worker(remote);
		RegistrationReconciler reconciler = worker.getBean(RegistrationReconciler.class);
		await().atMost(LIMIT).until(() -> reconciler.state().problem() != null);
		assertThat(reconciler.state().phase()).isIn(Phase.REGISTERING, Phase.FAILED);
		assertThat(reconciler.state().problem()).contains("http://127.0.0.1:" + port + " could not be reached");
		try (RegistryServer server = RegistryServer
			.start(RegistryOptions.defaults().withHttpPort(port).withDnsPort(0))) {
			await().atMost(LIMIT).until(() -> reconciler.state().phase() == Phase.REGISTERED);
			assertThat(reconciler.state().problem()).isNull();
			assertThat(reconciler.state().instance()).isNotNull();
			assertThat(server.httpAddress().getPort()).isEqualTo(port);
			assertThat(worker.getBean(DiscoveryClient.class).getInstances("worker"))
				.extracting(ServiceInstance::getInstanceId)
				.containsExactly(id(worker));
			worker.close();
			assertThat(reconciler.state().phase()).isEqualTo(Phase.DEREGISTERED);
		}
	}

}
