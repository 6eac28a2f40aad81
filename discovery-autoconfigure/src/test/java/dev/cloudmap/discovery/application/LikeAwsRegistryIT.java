package dev.cloudmap.discovery.application;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.json.JsonContent;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.state.emulation.Emulation;

import static dev.cloudmap.discovery.application.CallTests.awaitInstances;
import static dev.cloudmap.discovery.application.CallTests.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications with an embedded registry that follows the rules of AWS.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class LikeAwsRegistryIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	/** Starts a server with the rules of AWS and without its delays. */
	private static RegistryServer startServer(int port) {
		return RegistryServer.start(RegistryOptions.defaults()
			.withLikeAws()
			.withEmulation(Emulation.LIKE_AWS.withOperationDelay(Duration.ofMillis(20)).withHealthDelay(Duration.ZERO))
			.withHttpPort(port)
			.withDnsPort(0));
	}

	@Test
	void findsApplicationWithoutLeasesAndWatches() throws IOException {
		try (RegistryServer server = startServer(0);
				RecordingRelay relay = new RecordingRelay(server.endpoint(), this.applications.registryPort())) {
			ConfigurableApplicationContext backend = this.applications.backend("discovery.lookup.mode=api",
					"discovery.registration.host=127.0.1.1");
			ConfigurableApplicationContext worker = this.applications.worker("discovery.registration.host=127.0.1.2");
			ConfigurableApplicationContext other = this.applications.worker("discovery.registration.host=127.0.1.3");
			awaitInstances(backend, 2);
			assertThat(backend.getBean(Registry.class).info().role()).isEqualTo("member");
			assertThat(backend.getBean(Registry.class).info().capabilities()).isEmpty();
			assertThat(Applications.callWorker(backend)).isIn(id(worker), id(other));
			// polls of revisions every 200 ms; a lease of 2 s is renewed within 667 ms
			await().atMost(LIMIT).until(() -> count(relay, "DiscoverInstancesRevision") >= 10);
			assertThat(relay.requests()).doesNotContain("UpdateInstanceCustomHealthStatus")
				.noneMatch((request) -> request.startsWith("GET /watch"));
			assertThat(count(relay, "RegisterInstance")).isEqualTo(3);
			worker.close();
			assertThat(count(relay, "DeregisterInstance")).isOne();
			awaitInstances(backend, 1);
			assertThat(relay.requests()).noneMatch((request) -> request.startsWith("GET /watch"));
			// without the registry they would try to deregister for ten seconds
			this.applications.close();
		}
	}

	private static long count(RecordingRelay relay, String operation) {
		return relay.requests().stream().filter(operation::equals).count();
	}

	@Test
	void secondInstanceRequiresDistinctAddress() {
		try (RegistryServer server = startServer(this.applications.registryPort())) {
			ConfigurableApplicationContext first = this.applications.worker();
			await().atMost(LIMIT).until(() -> phase(first) == Phase.REGISTERED);
			ConfigurableApplicationContext second = this.applications.worker();
			await().atMost(LIMIT).until(() -> phase(second) == Phase.FAILED);
			assertThat(second.getBean(RegistrationReconciler.class).state().problem()).contains("INVALID_CHANGE_BATCH",
					"127.0.0.1", id(first), "discovery.registration.host", "127.0.1.2");
			JsonContent health = health(second);
			assertThat(health).extractingPath("$.components.discovery.details.registration.problem")
				.asString()
				.contains("discovery.registration.host");
			ConfigurableApplicationContext third = this.applications.worker("discovery.registration.host=127.0.1.3");
			await().atMost(LIMIT).until(() -> phase(third) == Phase.REGISTERED);
			ConfigurableApplicationContext backend = this.applications.backend();
			awaitInstances(backend, 2);
			assertThat(server.endpoint().getPort()).isEqualTo(this.applications.registryPort());
			this.applications.close();
		}
	}

	@Test
	void propertyEnablesAwsRulesOfEmbeddedRegistry() {
		ConfigurableApplicationContext host = this.applications.backend("discovery.embedded.like-aws=true",
				"discovery.registration.enabled=false");
		Registry registry = host.getBean(Registry.class);
		assertThat(registry.info().role()).isEqualTo("host");
		assertThat(registry.info().capabilities()).isEmpty();
		assertThat(RestClient.create().get().uri(registry.info().location()).retrieve().body(String.class))
			.contains("\"capabilities\":[]");
		assertThat(health(host)).extractingPath("$.components.discovery.details.registry.capabilities")
			.isEqualTo(List.of());
	}

	@Test
	void memberFollowsRulesOfRegistryDespiteOwnSetting(CapturedOutput output) {
		ConfigurableApplicationContext host = this.applications.worker();
		await().atMost(LIMIT).until(() -> phase(host) == Phase.REGISTERED);
		ConfigurableApplicationContext member = this.applications.worker("discovery.embedded.like-aws=true");
		await().atMost(LIMIT).until(() -> phase(member) == Phase.REGISTERED);
		assertThat(member.getBean(Registry.class).info().capabilities()).containsExactlyInAnyOrder(Capability.LEASES,
				Capability.WATCH);
		assertThat(output).containsOnlyOnce("in contrast to discovery.embedded.like-aws=true of this application");
		assertThat(health(member)).extractingPath("$.components.discovery.details.registry.capabilities")
			.isEqualTo(List.of("leases", "watch"));
	}

	@Test
	void memberReportsUnexpectedAwsRules(CapturedOutput output) {
		try (RegistryServer server = startServer(this.applications.registryPort())) {
			ConfigurableApplicationContext member = this.applications.worker();
			await().atMost(LIMIT).until(() -> phase(member) == Phase.REGISTERED);
			assertThat(member.getBean(Registry.class).info().location()).isEqualTo(server.endpoint().toString());
			assertThat(output).contains("is like AWS, without leases and change notifications")
				.contains("discovery.embedded.like-aws=false");
			RegistrationReconciler reconciler = member.getBean(RegistrationReconciler.class);
			member.close();
			assertThat(reconciler.state().phase()).isEqualTo(Phase.DEREGISTERED);
		}
	}

	private static Phase phase(ConfigurableApplicationContext context) {
		return context.getBean(RegistrationReconciler.class).state().phase();
	}

	private static JsonContent health(ConfigurableApplicationContext context) {
		int port = ((WebServerApplicationContext) context).getWebServer().getPort();
		String body = RestClient.create()
			.get()
			.uri("http://127.0.0.1:" + port + "/actuator/health")
			.exchange((request, response) -> response.bodyTo(String.class));
		return new JsonContent(Objects.requireNonNull(body));
	}

}
