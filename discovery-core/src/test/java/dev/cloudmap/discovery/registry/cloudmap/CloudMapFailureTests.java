package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.CallCounts.Count;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.call.CallBudget;
import dev.cloudmap.discovery.registry.cloudmap.call.CallBudgetExceededException;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.call.CloudMapCalls;
import dev.cloudmap.discovery.registry.cloudmap.call.MissingCredentialsException;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.ManualTimer;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests answers that a healthy registry does not give.
 */
class CloudMapFailureTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final InstanceRegistration INSTANCE = new InstanceRegistration(WORKER, "i-1", "10.0.0.1", 8080,
			Map.of(), new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));

	/** The answers by operation. */
	private final Map<String, Answer> answers = new ConcurrentHashMap<>();

	private final AtomicLong ticker = new AtomicLong();

	private final CallMeter meter = new CallMeter(() -> true, new CallBudget(1, 50, this.ticker::get));

	private final AtomicInteger requests = new AtomicInteger();

	/** The revision in each answer; null if the registry has none. */
	private volatile String revision;

	private HttpServer server;

	private URI endpoint;

	private ServiceDiscoveryClient client;

	private CloudMapRegistry registry;

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::answer);
		this.server.start();
		this.endpoint = URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
		connect(this.endpoint, AnonymousCredentialsProvider.create());
		this.answers.put("ListNamespaces",
				new Answer(200, "{\"Namespaces\":[{\"Id\":\"ns-1\",\"Name\":\"corp\",\"Type\":\"HTTP\"}]}"));
		this.answers.put("ListServices", new Answer(200, "{\"Services\":[{\"Id\":\"srv-1\",\"Name\":\"worker\"}]}"));
		this.answers.put("RegisterInstance", new Answer(200, "{\"OperationId\":\"op-1\"}"));
	}

	@AfterEach
	void stop() {
		this.client.close();
		this.server.stop(0);
	}

	@Test
	void namesUnreachableRegistry() {
		URI nowhere = URI.create("http://127.0.0.1:" + Ports.refusing());
		connect(nowhere, AnonymousCredentialsProvider.create());
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessageContaining("Cloud Map at " + nowhere + " could not be reached for DiscoverInstances")
			.withMessageContaining("Connection refused");
	}

	@Test
	void missingCredentialsSuggestSettings() {
		connect(this.endpoint, () -> {
			throw SdkClientException.create("Unable to load credentials from any of the providers in the chain");
		});
		assertThatExceptionOfType(MissingCredentialsException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessageContaining("No AWS credentials were found for DiscoverInstances")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("AWS_ACCESS_KEY_ID")
				.contains("discovery.registry=embedded"));
	}

	@Test
	void serverErrorIsUnavailable() {
		this.answers.put("DiscoverInstances", error(500, "InternalFailure", "try later"));
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessage(
					"Cloud Map at " + this.endpoint + " answered DiscoverInstances with InternalFailure: try later");
	}

	@Test
	void emptyErrorIsReportedByItsStatus() {
		this.answers.put("DiscoverInstances", new Answer(503, ""));
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessageContaining("Cloud Map at " + this.endpoint + " answered DiscoverInstances with status 503")
			.withMessageNotContaining("null");
	}

	@Test
	void throttlingIsUnavailable() {
		this.answers.put("DiscoverInstances", error(400, "RequestLimitExceeded", "Rate exceeded"));
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessageContaining("Rate exceeded");
	}

	@Test
	void namesMissingPermission() {
		this.answers.put("DiscoverInstances", error(400, "AccessDeniedException", "not you"));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.withMessageContaining("not you")
			.withMessageContaining("'servicediscovery:DiscoverInstances'");
		this.answers.put("DiscoverInstances", new Answer(403, ""));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.isNotInstanceOf(RegistryUnavailableException.class)
			.withMessageContaining("status 403")
			.withMessageContaining("'servicediscovery:DiscoverInstances'");
	}

	@Test
	void disallowedHostIsNoMissingPermission() {
		this.answers.put("DiscoverInstances", error(403, "HostNotAllowed", "start it with --allowed-hosts corp"));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.registry.discover(WORKER))
			.isNotInstanceOf(RegistryUnavailableException.class)
			.withMessageContaining("HostNotAllowed: start it with --allowed-hosts corp")
			.withMessageNotContaining("servicediscovery:");
	}

	@Test
	void namesMissingPermissionForGetOperation() {
		this.answers.put("GetOperation", error(400, "AccessDeniedException", "not you"));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.registry.register(INSTANCE))
			.withMessageContaining("not you")
			.withMessageContaining("'servicediscovery:GetOperation'");
	}

	@Test
	void serverErrorOfGetOperationIsUnavailable() {
		this.answers.put("GetOperation", error(500, "InternalFailure", "try later"));
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.register(INSTANCE))
			.withMessageContaining("GetOperation")
			.withMessageContaining("try later");
	}

	@Test
	void failedOperationHasAReason() {
		this.answers.put("GetOperation", new Answer(200, """
				{"Operation":{"Id":"op-1","Status":"FAIL","ErrorCode":"CANNOT_CREATE_HOSTED_ZONE",
				"ErrorMessage":"no zone"}}"""));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.registry.register(INSTANCE))
			.withMessageContaining("RegisterInstance")
			.withMessageContaining("op-1")
			.withMessageContaining("CANNOT_CREATE_HOSTED_ZONE: no zone");
	}

	@Test
	void skipsInstancesWithInvalidAddress() {
		this.answers.put("DiscoverInstances", new Answer(200, """
				{"Instances":[
				{"InstanceId":"good","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"8080"}},
				{"InstanceId":"zero","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"0"}},
				{"InstanceId":"words","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"http"}},
				{"InstanceId":"sentence","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_CNAME":"no host","AWS_INSTANCE_PORT":"8080"}},
				{"InstanceId":"blank","HealthStatus":"HEALTHY",
				"Attributes":{"AWS_INSTANCE_IPV4":"","AWS_INSTANCE_PORT":"8080"}}]}"""));
		assertThat(this.registry.discover(WORKER).instances()).extracting(Instance::id).containsExactly("good");
	}

	@Test
	void missingHealthIsUnknown() {
		this.answers.put("DiscoverInstances", new Answer(200, """
				{"Instances":[{"InstanceId":"i-1",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"8080"}}]}"""));
		assertThat(this.registry.discover(WORKER).instances()).singleElement()
			.extracting(Instance::health)
			.isEqualTo(HealthStatus.UNKNOWN);
	}

	@ParameterizedTest
	@CsvSource({ "400, AccessDeniedException", "500, InternalFailure" })
	void discoversByNameIfNamespacesCannotBeListed(int status, String code) {
		this.answers.put("ListNamespaces", error(status, code, "not you"));
		this.answers.put("DiscoverInstances", new Answer(200, """
				{"Instances":[{"InstanceId":"i-1","NamespaceName":"corp","ServiceName":"worker",
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"8080"}}]}"""));
		assertThat(this.registry.discover(WORKER).instances()).hasSize(1);
		long asked = this.registry.calls().of("ListNamespaces").calls();
		assertThat(this.registry.discover(WORKER).instances()).hasSize(1);
		assertThat(this.registry.calls().of("ListNamespaces").calls()).isEqualTo(asked);
	}

	@Test
	void countsRetriesOfTheSdk() {
		this.answers.put("DiscoverInstances", error(500, "InternalFailure", "try later"));
		assertThatExceptionOfType(RegistryUnavailableException.class).isThrownBy(() -> this.registry.discover(WORKER));
		int tried = this.requests.get() - (int) this.registry.calls().of("ListNamespaces").calls();
		assertThat(tried).isGreaterThan(1);
		assertThat(this.registry.calls().of("DiscoverInstances")).isEqualTo(new Count(tried, tried, 0));
	}

	@Test
	void countsEveryPollOfAnOperation() {
		this.answers.put("GetOperation", new Answer(200, "{\"Operation\":{\"Id\":\"op-1\",\"Status\":\"PENDING\"}}"));
		Thread registering = new Thread(() -> this.registry.register(INSTANCE));
		registering.start();
		await().until(() -> this.registry.calls().of("GetOperation").calls() > 2);
		this.answers.put("GetOperation", new Answer(200, "{\"Operation\":{\"Id\":\"op-1\",\"Status\":\"SUCCESS\"}}"));
		await().until(() -> !registering.isAlive());
		assertThat(this.registry.calls().of("GetOperation").failures()).isZero();
		assertThat(this.registry.calls().of("RegisterInstance")).isEqualTo(new Count(1, 0, 0));
	}

	@Test
	void makesNoCallBeyondTheBudget() {
		this.answers.put("ListServices", new Answer(200, "{\"Services\":[]}"));
		// an empty list is not cached
		assertThatExceptionOfType(CallBudgetExceededException.class).isThrownBy(() -> {
			for (int i = 0; i < 50; i++) {
				this.registry.services(WORKER.namespace());
			}
		}).withMessageContaining("expected no more than 200 calls a second and 1000 at once");
		int asked = this.requests.get();
		assertThatExceptionOfType(CallBudgetExceededException.class)
			.isThrownBy(() -> this.registry.services(WORKER.namespace()));
		assertThat(this.requests).hasValue(asked);
		assertThatCode(() -> this.registry.register(INSTANCE)).isInstanceOf(CallBudgetExceededException.class);
		this.ticker.addAndGet(Duration.ofSeconds(10).toNanos());
		assertThat(this.registry.services(WORKER.namespace())).isEmpty();
	}

	@Test
	void watchableRegistryHasNoBudget() {
		this.revision = "7";
		this.answers.put("ListServices", new Answer(200, "{\"Services\":[]}"));
		for (int i = 0; i < 50; i++) {
			assertThat(this.registry.services(WORKER.namespace())).isEmpty();
		}
	}

	private void connect(URI location, AwsCredentialsProvider credentials) {
		if (this.client != null) {
			this.client.close();
		}
		this.client = CloudMapClients.builder(new CloudMapConnection(location, "us-east-1", credentials, null)).build();
		this.registry = new CloudMapRegistry(this.client,
				new RegistryInfo("cloud-map", location.toString(), null, Set.of()),
				new CreationPolicy(Scope.NAMESPACES, null), null, (service) -> null, this.meter,
				new WatchClient(new ManualTimer(), Runnable::run, Runnable::run));
	}

	private void answer(HttpExchange exchange) throws IOException {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			this.requests.incrementAndGet();
			String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
			Answer answer = this.answers.get(target.substring(target.indexOf('.') + 1));
			byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
			if (this.revision != null) {
				exchange.getResponseHeaders().set(CloudMapCalls.REVISION_HEADER, this.revision);
			}
			exchange.sendResponseHeaders(answer.status(), (body.length > 0) ? body.length : -1);
			exchange.getResponseBody().write(body);
		}
	}

	private static Answer error(int status, String code, String message) {
		return new Answer(status, "{\"__type\":\"%s\",\"message\":\"%s\"}".formatted(code, message));
	}

	private record Answer(int status, String body) {
	}

}
