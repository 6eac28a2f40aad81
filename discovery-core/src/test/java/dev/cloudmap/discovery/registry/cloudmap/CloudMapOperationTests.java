package dev.cloudmap.discovery.registry.cloudmap;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.registry.RegistryServer;
import dev.cloudmap.registry.state.emulation.Emulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests slow operations, concurrent operations of other applications, and replaced
 * registries.
 */
class CloudMapOperationTests extends CloudMapFixture {

	@Test
	void registersAgainAfterTheRegistryLostItsData() {
		this.registry.register(instance("i-1"));
		replaceServer();
		assertThat(this.registry.discover(WORKER).isEmpty()).isTrue();
		this.registry.register(instance("i-1"));
		assertThat(ids(this.registry.discover(WORKER))).containsExactly("i-1");
	}

	@Test
	void healthReportRequiresRegistrationAfterDataLoss() {
		this.registry.register(instance("i-1"));
		replaceServer();
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(WORKER, "i-1", HealthStatus.HEALTHY));
	}

	@Test
	void reportsHealthAfterIdsHaveChanged() {
		this.registry.register(instance("i-1"));
		replaceServer();
		registry(IN_VPC).register(instance("i-1"));
		this.registry.reportHealth(WORKER, "i-1", HealthStatus.UNHEALTHY);
		assertThat(this.registry.discover(WORKER).instances()).extracting(Instance::health)
			.containsExactly(HealthStatus.UNHEALTHY);
	}

	@Test
	void listsServicesAfterIdsHaveChanged() {
		this.registry.register(instance("i-1"));
		assertThat(this.registry.services(CORP)).extracting(ListedService::name).containsExactly("worker");
		replaceServer();
		assertThat(this.registry.services(CORP)).isEmpty();
		registry(IN_VPC).register(instance("i-1"));
		assertThat(this.registry.services(CORP)).extracting(ListedService::name).containsExactly("worker");
		replaceServer();
		registry(IN_VPC).register(instance(new ServiceName(CORP, "other"), "i-1"));
		assertThat(this.registry.services(CORP)).extracting(ListedService::name).containsExactly("other");
	}

	@Test
	void waitsUntilAnOperationHasEnded() {
		RegistryServer slow = start(OPTIONS.withEmulation(Emulation.NONE.withOperationDelay(Duration.ofMillis(300))));
		CloudMapRegistry registry = registry(slow.endpoint(), IN_VPC, null);
		registry.register(instance("i-1"));
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-1");
		registry.deregister(WORKER, "i-1");
		assertThat(registry.discover(WORKER).isEmpty()).isTrue();
	}

	@Test
	void lastRegistrationWinsOverPendingOnes() {
		RegistryServer slow = start(OPTIONS.withEmulation(Emulation.NONE.withOperationDelay(Duration.ofMillis(100))));
		ServiceDiscoveryClient other = client(slow.endpoint());
		CloudMapRegistry registry = registry(slow.endpoint(), IN_VPC, null);
		registry.register(instance("i-0"));
		String id = other.listServices().services().get(0).id();
		Map<String, String> attributes = Map.of("AWS_INSTANCE_IPV4", "10.0.0.9", "AWS_INSTANCE_PORT", "9999");
		other.registerInstance((request) -> request.serviceId(id).instanceId("i-1").attributes(attributes));
		registry.register(instance("i-1"));
		assertThat(registry.discover(WORKER).instances()).extracting(Instance::host)
			.containsExactly("10.0.0.1", "10.0.0.1");
		other.registerInstance((request) -> request.serviceId(id).instanceId("i-1").attributes(attributes));
		registry.deregister(WORKER, "i-1");
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-0");
		other.deregisterInstance((request) -> request.serviceId(id).instanceId("i-0"));
		registry.register(instance("i-0"));
		assertThat(ids(registry.discover(WORKER))).containsExactly("i-0");
	}

	@Test
	void concurrentApplicationsRegisterANewService() throws Exception {
		registerConcurrently(this.server);
	}

	@Test
	void concurrentApplicationsRegisterANewServiceSlowly() throws Exception {
		registerConcurrently(start(OPTIONS.withEmulation(Emulation.NONE.withOperationDelay(Duration.ofMillis(200)))));
	}

	private void registerConcurrently(RegistryServer shared) throws Exception {
		int applications = 8;
		List<CloudMapRegistry> registries = IntStream.range(0, applications)
			.mapToObj((i) -> registry(shared.endpoint(), IN_VPC, null))
			.toList();
		CyclicBarrier together = new CyclicBarrier(applications);
		ExecutorService executor = Executors.newFixedThreadPool(applications);
		this.resources.push(executor::shutdownNow);
		List<Future<?>> registrations = new ArrayList<>();
		for (int i = 0; i < applications; i++) {
			InstanceRegistration instance = instance("i-" + i);
			CloudMapRegistry registry = registries.get(i);
			registrations.add(executor.submit(() -> {
				together.await(30, TimeUnit.SECONDS);
				registry.register(instance);
				return null;
			}));
		}
		for (Future<?> registration : registrations) {
			registration.get(30, TimeUnit.SECONDS);
		}
		CloudMapRegistry registry = registry(shared.endpoint(), IN_VPC, null);
		assertThat(registry.discover(WORKER).instances()).hasSize(applications);
		assertThat(registry.services(CORP)).extracting(ListedService::name).containsExactly("worker");
	}

	/**
	 * Starts another, empty registry at the same port.
	 */
	private void replaceServer() {
		int port = this.server.httpAddress().getPort();
		this.server.close();
		this.server = start(OPTIONS.withHttpPort(port));
	}

}
