package dev.cloudmap.registry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.servicediscovery.model.DiscoverInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.DuplicateRequestException;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.InstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Concurrent clients of one registry.
 */
@Timeout(60)
class ConcurrencyTests {

	private static final int CLIENTS = 8;

	private static final int ROUNDS = 20;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@TempDir
	private Path directory;

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	private void together(List<Callable<Void>> tasks) throws Exception {
		for (Future<Void> task : this.threads.invokeAll(tasks)) {
			task.get();
		}
	}

	private static DiscoverInstancesResponse discover(TestRegistry registry, String service) {
		return registry.client()
			.discoverInstances((request) -> request.namespaceName("corp.local")
				.serviceName(service)
				.healthStatus(HealthStatusFilter.ALL)
				.maxResults(1000));
	}

	@Test
	void clientsSeeTheirChangesAndNoneIsLost() throws Exception {
		try (TestRegistry registry = TestRegistry
			.start((options) -> options.withDataDirectory(this.directory.resolve("data")))) {
			String namespace = registry.createDnsNamespace("corp.local");
			String shared = registry.createDnsService(namespace, "shared", RoutingPolicy.MULTIVALUE, RecordType.A);
			AtomicBoolean done = new AtomicBoolean();
			Future<Void> watching = this.threads.submit(() -> {
				watchRevision(registry, done);
				return null;
			});
			List<Callable<Void>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				int client = i;
				String own = registry.createDnsService(namespace, "own-" + i, RoutingPolicy.MULTIVALUE, RecordType.A);
				clients.add(() -> {
					live(registry, client, own, shared);
					return null;
				});
			}
			together(clients);
			done.set(true);
			watching.get();
			Set<String> expected = new HashSet<>();
			for (int client = 0; client < CLIENTS; client++) {
				for (int round = 1; round < ROUNDS; round += 2) {
					expected.add(client + "-" + round);
				}
			}
			List<String> listed = registry.client()
				.listInstancesPaginator((request) -> request.serviceId(shared).maxResults(17))
				.stream()
				.flatMap((page) -> page.instances().stream())
				.map(InstanceSummary::id)
				.toList();
			assertThat(listed).containsExactlyInAnyOrderElementsOf(expected);
		}
		try (TestRegistry again = TestRegistry
			.start((options) -> options.withDataDirectory(this.directory.resolve("data")))) {
			assertThat(discover(again, "shared").instances()).hasSize(CLIENTS * ROUNDS / 2);
		}
	}

	/**
	 * Registers instances in its own service and in a shared one. Acknowledged changes
	 * must be visible immediately.
	 */
	private static void live(TestRegistry registry, int client, String own, String shared) throws Exception {
		long revision = 0;
		for (int round = 0; round < ROUNDS; round++) {
			String id = client + "-" + round;
			String address = "10.0." + client + "." + (round + 1);
			registry.register(own, "only", Map.of("AWS_INSTANCE_IPV4", address));
			registry.register(shared, id, Map.of("AWS_INSTANCE_IPV4", address));
			DiscoverInstancesResponse found = discover(registry, "own-" + client);
			assertThat(found.instances()).extracting((instance) -> instance.attributes().get("AWS_INSTANCE_IPV4"))
				.containsExactly(address);
			assertThat(found.instancesRevision()).isGreaterThan(revision);
			revision = found.instancesRevision();
			assertThat(registry.query("own-" + client + ".corp.local.", Type.A).getSection(Section.ANSWER))
				.extracting((entry) -> ((ARecord) entry).getAddress().getHostAddress())
				.containsExactly(address);
			assertThat(sharedIds(registry)).contains(id).doesNotHaveDuplicates();
			if (round % 2 == 0) {
				registry.client().deregisterInstance((request) -> request.serviceId(shared).instanceId(id));
				assertThat(sharedIds(registry)).doesNotContain(id);
			}
		}
	}

	private static List<String> sharedIds(TestRegistry registry) {
		return discover(registry, "shared").instances().stream().map(HttpInstanceSummary::instanceId).toList();
	}

	/**
	 * The same revision always has the same instances, and revisions never decrease.
	 */
	private static void watchRevision(TestRegistry registry, AtomicBoolean done) {
		long revision = 0;
		Set<String> ids = Set.of();
		while (!done.get()) {
			DiscoverInstancesResponse found = discover(registry, "shared");
			Set<String> now = found.instances()
				.stream()
				.map(HttpInstanceSummary::instanceId)
				.collect(Collectors.toSet());
			assertThat(found.instancesRevision()).isGreaterThanOrEqualTo(revision);
			if (found.instancesRevision() == revision) {
				assertThat(now).isEqualTo(ids);
			}
			revision = found.instancesRevision();
			ids = now;
		}
	}

	@Test
	void runsOneOperationPerInstance() throws Exception {
		try (TestRegistry registry = TestRegistry
			.start((options) -> options.withEmulation(Emulation.NONE.withOperationDelay(Duration.ofMillis(300))))) {
			String namespace = registry.client().createHttpNamespace((request) -> request.name("corp")).operationId();
			await().until(() -> registry.client()
				.getOperation((request) -> request.operationId(namespace))
				.operation()
				.status() == OperationStatus.SUCCESS);
			String service = registry.createHttpService(registry.client().listNamespaces((request) -> {
			}).namespaces().get(0).id(), "worker");
			Set<String> repeated = new HashSet<>();
			Set<String> operations = new HashSet<>();
			Set<String> refused = new HashSet<>();
			List<Callable<Void>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(() -> {
					String id = register(registry, service, "same", "request-1");
					synchronized (repeated) {
						repeated.add(id);
					}
					return null;
				});
				clients.add(() -> {
					try {
						String id = register(registry, service, "other", null);
						synchronized (operations) {
							operations.add(id);
						}
					}
					catch (DuplicateRequestException ex) {
						synchronized (refused) {
							refused.add(ex.duplicateOperationId());
						}
					}
					return null;
				});
			}
			together(clients);
			assertThat(repeated).hasSize(1);
			assertThat(operations).hasSize(1).isEqualTo(refused);
			await().untilAsserted(() -> assertThat(
					registry.client().listInstances((request) -> request.serviceId(service)).instances())
				.extracting(InstanceSummary::id)
				.containsExactlyInAnyOrder("same", "other"));
		}
	}

	private static String register(TestRegistry registry, String service, String instance, String creatorRequestId) {
		return registry.client()
			.registerInstance((request) -> request.serviceId(service)
				.instanceId(instance)
				.creatorRequestId(creatorRequestId)
				.attributes(Map.of()))
			.operationId();
	}

	@Test
	void closesImmediatelyUnderLoad() throws Exception {
		TestRegistry registry = TestRegistry
			.start((options) -> options.withDataDirectory(this.directory.resolve("data")));
		String service = registry.createHttpService(registry.createHttpNamespace("corp"), "worker");
		List<Future<?>> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			String id = "i-" + i;
			clients.add(this.threads.submit(() -> {
				try {
					while (true) {
						registry.register(service, id, Map.of("discovery.lease", "1"));
					}
				}
				catch (SdkException ex) {
					// The registry or the client is closed.
				}
			}));
		}
		TimeUnit.MILLISECONDS.sleep(300);
		long started = System.nanoTime();
		registry.server().close();
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(1));
		for (Future<?> client : clients) {
			client.get(10, TimeUnit.SECONDS);
		}
		registry.close();
	}

}
