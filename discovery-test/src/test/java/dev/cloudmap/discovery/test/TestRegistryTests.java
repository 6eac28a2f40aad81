package dev.cloudmap.discovery.test;

import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;

import dev.cloudmap.discovery.InvalidNameException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests the registry through its clients: the AWS SDK and DNS.
 */
@ExtendWith(RegistryExtension.class)
class TestRegistryTests {

	private static List<HttpInstanceSummary> discover(TestRegistry registry, String service) {
		return registry.client()
			.discoverInstances((request) -> request.namespaceName(registry.namespace())
				.serviceName(service)
				.healthStatus(HealthStatusFilter.ALL))
			.instances();
	}

	private static List<Record> query(TestRegistry registry, String name, int type) throws Exception {
		SimpleResolver resolver = new SimpleResolver(registry.dnsAddress());
		resolver.setTimeout(Duration.ofSeconds(5));
		return resolver.send(Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN)))
			.getSection(Section.ANSWER);
	}

	@Test
	void startsWithinMilliseconds() {
		TestRegistry.create().close();
		long begun = System.nanoTime();
		TestRegistry.create().close();
		System.out.println("A registry was started and closed in "
				+ Duration.ofNanos(System.nanoTime() - begun).toMillis() + " ms");
	}

	@Test
	void showsInstancesThroughTheApiAndDns(TestRegistry registry) throws Exception {
		StubInstance worker = registry.service("worker").instance();
		assertThat(discover(registry, "worker")).singleElement().satisfies((found) -> {
			assertThat(found.instanceId()).isEqualTo("worker-1");
			assertThat(found.healthStatus()).isEqualTo(HealthStatus.HEALTHY);
		});
		assertThat(query(registry, "worker.corp.", Type.A)).singleElement()
			.satisfies(
					(answer) -> assertThat(((ARecord) answer).getAddress()).isEqualTo(worker.address().getAddress()));
		assertThat(query(registry, "worker.corp.", Type.SRV)).singleElement()
			.satisfies((answer) -> assertThat(((SRVRecord) answer).getPort()).isEqualTo(worker.address().getPort()));
	}

	@Test
	void showsTheChangesOfInstances(TestRegistry registry) {
		StubInstance worker = registry.service("worker").instance();
		worker.unhealthy();
		assertThat(discover(registry, "worker").get(0).healthStatus()).isEqualTo(HealthStatus.UNHEALTHY);
		worker.healthy();
		assertThat(discover(registry, "worker").get(0).healthStatus()).isEqualTo(HealthStatus.HEALTHY);
		worker.deregistered();
		assertThat(discover(registry, "worker")).isEmpty();
		worker.recovered();
		assertThat(discover(registry, "worker")).hasSize(1);
		worker.stopped();
		assertThat(discover(registry, "worker")).isEmpty();
	}

	@Test
	void keepsItsContentDuringAnOutage(TestRegistry registry) throws Exception {
		registry.service("worker").instance().unhealthy();
		registry.client();
		registry.stop();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect(address(registry.httpEndpoint())));
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect(registry.dnsAddress()));
		assertThatExceptionOfType(PortUnreachableException.class).isThrownBy(() -> receive(registry.dnsAddress()));
		assertThat(registry).service("worker").hasUnhealthyInstances(1);
		assertThatIllegalStateException().isThrownBy(() -> registry.service("worker").instance())
			.withMessageContaining("Call start() first");
		registry.start();
		assertThat(discover(registry, "worker").get(0).healthStatus()).isEqualTo(HealthStatus.UNHEALTHY);
		assertThat(query(registry, "worker.corp.", Type.A)).hasSize(1);
	}

	private static InetSocketAddress address(URI endpoint) {
		return new InetSocketAddress(endpoint.getHost(), endpoint.getPort());
	}

	private static void connect(InetSocketAddress address) throws Exception {
		try (Socket socket = new Socket()) {
			socket.connect(address, 5000);
		}
	}

	private static void receive(InetSocketAddress address) throws Exception {
		try (DatagramChannel channel = DatagramChannel.open()) {
			channel.connect(address);
			channel.write(ByteBuffer.wrap(new byte[20]));
			channel.socket().setSoTimeout(5000);
			channel.socket().receive(new DatagramPacket(new byte[20], 20));
		}
	}

	@Test
	void isEmptyAfterARestart(TestRegistry registry) throws Exception {
		StubInstance worker = registry.service("worker").instance();
		URI endpoint = registry.httpEndpoint();
		registry.restart();
		assertThat(registry.httpEndpoint()).isEqualTo(endpoint);
		assertThat(registry).hasNoInstances().service("worker").doesNotExist();
		assertThat(registry.client().listNamespaces().namespaces()).extracting("name").containsExactly("corp");
		worker.recovered();
		assertThat(query(registry, "worker.corp.", Type.A)).hasSize(1);
	}

	@Test
	void resetRestoresTheInitialState(TestRegistry registry) {
		StubInstance worker = registry.service("worker").instance();
		registry.client();
		registry.delayOperations(Duration.ofMinutes(1));
		registry.stop();
		registry.reset();
		assertThat(registry).hasNoInstances();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect(worker.address()));
		assertThatIllegalStateException().isThrownBy(worker::recovered).withMessageContaining("has ended");
		assertThat(createNamespace(registry)).isEqualTo(OperationStatus.SUCCESS);
		assertThat(registry.service("worker").instance().id()).isEqualTo("worker-2");
	}

	@Test
	void delaysOperationsOfTheApiButNotStubInstances(TestRegistry registry) {
		registry.delayOperations(Duration.ofMinutes(1));
		registry.delayHealth(Duration.ofMinutes(1));
		assertThat(createNamespace(registry)).isEqualTo(OperationStatus.SUBMITTED);
		StubInstance worker = registry.service("worker").instance().unhealthy();
		assertThat(discover(registry, "worker")).extracting(HttpInstanceSummary::instanceId)
			.containsExactly(worker.id());
		assertThat(registry).within(Duration.ZERO).service("worker").hasUnhealthyInstances(1);
		registry.stop();
		registry.start();
		assertThat(createNamespace(registry)).as("after an outage").isEqualTo(OperationStatus.SUBMITTED);
	}

	private static OperationStatus createNamespace(TestRegistry registry) {
		String operation = registry.client().createHttpNamespace((request) -> request.name("other")).operationId();
		return registry.client().getOperation((request) -> request.operationId(operation)).operation().status();
	}

	@Test
	void assignsEachInstanceItsOwnAddressIfLikeAws() {
		try (TestRegistry registry = TestRegistry.create("corp", (options) -> options.withLikeAws())) {
			StubService worker = registry.service("worker");
			StubInstance first = worker.instance();
			StubInstance second = worker.instance();
			assertThat(first.address().getAddress()).isNotEqualTo(second.address().getAddress());
			assertThat(registry).service("worker").hasHealthyInstances(2);
		}
	}

	@Test
	void rejectsInvalidArguments(TestRegistry registry) {
		assertThatExceptionOfType(InvalidNameException.class).isThrownBy(() -> TestRegistry.create("no name"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> registry.service("worker").instance(Map.of("discovery.lease", "long")));
		assertThatExceptionOfType(InvalidNameException.class).isThrownBy(() -> registry.service("no name"));
		assertThat(registry).hasNoInstances();
	}

	@Test
	void closesTwice() {
		TestRegistry registry = TestRegistry.create();
		registry.stop();
		registry.close();
		registry.close();
		assertThatIllegalStateException().isThrownBy(registry::start).withMessageContaining("is closed");
	}

}
