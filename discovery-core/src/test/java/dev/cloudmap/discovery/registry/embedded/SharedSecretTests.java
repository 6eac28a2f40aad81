package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.ShortExchange;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.TestClients;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class SharedSecretTests {

	private static final Namespace CORP = new Namespace("corp");

	private static final ServiceName WORKER = new ServiceName(CORP, "worker");

	private static final String SECRET = "0123456789abcdef-the-right-one";

	private static final String OTHER = "0123456789abcdef-another-one";

	private final Deque<AutoCloseable> resources = new ArrayDeque<>();

	private final DiscoveryThreads threads = new DiscoveryThreads();

	/**
	 * Starts a registry, because the first start in a JVM exceeds the timeout of members.
	 */
	@BeforeAll
	static void warmUp() {
		try (HostOrJoin host = new HostOrJoin(0, 0, SharedSecret.of(SECRET), false)) {
			host.ensure();
			host.ensure();
		}
	}

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
		this.threads.close();
	}

	@Test
	void applicationsWithTheSameSecretShareARegistry(CapturedOutput output) {
		EmbeddedRegistry host = application(0, SECRET);
		EmbeddedRegistry member = application(port(host), SECRET);
		assertThat(member.info().role()).isEqualTo("member");
		RecordingListener listener = new RecordingListener();
		Watch watch = member.watch(CORP, listener);
		member.register(instance("i-1"));
		await().atMost(Duration.ofSeconds(30)).until(watch::isLive);
		assertThat(host.discover(WORKER).instances()).extracting(Instance::id).containsExactly("i-1");
		assertThat(member.discover(WORKER).instances()).extracting(Instance::id).containsExactly("i-1");
		assertThat(host.knowsOtherApplications()).isTrue();
		member.deregister(WORKER, "i-1");
		watch.close();
		host.stop();
		member.register(instance("i-1"));
		assertThat(member.info().role()).isEqualTo("host");
		assertThat(output).doesNotContain(SECRET);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "none",
			value = { SECRET + ",none,requires signatures",
					SECRET + "," + OTHER + ",does not prove that it has the discovery.embedded.secret",
					"none," + SECRET + ",a registry without discovery.embedded.secret" })
	void rejectedApplicationsStart(@Nullable String ofHost, @Nullable String ofMember, String reason,
			CapturedOutput output) {
		EmbeddedRegistry host = application(0, ofHost);
		EmbeddedRegistry member = application(port(host), ofMember);
		assertThat(member.isRunning()).isTrue();
		assertThat(output).contains(reason).contains("Set the same discovery.embedded.secret in all your applications");
		assertThat(output).doesNotContain(SECRET).doesNotContain(OTHER);
		assertThat(member.info().location()).contains(reason);
		assertThat(member.dnsServers()).isEmpty();
		assertThatExceptionOfType(PortTakenException.class).isThrownBy(() -> member.register(instance("i-1")))
			.withMessageContaining(reason);
		assertThat(host.discover(WORKER).instances()).isEmpty();
	}

	@Test
	void doesNotUseARegistryThatLaterRequiresSignatures() {
		EmbeddedRegistry host = application(0, null);
		EmbeddedRegistry member = application(port(host), null);
		host.stop();
		application(port(member), SECRET);
		assertThatExceptionOfType(PortTakenException.class).isThrownBy(() -> member.register(instance("i-1")))
			.withMessageContaining("requires signatures");
	}

	@Test
	void joinsStandaloneRegistryWithItsSecret() {
		RegistryServer server = RegistryServer.start(RegistryOptions.defaults()
			.withHttpPort(0)
			.withDnsPort(0)
			.withCredentials(dev.cloudmap.registry.api.signature.Credentials.of(SharedSecret.ACCESS_KEY_ID, SECRET)));
		this.resources.push(server);
		EmbeddedRegistry member = application(server.httpAddress().getPort(), SECRET);
		member.register(instance("i-1"));
		assertThat(member.discover(WORKER).instances()).hasSize(1);
	}

	@Nested
	class ARogueRegistry {

		private final List<String> received = new CopyOnWriteArrayList<>();

		@Test
		void isNotTrustedWithAReplayedProof() throws Exception {
			EmbeddedRegistry host = application(0, SECRET);
			SharedSecret secret = SharedSecret.of(SECRET);
			URI real = URI.create(host.info().location() + "/");
			int port = start(0, (exchange) -> {
				Map<String, String> headers = new java.util.TreeMap<>();
				exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
				headers.keySet().removeIf((name) -> name.equals("Connection") || name.equals("Host"));
				return ShortExchange.get(real, headers, RegistryProbe.LIMITS).headers().get(SharedSecret.PROOF_HEADER);
			});
			assertThat(secret).isNotNull();
			EmbeddedRegistry member = application(port, SECRET);
			assertThat(member.info().location()).contains("does not prove");
		}

		@Test
		void isNotTrustedIfItTakesThePortLater() throws Exception {
			EmbeddedRegistry host = application(0, SECRET);
			int port = port(host);
			EmbeddedRegistry member = application(port, SECRET);
			RecordingListener listener = new RecordingListener();
			Watch watch = member.watch(CORP, listener);
			member.register(instance("i-1"));
			await().atMost(Duration.ofSeconds(30)).until(watch::isLive);
			host.stop();
			start(port, (exchange) -> "0".repeat(64));
			assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> member.discover(WORKER))
				.withMessageContaining("does not prove");
			assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> member.register(instance("i-1")))
				.withMessageContaining("does not prove");
			await().atMost(Duration.ofSeconds(30))
				.until(() -> this.received.stream().anyMatch((request) -> request.startsWith("GET /watch")));
			await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(listener.events).contains("lost"));
			assertThat(watch.isLive()).isFalse();
			assertThat(listener.events.subList(listener.events.indexOf("lost"), listener.events.size()))
				.containsExactly("lost");
			assertThat(this.received).noneMatch((request) -> request.contains(SECRET));
		}

		@ParameterizedTest
		@NullSource
		@ValueSource(strings = SECRET)
		void receivesNoAwsCredentials(@Nullable String secret) throws Exception {
			Map<String, String> credentials = Map.of("aws.accessKeyId", "AKIAEXAMPLE", "aws.secretAccessKey",
					"secret-of-aws", "aws.sessionToken", "token-of-aws");
			credentials.forEach(System::setProperty);
			try {
				int port = start(0, (exchange) -> null);
				EmbeddedRegistry member = application(port, secret);
				member.watch(CORP, new RecordingListener());
				assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> member.register(instance("i-1")));
				assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> member.discover(WORKER));
				if (secret == null) {
					assertThat(member.knowsOtherApplications()).isTrue();
					await().atMost(Duration.ofSeconds(30))
						.until(() -> this.received.stream().anyMatch((request) -> request.startsWith("GET /watch")));
					assertThat(this.received).anyMatch((request) -> request.startsWith("POST / "));
				}
				else {
					assertThat(this.received).allMatch((request) -> request.startsWith("GET / "));
				}
				assertThat(this.received).isNotEmpty()
					.noneMatch((request) -> request.contains("AKIAEXAMPLE") || request.contains("token-of-aws")
							|| request.contains("secret-of-aws") || request.contains("X-Amz-Security-Token"));
			}
			finally {
				credentials.keySet().forEach(System::clearProperty);
			}
		}

		@ParameterizedTest
		@CsvSource({ "403,refused the request with status 403 before it proved",
				"413,refused the request with status 413 before it proved",
				"503,refused the request with status 503 before it proved", "400,(status 400) did not prove",
				"200,(status 200) did not prove" })
		void isUnavailableWithTheStatusOfAnAnswerWithoutProof(int status, String reason) throws Exception {
			HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
			server.createContext("/", (exchange) -> {
				try (exchange; InputStream body = exchange.getRequestBody()) {
					body.readAllBytes();
					exchange.sendResponseHeaders(status, -1);
				}
			});
			server.start();
			SharedSecretTests.this.resources.push(() -> server.stop(0));
			SharedSecret secret = SharedSecret.of(SECRET);
			assertThat(secret).isNotNull();
			URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
			Registry registry = connect(endpoint, Set.of(), secret);
			assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> registry.discover(WORKER))
				.withMessageContaining(reason);
		}

		private int start(int port, Prover prover) throws IOException {
			HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
			int bound = server.getAddress().getPort();
			server.createContext("/", (exchange) -> {
				try (exchange; InputStream body = exchange.getRequestBody()) {
					this.received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
							+ exchange.getRequestHeaders().entrySet()
							+ new String(body.readAllBytes(), StandardCharsets.UTF_8));
					String proof = prover.prove(exchange);
					if (proof != null) {
						exchange.getResponseHeaders().set(SharedSecret.PROOF_HEADER, proof);
					}
					answer(exchange, bound);
				}
			});
			server.start();
			SharedSecretTests.this.resources.push(() -> server.stop(0));
			return bound;
		}

		private void answer(HttpExchange exchange, int port) throws IOException {
			boolean watch = exchange.getRequestURI().getPath().equals("/watch");
			byte[] body = (exchange.getRequestMethod().equals("POST")
					? "{\"Instances\":[{\"InstanceId\":\"rogue\",\"Attributes\":{\"AWS_INSTANCE_IPV4\":\"127.0.0.1\","
							+ "\"AWS_INSTANCE_PORT\":\"666\"}}]}"
					: watch ? "{\"revision\":1,\"everything\":true,\"services\":[]}"
							: "{\"registry\":\"discovery-registry\",\"version\":\"1\",\"http\":\"127.0.0.1:" + port
									+ "\",\"dns\":\"127.0.0.1:1\",\"instances\":1,\"watchers\":1}")
				.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(exchange.getRequestMethod().equals("POST") ? 400 : 200, body.length);
			exchange.getResponseBody().write(body);
		}

	}

	@Nested
	class ASecret {

		@ParameterizedTest
		@ValueSource(
				strings = { "short", "0123456789abcde", "0123456789abcdef with-blank", "0123456789abcd\u00e4\u00f6" })
		void isRejectedWithoutBeingShownIfInvalid(String secret) {
			assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> SharedSecret.of(secret))
				.withMessageContaining("discovery.embedded.secret has " + secret.length() + " characters")
				.withMessageNotContaining(secret);
		}

		@ParameterizedTest
		@NullSource
		@ValueSource(strings = { "", " " })
		void isUnsetWhereBlank(@Nullable String secret) {
			assertThat(SharedSecret.of(secret)).isNull();
		}

		@Test
		void isNotShown() {
			SharedSecret secret = SharedSecret.of(SECRET);
			assertThat(secret).isNotNull();
			assertThat(secret.toString()).doesNotContain(SECRET);
			assertThat(secret.resolveCredentials().toString()).doesNotContain(SECRET);
			assertThat(secret.sign(URI.create("http://127.0.0.1:1/")).toString()).contains("Credential=embedded/")
				.doesNotContain(SECRET);
		}

	}

	private EmbeddedRegistry application(int port, @Nullable String secret) {
		SharedSecret shared = SharedSecret.of(secret);
		EmbeddedRegistry created = new EmbeddedRegistry(new HostOrJoin(port, 0, shared, false),
				new CallMeter(() -> false),
				(membership) -> connect(membership, (shared != null) ? shared : AnonymousCredentialsProvider.create()),
				Runnable::run);
		this.resources.push(created::stop);
		created.start();
		return created;
	}

	private Registry connect(Membership membership, AwsCredentialsProvider credentials) {
		return connect(membership.endpoint(), membership.capabilities(), credentials);
	}

	private Registry connect(URI endpoint, Set<RegistryInfo.Capability> capabilities,
			AwsCredentialsProvider credentials) {
		return new CloudMapRegistry(TestClients.withoutRetries(endpoint, credentials).build(),
				new RegistryInfo("embedded", endpoint.toString(), null, capabilities),
				new CreationPolicy(Scope.NAMESPACES, "vpc-1"), null, (service) -> null, new CallMeter(() -> false),
				new WatchClient(this.threads.timer(), this.threads.lookups(), this.threads.changes()));
	}

	private static int port(EmbeddedRegistry registry) {
		return URI.create(registry.info().location()).getPort();
	}

	private static InstanceRegistration instance(String id) {
		return new InstanceRegistration(WORKER, id, "127.0.0.1", 8080, Map.of(),
				new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10)));
	}

	@FunctionalInterface
	private interface Prover {

		@Nullable String prove(HttpExchange exchange) throws IOException;

	}

}
