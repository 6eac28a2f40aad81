package dev.cloudmap.discovery.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryProperties;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.NamespaceServices;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CatalogDiscoveryClientTests {

	private static final Namespace CORP = new Namespace("corp");

	private final FakeRegistry registry = new FakeRegistry();

	private final ManualTimer timer = new ManualTimer();

	private CompletableFuture<InstanceSet> answer = new CompletableFuture<>();

	private int lookups;

	private final InstanceCatalog catalog = TestCatalog.of((service) -> {
		this.lookups++;
		return this.answer;
	}, this.timer);

	private final NamespaceServices services = NamespaceServices.of(CORP,
			TestCatalog.services(this.registry, Runnable::run, this.timer));

	private final CatalogDiscoveryClient blocking = new CatalogDiscoveryClient(this.catalog, this.services,
			TestOtherClients.NONE);

	private final CatalogReactiveDiscoveryClient reactive = new CatalogReactiveDiscoveryClient(this.catalog,
			this.services, TestOtherClients.NONE);

	@Test
	void returnsInstancesOfTheCatalog() {
		this.answer = CompletableFuture.completedFuture(set("a", "b"));
		assertThat(this.blocking.getInstances("worker")).extracting(ServiceInstance::getInstanceId)
			.containsExactly("a", "b");
		assertThat(this.reactive.getInstances("worker.corp").collectList().block())
			.isEqualTo(this.blocking.getInstances("worker"));
	}

	@Test
	void listedServicesCanBeLookedUp() {
		this.registry.services = Set.of("worker", "my_service", "a.b", "worker.corp", ".");
		List<String> listed = this.blocking.getServices();
		assertThat(listed).containsExactlyInAnyOrder("worker", "my_service", "a.b.corp", "worker.corp.corp");
		assertThat(this.reactive.getServices().collectList().block()).isEqualTo(listed);
		assertThat(listed).extracting((id) -> this.catalog.service(id).name().name())
			.containsExactlyInAnyOrder("worker", "my_service", "a.b", "worker.corp");
	}

	@Test
	void theReactiveClientDoesNotBlock() {
		CompletableFuture<List<ServiceInstance>> asked = this.reactive.getInstances("worker").collectList().toFuture();
		assertThat(asked).isNotDone();
		this.answer.complete(set("a"));
		assertThat(asked).succeedsWithin(Duration.ofSeconds(5)).asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(1);
	}

	@Test
	void concurrentReactiveCallersShareOneLookup() {
		List<CompletableFuture<List<ServiceInstance>>> callers = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			callers.add(this.reactive.getInstances((i % 2 == 0) ? "worker" : "worker.corp").collectList().toFuture());
		}
		assertThat(callers).noneMatch(CompletableFuture::isDone);
		this.answer.complete(set("a"));
		assertThat(CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)))
			.succeedsWithin(Duration.ofSeconds(5));
		assertThat(this.lookups).isEqualTo(1);
	}

	@Test
	void returnsTheSameListForAKnownService() {
		this.answer = CompletableFuture.completedFuture(set("a"));
		List<ServiceInstance> known = this.blocking.getInstances("worker");
		for (int i = 0; i < 1000; i++) {
			assertThat(this.blocking.getInstances("worker.corp")).isSameAs(known);
		}
		assertThat(this.lookups).isEqualTo(1);
	}

	@Test
	void failsWithTheReasonIfNothingIsKnown() {
		this.answer = CompletableFuture.failedFuture(new RegistryUnavailableException("away", null));
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> this.blocking.getInstances("worker"))
			.withMessage("away");
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> this.reactive.getInstances("worker").blockLast())
			.withMessage("away");
	}

	@Test
	void listsServices() {
		this.registry.services = Set.of("worker", "backend");
		assertThat(this.blocking.getServices()).containsExactly("backend", "worker");
		assertThat(this.reactive.getServices().collectList().block()).containsExactly("backend", "worker");
	}

	@Test
	void aProbeCallsNothing() {
		this.blocking.probe();
		assertThat(this.reactive.reactiveProbe().blockOptional()).isEmpty();
		assertThat(this.registry.calls).isEmpty();
	}

	@Test
	void doesNotListServicesWithoutInstances() {
		this.registry.services = Set.of("worker", "gone");
		this.registry.empty = Set.of("gone");
		assertThat(this.blocking.getServices()).containsExactly("worker");
		assertThat(this.reactive.getServices().collectList().block()).containsExactly("worker");
	}

	@Test
	void listsNothingWhileTheRegistryIsUnavailable() {
		this.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.blocking.getServices()).isEmpty();
		assertThat(this.reactive.getServices().collectList().block()).isEmpty();
	}

	@Test
	void blockingSubscribersDoNotDelayLookups() {
		AtomicReference<Thread> thread = new AtomicReference<>();
		CompletableFuture<List<ServiceInstance>> asked = this.reactive.getInstances("worker")
			.doOnNext((instance) -> thread.set(Thread.currentThread()))
			.collectList()
			.toFuture();
		this.answer.complete(set("a"));
		assertThat(asked).succeedsWithin(Duration.ofSeconds(5));
		assertThat(thread.get()).isNotSameAs(Thread.currentThread());
		assertThat(thread.get().getName()).startsWith("boundedElastic");
	}

	@Nested
	class BesideOtherClients {

		private final OtherDiscoveryClients others = TestOtherClients.of(CatalogDiscoveryClientTests.this.timer,
				new SimpleDiscoveryClient(elsewhere()));

		private final CatalogDiscoveryClient blocking = new CatalogDiscoveryClient(
				CatalogDiscoveryClientTests.this.catalog, CatalogDiscoveryClientTests.this.services, this.others);

		private final CatalogReactiveDiscoveryClient reactive = new CatalogReactiveDiscoveryClient(
				CatalogDiscoveryClientTests.this.catalog, CatalogDiscoveryClientTests.this.services, this.others);

		/** Without any service, the client would not count. */
		private static SimpleDiscoveryProperties elsewhere() {
			SimpleDiscoveryProperties properties = new SimpleDiscoveryProperties();
			properties.setInstances(Map.of("elsewhere", List.of()));
			return properties;
		}

		@ParameterizedTest
		@ValueSource(strings = { "worker", "worker.partner", "-no-name-", "a..b", "" })
		void returnsNothingIfTheLookupFails(String serviceId) {
			CatalogDiscoveryClientTests.this.answer = CompletableFuture
				.failedFuture(new RegistryUnavailableException("away", null));
			assertThat(this.blocking.getInstances(serviceId)).isEmpty();
			assertThat(this.reactive.getInstances(serviceId).collectList().block()).isEmpty();
		}

		@Test
		void waitsOnceForAnUnresponsiveRegistry() {
			CatalogDiscoveryClientTests.this.answer = CompletableFuture
				.failedFuture(new RegistryUnavailableException("away", null));
			assertThat(this.blocking.getInstances("legacy")).isEmpty();
			CatalogDiscoveryClientTests.this.answer = new CompletableFuture<>();
			CatalogDiscoveryClientTests.this.timer.advance(Duration.ofSeconds(2));
			assertThat(CatalogDiscoveryClientTests.this.lookups).isEqualTo(2);
			assertThat(this.reactive.getInstances("legacy").collectList().toFuture()).isCompletedWithValue(List.of());
			// would wait for the timeout of the lookup
			assertThat(CompletableFuture.supplyAsync(() -> this.blocking.getInstances("legacy"),
					(task) -> new Thread(task).start()))
				.succeedsWithin(Duration.ofSeconds(5))
				.isEqualTo(List.of());
			CatalogDiscoveryClientTests.this.answer.complete(set("a"));
			assertThat(this.blocking.getInstances("legacy")).hasSize(1);
		}

	}

	private static InstanceSet set(String... ids) {
		ServiceName worker = new ServiceName(CORP, "worker");
		List<Instance> instances = new ArrayList<>();
		for (String id : ids) {
			instances.add(new Instance(worker, id, "127.0.0.1", 8080, HealthStatus.UNKNOWN, Map.of()));
		}
		return new InstanceSet(worker, instances, "test");
	}

}
