package dev.cloudmap.discovery.application;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.consul.ConsulRegistry;
import dev.cloudmap.testsupport.ConsulAgent;

import static dev.cloudmap.discovery.application.CallTests.awaitInstances;
import static dev.cloudmap.discovery.application.CallTests.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Applications that are registered in a real Consul and call each other.
 */
@Tag("slow")
class ConsulApplicationsIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	/** Calls that follow an event before the failures are counted. */
	private static final int FURTHER_CALLS = 50;

	private final Applications applications = new Applications();

	private @Nullable ConsulAgent agent;

	@BeforeEach
	void startConsul(@TempDir Path directory) throws Exception {
		assumeTrue(ConsulAgent.executable().isPresent(), ConsulAgent.MISSING);
		this.agent = ConsulAgent.start(directory, "");
	}

	@AfterEach
	void stop() throws Exception {
		this.applications.close();
		if (this.agent != null) {
			this.agent.close();
		}
	}

	@Test
	void callsByShortAndFullName() {
		ConfigurableApplicationContext worker = worker("discovery.registration.tags=blue");
		ConfigurableApplicationContext backend = backend();
		assertThat(backend.getBean(Registry.class)).isInstanceOf(ConsulRegistry.class);
		awaitInstances(backend, 1);
		RestClient client = client(backend);
		assertThat(client.get().uri("http://worker/").retrieve().body(String.class)).isEqualTo(id(worker));
		assertThat(client.get().uri("http://worker.service.consul/").retrieve().body(String.class))
			.isEqualTo(id(worker));
		assertThat(backend.getBean(DiscoveryClient.class).getServices()).contains("worker", "backend", "consul");
		assertThat(backend.getBean(DiscoveryClient.class).getInstances("worker")).singleElement()
			.satisfies((instance) -> assertThat(instance.getMetadata()).containsEntry("tags", "blue"));
	}

	@Test
	void findsThroughDnsOnly() {
		ConfigurableApplicationContext worker = worker();
		worker("discovery.registration.tags=blue");
		ConfigurableApplicationContext backend = backend("discovery.lookup.mode=dns");
		awaitInstances(backend, 2);
		assertThat(client(backend).get().uri("http://worker/").retrieve().body(String.class)).isNotEmpty();
		ConfigurableApplicationContext choosy = backend("discovery.lookup.mode=dns",
				"discovery.lookup.services.worker.tag=blue");
		awaitInstances(choosy, 1);
		assertThat(client(choosy).get().uri("http://worker/").retrieve().body(String.class)).isNotEqualTo(id(worker));
	}

	@Test
	void callsSucceedWhileInstanceStops() throws Exception {
		ConfigurableApplicationContext leaving = worker("discovery.registration.drain=2s");
		ConfigurableApplicationContext staying = worker();
		ConfigurableApplicationContext backend = backend();
		awaitInstances(backend, 2);
		String left = id(leaving);
		assertCallsSucceed(backend, () -> {
			leaving.close();
			await().atMost(LIMIT).until(() -> workers(backend), List.of(id(staying))::equals);
		});
		assertThat(this.agent.request("GET", "/v1/agent/services", "")).contains(id(staying)).doesNotContain(left);
	}

	@Test
	void callsSucceedWhileAgentIsUnavailableAndApplicationsRegisterAgain() throws Exception {
		ConfigurableApplicationContext one = worker();
		ConfigurableApplicationContext other = worker();
		ConfigurableApplicationContext backend = backend();
		awaitInstances(backend, 2);
		assertCallsSucceed(backend, () -> {
			this.agent.stop();
			awaitFailedLookup(backend);
			assertThat(workers(backend)).containsExactlyInAnyOrder(id(one), id(other));
			this.agent.restart();
			await().atMost(LIMIT)
				.until(() -> this.agent.request("GET", "/v1/agent/services", ""),
						(services) -> services.contains(id(one)) && services.contains(id(other)));
		});
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(workers(backend)).containsExactlyInAnyOrder(id(one), id(other)));
	}

	private static void awaitFailedLookup(ConfigurableApplicationContext backend) {
		await().atMost(LIMIT).until(() -> backend.getBean(InstanceCatalog.class).service("worker").lastError() != null);
	}

	private void assertCallsSucceed(ConfigurableApplicationContext backend, Event event) throws Exception {
		RestClient client = client(backend);
		AtomicBoolean stop = new AtomicBoolean();
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		AtomicInteger answers = new AtomicInteger();
		CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
			while (!stop.get()) {
				try {
					// a POST is never retried after it was sent, so each failure is
					// visible
					client.post().uri("http://worker/").retrieve().body(String.class);
					answers.incrementAndGet();
				}
				catch (RuntimeException ex) {
					failures.add(ex);
				}
			}
		});
		try {
			event.happen();
			int before = answers.get();
			BooleanSupplier continued = () -> answers.get() > before + FURTHER_CALLS;
			await().atMost(LIMIT).until(continued::getAsBoolean);
		}
		finally {
			stop.set(true);
			load.get();
		}
		assertThat(failures).isEmpty();
	}

	private static List<String> workers(ConfigurableApplicationContext backend) {
		return backend.getBean(DiscoveryClient.class)
			.getInstances("worker")
			.stream()
			.map(ServiceInstance::getInstanceId)
			.toList();
	}

	private static RestClient client(ConfigurableApplicationContext backend) {
		return backend.getBean(RestClient.Builder.class).build();
	}

	private ConfigurableApplicationContext worker(String... properties) {
		return this.applications.worker(withConsul(properties));
	}

	private ConfigurableApplicationContext backend(String... properties) {
		return this.applications.backend(withConsul(properties));
	}

	private String[] withConsul(String... properties) {
		return StringUtils.concatenateStringArrays(new String[] { "discovery.namespace=",
				"discovery.registration.host=127.0.0.1", "discovery.consul.host=127.0.0.1",
				"discovery.consul.port=" + this.agent.port(), "discovery.consul.dns-port=" + this.agent.dnsPort() },
				properties);
	}

	@FunctionalInterface
	private interface Event {

		void happen() throws Exception;

	}

}
