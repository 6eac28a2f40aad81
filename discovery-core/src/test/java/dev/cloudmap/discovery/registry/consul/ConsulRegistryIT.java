package dev.cloudmap.discovery.registry.consul;

import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.LookupFilter.Health;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.testsupport.ConsulAgent;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The adapter with a real Consul agent.
 */
@Tag("slow")
class ConsulRegistryIT {

	private static final LookupFilter HEALTHY = new LookupFilter(Map.of(), Map.of(), Health.HEALTHY);

	private static final int ENCRYPTED = Ports.free();

	private static @Nullable ConsulAgent agent;

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final ConsulRegistry registry = registry(ConsulSettings.of(agent.uri()));

	@BeforeAll
	static void startConsul(@TempDir Path directory) throws Exception {
		assumeTrue(ConsulAgent.executable().isPresent(), ConsulAgent.MISSING);
		agent = ConsulAgent.start(directory, "");
	}

	@AfterAll
	static void stopConsul() throws Exception {
		if (agent != null) {
			agent.close();
		}
	}

	@AfterEach
	void close() {
		this.registry.close();
		this.threads.close();
	}

	private ConsulRegistry registry(ConsulSettings settings) {
		return new ConsulRegistry(settings, null, this.threads.timer(), this.threads.lookups(), this.threads.changes(),
				(service) -> null);
	}

	private static ServiceName service(String name) {
		return new ServiceName(new Namespace("service.consul"), name);
	}

