package dev.cloudmap.discovery.registry.cloudmap;

import java.net.URI;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.CallCounts.Count;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.LookupFilter.Health;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.watch.ScriptedWatchServer;
import dev.cloudmap.discovery.thread.ManualTimer;
import dev.cloudmap.registry.api.signature.Credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests watches, filters, revisions and counts with a registry with the API of Cloud Map.
 */
@ExtendWith(OutputCaptureExtension.class)
class CloudMapWatchTests extends CloudMapFixture {

	private final RecordingListener listener = new RecordingListener();

	@Test
	void watchesOnceAnAnswerShowsTheCapability() {
		// the service exists before, because the registry may report its creation and
		// first instance at once
		registry(IN_VPC).register(instance("i-0"));
		Watch watch = keep(this.registry.watch(CORP, this.listener));
		assertThat(watch.isLive()).isFalse();
		this.registry.services(CORP);
		awaitEvents("open", "reset");
		this.registry.register(instance("i-1"));
		awaitEvents("open", "reset", "worker");
		this.registry.reportHealth(WORKER, "i-1", HealthStatus.UNHEALTHY);
		awaitEvents("open", "reset", "worker", "worker");
		watch.close();
		assertThat(watch.isLive()).isFalse();
		this.registry.deregister(WORKER, "i-1");
		RecordingListener second = new RecordingListener();
		keep(this.registry.watch(CORP, second));
		await().untilAsserted(() -> assertThat(second.events).containsExactly("open", "reset"));
		assertThat(this.listener.events).hasSize(4);
	}

	@Test
	void watchesANamespaceThatIsCreatedLater(CapturedOutput output) {
		keep(this.registry.watch(CORP, this.listener));
		assertThat(this.registry.services(CORP)).isEmpty();
		await().until(() -> output.toString().contains("There is no namespace"));
		// registered by another application
		registry(IN_VPC).register(instance("i-1"));
		awaitEvents("open", "reset");
	}

	@Test
	void firstRegistrationStartsTheWatchAtOnce(CapturedOutput output) {
		ManualTimer timer = new ManualTimer();
		CloudMapRegistry registry = registry(this.client, this.server.endpoint(), IN_VPC, null, timer);
		keep(registry.watch(CORP, this.listener));
		registry.services(CORP);
		await().until(() -> output.toString().contains("There is no namespace"));
		registry.register(instance("i-1"));
		await().untilAsserted(() -> {
			registry.services(CORP);
			assertThat(this.listener.events).startsWith("open", "reset");
		});
	}

