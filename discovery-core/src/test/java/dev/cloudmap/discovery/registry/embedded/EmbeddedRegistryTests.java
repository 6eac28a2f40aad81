package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.LoopbackClient;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class EmbeddedRegistryTests {

	private static final Namespace CORP = new Namespace("corp");

	private static final ServiceName WORKER = new ServiceName(CORP, "worker");

	private final Deque<AutoCloseable> resources = new ArrayDeque<>();

	private final CallMeter meter = new CallMeter(() -> false);

	private final DiscoveryThreads threads = new DiscoveryThreads();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
		this.threads.close();
	}

	@Test
	void applicationsFindEachOther() {
		EmbeddedRegistry host = started(0);
		EmbeddedRegistry member = started(port(host));
		member.register(instance("i-1"));
		assertThat(host.discover(WORKER).instances()).extracting(Instance::id).containsExactly("i-1");
		assertThat(host.services(CORP)).extracting(ListedService::name).containsExactly("worker");
		assertThat(member.dnsServers()).isEqualTo(host.dnsServers()).hasSize(1);
		member.reportHealth(WORKER, "i-1", HealthStatus.UNHEALTHY);
		assertThat(host.discover(WORKER).instances()).extracting(Instance::health)
			.containsExactly(HealthStatus.UNHEALTHY);
		member.deregister(WORKER, "i-1");
		assertThat(host.discover(WORKER).isEmpty()).isTrue();
	}

	@Test
	void reportsItsLocationAndRole() {
		EmbeddedRegistry host = application(0);
		assertThat(host.info()).hasToString("embedded at a port not found yet");
		assertThat(host.dnsServers()).isEmpty();
		host.start();
		int port = port(host);
		EmbeddedRegistry member = application(port);
		member.start();
		assertThat(host.info()).hasToString("embedded at http://127.0.0.1:" + port + " (host)");
		assertThat(member.info()).hasToString("embedded at http://127.0.0.1:" + port + " (member)");
		assertThat(member.info().can(Capability.LEASES)).isTrue();
	}

	@Test
	void memberTakesOverWhenTheHostStops() {
		EmbeddedRegistry host = started(0);
		EmbeddedRegistry member = started(port(host));
		member.register(instance("i-1"));
		host.stop();
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> member.reportHealth(WORKER, "i-1", HealthStatus.HEALTHY));
		member.register(instance("i-1"));
		assertThat(member.info().role()).isEqualTo("host");
		assertThat(member.discover(WORKER).instances()).extracting(Instance::id).containsExactly("i-1");
		assertThat(member.services(CORP)).extracting(ListedService::name).containsExactly("worker");
		EmbeddedRegistry third = application(port(member));
		third.start();
		assertThat(third.discover(WORKER).instances()).extracting(Instance::id).containsExactly("i-1");
	}

	@Test
	void watchesOnHostAndMember() {
		EmbeddedRegistry host = started(0);
		EmbeddedRegistry member = application(port(host));
		RecordingListener early = new RecordingListener();
		Watch watch = member.watch(CORP, early);
		assertThat(watch.isLive()).isFalse();
		member.start();
		member.register(instance("i-1"));
		await().until(watch::isLive);
		int before = early.events.size();
		host.register(instance("i-2"));
		await().untilAsserted(() -> assertThat(early.events).hasSizeGreaterThan(before).endsWith("worker"));
		host.stop();
		await().untilAsserted(() -> assertThat(early.events).endsWith("lost"));
		member.register(instance("i-1"));
		assertThat(member.info().role()).isEqualTo("host");
		await().untilAsserted(() -> assertThat(early.events).endsWith("lost", "open", "reset"));
		watch.close();
		assertThat(watch.isLive()).isFalse();
	}

	@Test
	void watchFollowsTheRegistry() {
		FakeRegistry first = new FakeRegistry();
		FakeRegistry second = new FakeRegistry();
		RecordingListener listener = new RecordingListener();
		FollowingWatch watch = new FollowingWatch(CORP, listener, (closed) -> {
		});
		watch.follow(first);
		watch.follow(first);
		first.watches.get(0).open();
		assertThat(watch.isLive()).isTrue();
		watch.follow(second);
		assertThat(first.watches).singleElement().satisfies((left) -> assertThat(left.closed).isTrue());
		assertThat(watch.isLive()).isFalse();
		second.watches.get(0).open();
		assertThat(listener.events).containsExactly("open", "lost", "open");
		watch.close();
		assertThat(second.watches.get(0).closed).isTrue();
		watch.follow(first);
		assertThat(first.watches).hasSize(1);
	}

	@Test
	void countsCallsFromTheBeginning() {
		EmbeddedRegistry registry = application(0);
		assertThat(registry.calls().byOperation()).containsKey("DiscoverInstances");
		registry.start();
		registry.discover(WORKER);
		assertThat(registry.calls().of("DiscoverInstances").calls()).isOne();
		assertThatExceptionOfType(NotRegisteredException.class).isThrownBy(() -> registry.revision(WORKER));
		assertThat(registry.calls().of("DiscoverInstancesRevision").failures()).isOne();
	}

	@Test
	void deregistrationCausesNoTakeover() {
		EmbeddedRegistry host = started(0);
		EmbeddedRegistry member = started(port(host));
		member.register(instance("i-1"));
		host.stop();
		assertThatExceptionOfType(RegistryUnavailableException.class)
			.isThrownBy(() -> member.deregister(WORKER, "i-1"));
		assertThat(member.info().role()).isEqualTo("member");
	}

	@Test
	void applicationStartsIfThePortIsInUse(CapturedOutput output) throws IOException {
		ServerSocket taken = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
		EmbeddedRegistry registry = application(taken.getLocalPort());
		try (taken) {
			assertThatCode(registry::start).doesNotThrowAnyException();
			assertThat(registry.isRunning()).isTrue();
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(
						() -> assertThat(output).contains("Port " + taken.getLocalPort() + " of 127.0.0.1 is in use"));
			assertThatExceptionOfType(RegistryUnavailableException.class)
				.isThrownBy(() -> registry.register(instance("i-1")));
		}
		registry.register(instance("i-1"));
		assertThat(registry.info().role()).isEqualTo("host");
	}

	@Test
	void retriesOnlyAnUnavailableRegistry() {
		FakeRegistry fake = new FakeRegistry();
		EmbeddedRegistry registry = application(0, (endpoint) -> fake);
		registry.start();
		fake.failure = new NotRegisteredException("gone", null);
		assertThatExceptionOfType(NotRegisteredException.class).isThrownBy(() -> registry.services(CORP));
		assertThat(fake.calls).hasSize(1);
		fake.failure = new RegistryUnavailableException("away", null);
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> registry.services(CORP));
		assertThat(fake.calls).hasSize(3);
	}

	@Test
	void detectsOtherApplicationsByInstancesAndWatches() {
		EmbeddedRegistry host = started(0);
		EmbeddedRegistry member = started(port(host));
		assertThat(host.knowsOtherApplications()).isFalse();
		member.register(instance("i-2"));
		assertThat(host.knowsOtherApplications()).isTrue();
		member.deregister(WORKER, "i-2");
		await().atMost(Duration.ofSeconds(30)).until(() -> !host.knowsOtherApplications());
		Watch own = host.watch(CORP, new RecordingListener());
		await().atMost(Duration.ofSeconds(30)).until(own::isLive);
		assertThat(host.knowsOtherApplications()).isFalse();
		assertThat(member.knowsOtherApplications()).isTrue();
	}

	@Test
	void stopIsFinal() {
		EmbeddedRegistry registry = application(0);
		registry.start();
		registry.stop();
		registry.stop();
		assertThat(registry.isRunning()).isFalse();
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> registry.register(instance("i-1")))
			.withMessageContaining("The application is stopping");
	}

	private EmbeddedRegistry started(int port) {
		EmbeddedRegistry created = application(port);
		created.start();
		return created;
	}

	private EmbeddedRegistry application(int port) {
		return application(port, this::connect);
	}

	private EmbeddedRegistry application(int port, Function<Membership, Registry> connect) {
		EmbeddedRegistry created = new EmbeddedRegistry(new HostOrJoin(port, 0, null, false), this.meter, connect,
				Runnable::run);
		this.resources.push(created::stop);
		return created;
	}

	private Registry connect(Membership membership) {
		URI endpoint = membership.endpoint();
		return new CloudMapRegistry(new LoopbackClient(endpoint, "us-east-1"),
				new RegistryInfo("embedded", endpoint.toString(), null, Set.of(Capability.WATCH)),
				new CreationPolicy(Scope.NAMESPACES, "vpc-1"), null, (service) -> null, this.meter,
				new WatchClient(this.threads.timer(), this.threads.lookups(), this.threads.changes()));
	}

	private static int port(EmbeddedRegistry registry) {
		return URI.create(registry.info().location()).getPort();
	}

	private static InstanceRegistration instance(String id) {
		return new InstanceRegistration(WORKER, id, "127.0.0.1", 8080, Map.of(),
				new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)));
	}

}