	private static InstanceRegistration instance(String service, String id, Map<String, String> attributes) {
		return new InstanceRegistration(service(service), id, "10.0.0.1", 8080, attributes,
				new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)));
	}

	private List<Instance> found(String service) {
		return this.registry.discover(service(service)).instances();
	}

	@Test
	void findsWhatIsRegistered() {
		Map<String, String> attributes = Map.of("discovery.lease", "15", "management.context-path", "/admin", "weight",
				"3", "version", "1.2");
		InstanceRegistration one = instance("found", "one", attributes);
		this.registry.register(one);
		assertThat(found("found"))
			.containsExactly(new Instance(service("found"), "one", "10.0.0.1", 8080, HealthStatus.HEALTHY, attributes));
		assertThat(this.registry.attributes(service("found"), "one")).contains(one.allAttributes());
		assertThat(this.registry.services(new Namespace("service.consul"))).extracting(ListedService::name)
			.contains("consul", "found");
		this.registry.deregister(service("found"), "one");
		assertThat(found("found")).isEmpty();
		assertThat(this.registry.attributes(service("found"), "one")).isEmpty();
		this.registry.deregister(service("found"), "one");
	}

	@Test
	void holdsAnAddressOfEachFamily() {
		InstanceRegistration both = new InstanceRegistration(service("both"), "one", List.of("fd00::1", "10.0.0.1"),
				OptionalInt.of(8080), Map.of(), new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));
		this.registry.register(both);
		assertThat(this.registry.attributes(service("both"), "one")).contains(both.allAttributes());
		assertThat(found("both")).extracting(Instance::host).containsExactly("10.0.0.1");
		InstanceRegistration ipv6 = new InstanceRegistration(service("ipv6"), "one", "fd00::1", 8080, Map.of(),
				both.definition());
		this.registry.register(ipv6);
		assertThat(this.registry.attributes(service("ipv6"), "one")).contains(ipv6.allAttributes());
		assertThat(found("ipv6")).extracting(Instance::host).containsExactly("fd00:0:0:0:0:0:0:1");
	}

	@Test
	void sameIdInTwoServicesIsTwoInstances() {
		this.registry.register(instance("left", "one", Map.of()));
		this.registry.register(instance("right", "one", Map.of()));
		assertThat(found("left")).extracting(Instance::id).containsExactly("one");
		assertThat(found("right")).extracting(Instance::id).containsExactly("one");
	}

	@Test
	void reportsHealth() {
		this.registry.register(instance("health", "one", Map.of()));
		this.registry.register(instance("health", "two", Map.of()).initially(HealthStatus.UNHEALTHY));
		assertThat(found("health")).extracting(Instance::id).containsExactly("one");
		this.registry.reportHealth(service("health"), "one", HealthStatus.UNHEALTHY);
		assertThat(this.registry.discover(service("health"), HEALTHY).instances()).isEmpty();
		assertThat(found("health")).extracting(Instance::id).containsExactly("one", "two");
		this.registry.reportHealth(service("health"), "two", HealthStatus.HEALTHY);
		assertThat(found("health")).extracting(Instance::id).containsExactly("two");
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.reportHealth(service("health"), "three", HealthStatus.HEALTHY));
	}

	@Test
	void neverReturnsAnInstanceInMaintenance() throws Exception {
		this.registry.register(instance("maintained", "one", Map.of()));
		agent.request("PUT", "/v1/agent/service/maintenance/maintained:one?enable=true", "");
		this.registry.register(instance("maintained", "one", Map.of()));
		this.registry.reportHealth(service("maintained"), "one", HealthStatus.HEALTHY);
		assertThat(found("maintained")).isEmpty();
		assertThat(this.registry.discover(service("maintained"), LookupFilter.ALL).instances())
			.extracting(Instance::health)
			.containsExactly(HealthStatus.UNHEALTHY);
		agent.request("PUT", "/v1/agent/service/maintenance/maintained:one?enable=false", "");
		assertThat(found("maintained")).hasSize(1);
	}

	@Test
	void instanceThatDoesNotRenewItsLeaseIsUnhealthy() {
		this.registry.register(instance("lease", "one", Map.of("discovery.lease", "1")));
		assertThat(this.registry.discover(service("lease"), HEALTHY).instances()).hasSize(1);
		await().until(() -> this.registry.discover(service("lease"), HEALTHY).isEmpty());
		this.registry.reportHealth(service("lease"), "one", HealthStatus.HEALTHY);
		assertThat(this.registry.discover(service("lease"), HEALTHY).instances()).hasSize(1);
	}

	@Test
	void revisionChangesWithMembersOnly() {
		this.registry.register(instance("revision", "one", Map.of()));
		long first = this.registry.revision(service("revision"));
		this.registry.reportHealth(service("revision"), "one", HealthStatus.UNHEALTHY);
		assertThat(this.registry.revision(service("revision"))).isEqualTo(first);
		this.registry.register(instance("revision", "two", Map.of()));
		assertThat(this.registry.revision(service("revision"))).isNotEqualTo(first);
		assertThatExceptionOfType(NotRegisteredException.class)
			.isThrownBy(() -> this.registry.revision(service("none")));
	}

	@Test
	void findsInstancesOfOtherPrograms() throws Exception {
		agent.request("PUT", "/v1/agent/service/register",
				"{\"ID\":\"legacy-1\",\"Name\":\"legacy\",\"Port\":9000,\"Tags\":[\"blue\",\"v2\"],\"Meta\":{\"secure\":\"true\"}}");
		assertThat(found("legacy")).containsExactly(new Instance(service("legacy"), "legacy-1", "127.0.0.1", 9000,
				HealthStatus.HEALTHY, Map.of("secure", "true", "tags", "blue,v2")));
	}

	@Test
	void registersWithTagsAndAnHttpCheck() throws Exception {
		ConsulSettings settings = ConsulSettings.of(agent.uri());
		ConsulRegistry checked = registry(new ConsulSettings(settings.agent(), null, null, "consul",
				ConsulSettings.Check.HTTP, Duration.ofMillis(200), null, settings.deregisterCriticalAfter(),
				settings.consistency(), settings.timeout()));
		InstanceRegistration refusing = new InstanceRegistration(service("checked"), "one", "127.0.0.1",
				Ports.refusing(), Map.of("tags", "blue"),
				new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));
		checked.register(refusing);
		assertThat(agent.request("GET", "/v1/catalog/service/checked?tag=blue", "")).contains("checked:one");
		await().until(() -> this.registry.discover(service("checked"), HEALTHY).isEmpty());
	}

	@Test
	void namesOfOtherDatacenters() {
		ServiceName own = new ServiceName(new Namespace("service.dc1.consul"), "named");
		this.registry.register(new InstanceRegistration(own, "one", "10.0.0.1", 8080, Map.of(),
				instance("named", "one", Map.of()).definition()));
		assertThat(this.registry.discover(own).instances()).hasSize(1);
		ServiceName other = new ServiceName(new Namespace("service.dc2.consul"), "named");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> this.registry.register(new InstanceRegistration(other, "one", "10.0.0.1", 8080, Map.of(),
					instance("named", "one", Map.of()).definition())))
			.withMessageContaining("belongs to datacenter dc1, not dc2")
			.withMessageContaining("Set discovery.consul.host to an agent of dc2");
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(other))
			.withMessageContaining("No path to datacenter");
	}

	@Nested
	class Watching {

		@Test
		void reportsChangesAndAnswersFromMemory() {
			RecordingListener changes = new RecordingListener();
			ConsulRegistry registry = ConsulRegistryIT.this.registry;
			try (Watch watch = registry.watch(new Namespace("service.consul"), changes)) {
				watch.follow("watched");
				await().until(() -> watch.isLive("watched"));
				registry.register(instance("watched", "one", Map.of()));
				await().until(() -> found("watched").size() == 1);
				registry.reportHealth(service("watched"), "one", HealthStatus.UNHEALTHY);
				await().until(() -> registry.discover(service("watched"), HEALTHY).isEmpty());
				assertThat(changes.events).startsWith("open").contains("watched").doesNotContain("lost");
				assertThat(registry.calls().of("ListInstances").calls()).isZero();
				watch.unfollow("watched");
				assertThat(watch.isLive("watched")).isFalse();
				assertThat(found("watched")).hasSize(1);
				assertThat(registry.calls().of("ListInstances").calls()).isEqualTo(1);
			}
		}

		@Test
		void reportsChangesOfTheListOfServices() {
			RecordingListener changes = new RecordingListener();
			ConsulRegistry registry = ConsulRegistryIT.this.registry;
			try (Watch watch = registry.watch(new Namespace("service.consul"), changes)) {
				watch.follow(null);
				await().until(() -> watch.isLive(null));
				registry.register(instance("appearing", "one", Map.of()));
				await().until(() -> changes.events.contains("appearing"));
			}
		}

	}

	@Nested
	class AgentThatEnds {

		@Test
		void comesBackEmpty(@TempDir Path directory) throws Exception {
			try (ConsulAgent other = ConsulAgent.start(directory, "")) {
				ConsulRegistry registry = registry(ConsulSettings.of(other.uri()));
				RecordingListener changes = new RecordingListener();
				Watch watch = registry.watch(new Namespace("service.consul"), changes);
				watch.follow("worker");
				registry.register(instance("worker", "one", Map.of()));
				await().until(() -> registry.discover(service("worker")).instances().size() == 1);
				await().until(() -> watch.isLive("worker"));
				other.stop();
				await().until(() -> changes.events.contains("lost"));
				assertThatExceptionOfType(RegistryUnavailableException.class)
					.isThrownBy(() -> registry.discover(service("worker")))
					.withMessageContaining("Consul at " + other.uri() + " could not be reached for ListInstances")
					.withMessageContaining("Start a Consul agent there");
				other.restart();
				assertThatExceptionOfType(NotRegisteredException.class)
					.isThrownBy(() -> registry.reportHealth(service("worker"), "one", HealthStatus.HEALTHY));
				registry.register(instance("worker", "one", Map.of()));
				await().until(() -> watch.isLive("worker"));
				await().until(() -> registry.discover(service("worker")).instances().size() == 1);
				registry.close();
			}
		}

	}

	@Nested
	class RegisteredApplication {

		@Test
		void isRegisteredAgainAfterTheAgentLostIt(@TempDir Path directory) throws Exception {
			try (ConsulAgent other = ConsulAgent.start(directory, "")) {
				ConsulRegistry registry = registry(ConsulSettings.of(other.uri()));
				RegistrationReconciler reconciler = reconciler(registry);
				reconciler.register(() -> instance("worker", "one", Map.of("discovery.lease", "15")))
					.get(10, TimeUnit.SECONDS);
				assertThat(isRegistered(other)).isTrue();
				other.restart();
				await().until(() -> isRegistered(other));
				reconciler.deregister().get(10, TimeUnit.SECONDS);
				assertThat(isRegistered(other)).isFalse();
				registry.close();
			}
		}

		@Test
		void thatIsUnhealthyStaysRegisteredAsCritical() throws Exception {
			RegistrationReconciler reconciler = reconciler(ConsulRegistryIT.this.registry);
			reconciler.register(() -> instance("unwell", "one", Map.of("discovery.lease", "2")))
				.get(10, TimeUnit.SECONDS);
			reconciler.report(ReportedHealth.unhealthy("a test")).get(10, TimeUnit.SECONDS);
			long calls = ConsulRegistryIT.this.registry.calls().of("RegisterService").calls();
			await().until(() -> ConsulRegistryIT.this.registry.calls().of("RegisterService").calls() > calls + 1);
			assertThat(ConsulRegistryIT.this.registry.discover(service("unwell"), HEALTHY).instances()).isEmpty();
			assertThat(found("unwell")).hasSize(1);
			reconciler.report(ReportedHealth.HEALTHY).get(10, TimeUnit.SECONDS);
			assertThat(ConsulRegistryIT.this.registry.discover(service("unwell"), HEALTHY).instances()).hasSize(1);
			reconciler.deregister().get(10, TimeUnit.SECONDS);
		}

		private RegistrationReconciler reconciler(ConsulRegistry registry) {
			return new RegistrationReconciler(registry, Duration.ofSeconds(3), Duration.ofSeconds(30), null,
					new UnhealthyPolicy(UnhealthyPolicy.Action.UNHEALTHY, Duration.ofSeconds(30)),
					ConsulRegistryIT.this.threads.registration(), ConsulRegistryIT.this.threads.timer(), (state) -> {
					});
		}

		private static boolean isRegistered(ConsulAgent agent) throws Exception {
			return agent.request("GET", "/v1/agent/services", "").contains("\"worker:one\"");
		}

	}

	@Nested
	class AccessControl {

		private static final String ROOT = "11111111-1111-1111-1111-111111111111";

		private static final String RULES = """
				acl {
				  enabled = true
				  default_policy = "deny"
				  tokens { master = "%s" }
				}
				""".formatted(ROOT);

		@Test
		void tokenNeedsPermissions(@TempDir Path directory) throws Exception {
			try (ConsulAgent guarded = ConsulAgent.start(directory, RULES)) {
				ConsulRegistry without = registry(ConsulSettings.of(guarded.uri()));
				await().untilAsserted(() -> assertThatExceptionOfType(AccessDeniedException.class)
					.isThrownBy(() -> without.register(instance("worker", "one", Map.of())))
					.withMessageContaining("service:write for the service")
					.withMessageContaining("discovery.consul.token"));
				ConsulRegistry root = registry(with(guarded, ROOT));
				await().untilAsserted(() -> root.register(instance("worker", "one", Map.of())));
				root.reportHealth(service("worker"), "one", HealthStatus.HEALTHY);
				await().untilAsserted(() -> assertThat(root.discover(service("worker")).instances()).hasSize(1));
				assertThatExceptionOfType(AccessDeniedException.class)
					.isThrownBy(() -> registry(with(guarded, "22222222-2222-2222-2222-222222222222"))
						.register(instance("worker", "two", Map.of())))
					.withMessageContaining("Consul does not know the token")
					.withMessageNotContaining("22222222");
				assertThatExceptionOfType(AccessDeniedException.class)
					.isThrownBy(() -> without.reportHealth(service("worker"), "one", HealthStatus.HEALTHY));
				assertThatExceptionOfType(AccessDeniedException.class)
					.isThrownBy(() -> without.attributes(service("worker"), "one"));
			}
		}

		private static ConsulSettings with(ConsulAgent agent, String token) {
			ConsulSettings settings = ConsulSettings.of(agent.uri());
			return new ConsulSettings(settings.agent(), token, null, "consul", settings.check(),
					settings.checkInterval(), null, settings.deregisterCriticalAfter(), settings.consistency(),
					settings.timeout());
		}

	}

	@Nested
	class Encryption {

		@Test
		void trustsTheCertificatesOfTheContext(@TempDir Path directory) throws Exception {
			TlsFiles files = TlsFiles.create(directory);
			ConsulAgent secure = ConsulAgent.launch(directory, """
					ports { http = -1, https = %d }
					cert_file = "%s"
					key_file = "%s"
					""".formatted(ENCRYPTED, files.certificate(), files.key()));
			try {
				URI uri = URI.create("https://127.0.0.1:" + ENCRYPTED);
				ConsulRegistry trusting = new ConsulRegistry(ConsulSettings.of(uri), files.trust(),
						ConsulRegistryIT.this.threads.timer(), ConsulRegistryIT.this.threads.lookups(),
						ConsulRegistryIT.this.threads.changes(), (service) -> null);
				await().atMost(Duration.ofSeconds(20))
					.ignoreExceptionsInstanceOf(RegistryUnavailableException.class)
					.untilAsserted(() -> trusting.register(instance("worker", "one", Map.of())));
				await().ignoreExceptionsInstanceOf(RegistryUnavailableException.class)
					.until(() -> trusting.discover(service("worker")).instances().size() == 1);
				assertThatExceptionOfType(RegistryUnavailableException.class)
					.isThrownBy(() -> registry(ConsulSettings.of(uri)).discover(service("worker")))
					.withMessageContaining("Check discovery.consul.scheme, and that the SSL bundle trusts");
				assertThatExceptionOfType(DiscoveryException.class)
					.isThrownBy(() -> registry(ConsulSettings.of(URI.create("http://127.0.0.1:" + ENCRYPTED)))
						.discover(service("worker")))
					.withMessageContaining("Set discovery.consul.scheme to https");
			}
			finally {
				secure.close();
			}
		}

	}

	/**
	 * A self-signed certificate for 127.0.0.1, made by {@code consul tls}.
	 *
	 * @param certificate the file of the certificate
	 * @param key the file of the key
	 * @param trust trusts the certificate's authority
	 */
	private record TlsFiles(Path certificate, Path key, SSLContext trust) {

		static TlsFiles create(Path directory) throws Exception {
			run(directory, "tls", "ca", "create");
			run(directory, "tls", "cert", "create", "-server");
			KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
			store.load(null, null);
			try (InputStream in = Files.newInputStream(directory.resolve("consul-agent-ca.pem"))) {
				store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
			}
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(store);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, trust.getTrustManagers(), null);
			return new TlsFiles(directory.resolve("dc1-server-consul-0.pem"),
					directory.resolve("dc1-server-consul-0-key.pem"), context);
		}

		private static void run(Path directory, String... arguments) throws Exception {
			List<String> command = new ArrayList<>(List.of(ConsulAgent.executable().orElseThrow()));
			command.addAll(List.of(arguments));
			Process process = new ProcessBuilder(command).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("tls.log").toFile())
				.start();
			assertThat(process.waitFor()).isZero();
		}

	}

}