	@Test
	void signsTheWatchIfRequired(CapturedOutput output) {
		URI endpoint = start(OPTIONS.withCredentials(Credentials.of("me", "secret"))).endpoint();
		CloudMapRegistry mine = registry(client(endpoint, credentials("me", "secret")), endpoint, IN_VPC, null);
		mine.register(instance("i-1"));
		await().until(keep(mine.watch(CORP, this.listener))::isLive);
		assertThat(output).doesNotContain("does not report changes");
		CloudMapWatch stranger = watch(endpoint, credentials("me", "guess"));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> stranger.registry.services(CORP));
		CloudMapWatch nobody = watch(endpoint, AnonymousCredentialsProvider.create());
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> nobody.registry.services(CORP));
		await().until(() -> output.toString()
			.split("The registry at " + endpoint + " does not report changes", -1).length == 3);
		assertThat(stranger.watch.isLive()).isFalse();
		assertThat(nobody.watch.isLive()).isFalse();
		assertThat(output).doesNotContain("guess").doesNotContain("secret");
	}

	@Test
	void watchesARestartedRegistryAgain() throws Exception {
		this.registry.register(instance("i-1"));
		keep(this.registry.watch(CORP, this.listener));
		awaitEvents("open", "reset");
		int port = this.server.httpAddress().getPort();
		this.server.close();
		awaitEvents("open", "reset", "lost");
		start(OPTIONS.withHttpPort(port));
		registry(IN_VPC).register(instance("i-1"));
		awaitEvents("open", "reset", "lost", "open", "reset");
	}

	@Test
	void reportsChangesThroughABufferingProxy() throws Exception {
		BufferingProxy proxy = keep(new BufferingProxy(this.server.endpoint()));
		CloudMapRegistry behind = registry(proxy.endpoint(), IN_VPC, null);
		behind.register(instance("i-0"));
		Watch watch = keep(behind.watch(CORP, this.listener));
		awaitEvents("open", "reset");
		for (int i = 1; i <= 5; i++) {
			int before = this.listener.events.size();
			this.registry.register(instance("i-" + i));
			await().until(() -> this.listener.events.size() > before);
		}
		assertThat(this.listener.events.subList(2, this.listener.events.size())).containsOnly("worker");
		proxy.close();
		await().until(() -> !watch.isLive());
	}

	@Test
	void neverWatchesAws() {
		ServiceDiscoveryClient aws = keep(
				CloudMapClients.builder(new CloudMapConnection(null, "eu-central-1", credentials("me", "x"), null))
					.build());
		assertThat(registry(aws, URI.create("https://aws"), IN_VPC, null).watch(CORP, this.listener))
			.isSameAs(Watch.NEVER);
	}

	@Test
	void doesNotWatchWithoutTheCapability() throws Exception {
		try (ScriptedWatchServer server = new ScriptedWatchServer()) {
			CloudMapRegistry silent = registry(client(server.endpoint()), server.endpoint(), IN_VPC, null);
			keep(silent.watch(CORP, this.listener));
			Thread caller = new Thread(() -> silent.services(CORP));
			caller.start();
			ScriptedWatchServer.Request request = server.next();
			request.send("HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"Namespaces\":[]}");
			caller.join();
			assertThat(request.line()).startsWith("POST / ");
			assertThat(server.waiting()).isZero();
		}
	}

	@Test
	void closingTheRegistryEndsTheWatch() {
		this.registry.register(instance("i-1"));
		Watch watch = this.registry.watch(CORP, this.listener);
		await().until(watch::isLive);
		this.registry.close();
		assertThat(watch.isLive()).isFalse();
		assertThat(this.registry.watch(CORP, this.listener).isLive()).isFalse();
	}

	@Test
	void revisionChangesWithMembersOnly() {
		assertThatExceptionOfType(NotRegisteredException.class).isThrownBy(() -> this.registry.revision(WORKER));
		this.registry.register(instance("i-1"));
		long first = this.registry.revision(WORKER);
		this.registry.reportHealth(WORKER, "i-1", HealthStatus.UNHEALTHY);
		assertThat(this.registry.revision(WORKER)).isEqualTo(first);
		this.registry.register(instance("i-2"));
		assertThat(this.registry.revision(WORKER)).isNotEqualTo(first);
	}

	@Test
	void filtersSelectInstances() {
		this.registry.register(instance("old", Map.of("version", "1")));
		this.registry.register(instance("new", Map.of("version", "2", "zone", "a")));
		this.registry.register(instance("sick", Map.of("version", "2", "zone", "b")));
		this.registry.reportHealth(WORKER, "sick", HealthStatus.UNHEALTHY);
		assertThat(found(Map.of(), Map.of(), Health.HEALTHY_OR_ELSE_ALL)).containsExactlyInAnyOrder("old", "new");
		assertThat(found(Map.of("version", "2"), Map.of(), Health.ALL)).containsExactlyInAnyOrder("new", "sick");
		assertThat(found(Map.of("version", "3"), Map.of(), Health.ALL)).isEmpty();
		assertThat(found(Map.of(), Map.of("zone", "b"), Health.ALL)).containsExactly("sick");
		assertThat(found(Map.of(), Map.of("zone", "c"), Health.ALL)).hasSize(3);
		assertThat(found(Map.of(), Map.of(), Health.UNHEALTHY)).containsExactly("sick");
		assertThat(found(Map.of("zone", "b"), Map.of(), Health.HEALTHY)).isEmpty();
	}

	@Test
	void countsCalls() {
		this.registry.register(instance("i-1"));
		assertThat(this.registry.calls().of("RegisterInstance")).isEqualTo(new Count(1, 0, 0));
		assertThat(this.registry.calls().of("GetOperation").calls()).isPositive();
		this.registry.discover(WORKER);
		this.registry.discover(new ServiceName(CORP, "unknown"));
		assertThat(this.registry.calls().of("DiscoverInstances")).isEqualTo(new Count(2, 1, 0));
		assertThat(this.registry.calls().of("DiscoverInstancesRevision")).isEqualTo(new Count(0, 0, 0));
	}

	private Set<String> found(Map<String, String> query, Map<String, String> optional, Health health) {
		return Set.copyOf(ids(this.registry.discover(WORKER, new LookupFilter(query, optional, health))));
	}

	private CloudMapWatch watch(URI endpoint, AwsCredentialsProvider credentials) {
		CloudMapRegistry with = registry(client(endpoint, credentials), endpoint, IN_VPC, null);
		return new CloudMapWatch(with, keep(with.watch(CORP, new RecordingListener())));
	}

	private static AwsCredentialsProvider credentials(String id, String secret) {
		return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
	}

	private void awaitEvents(String... events) {
		await().untilAsserted(() -> assertThat(this.listener.events).containsExactly(events));
	}

	private record CloudMapWatch(CloudMapRegistry registry, Watch watch) {
	}

}
