package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.http.HttpMethod;

import dev.cloudmap.testsupport.Ports;
import dev.cloudmap.testsupport.RecordingServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * The contract for every client. Each test has its own service ({@link Workers#HOSTS}).
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class ClientContractTests extends ClientApplicationTests {

	/** The time from one of several concurrent requests to the next one. */
	private static final Duration INTERVAL = Duration.ofMillis(10);

	/**
	 * Sends a request to {@code /a/b?c=d} with the header {@code X-Test: told}.
	 * @param host the host of the URL, with an optional port
	 * @param method GET or POST
	 * @param body the body of the request; null for none
	 */
	abstract Answer send(String host, HttpMethod method, @Nullable String body);

	/**
	 * Returns whether the client sends failed calls to another instance, and applies the
	 * timeouts of the service.
	 */
	boolean retries() {
		return true;
	}

	/**
	 * Returns whether the client is a gateway, which sends its own status when it
	 * receives no answer.
	 */
	boolean isGateway() {
		return false;
	}

	/**
	 * Returns whether the client resolves the names of instances from the catalog.
	 */
	boolean resolvesInstances() {
		return true;
	}

	@Test
	void rotatesAndForwardsTheWholeRequest() {
		List<RecordingServer> servers = List.of(server("one"), server("two"), server("three"));
		serve("even", servers.toArray(RecordingServer[]::new));
		for (int i = 0; i < 6; i++) {
			assertThat(send("even", HttpMethod.POST, "payload").status()).isEqualTo(200);
		}
		assertThat(servers)
			.allSatisfy((server) -> assertThat(server.arrived()).hasSize(2).containsOnly("POST /a/b?c=d told payload"));
		assertNothingIsOnItsWay("even");
	}

	@Test
	void everyNameResolvesToTheService() {
		for (String host : List.of("worker", "worker.corp", "payments", "server.hello-world.com:5000")) {
			assertThat(send(host, HttpMethod.GET, null)).as(host).isEqualTo(new Answer(200, "worker"));
		}
	}

	/**
	 * Asserts that a call without an instance fails as this client does in Spring Cloud,
	 * with the reason in the message. By default, the failure is an
	 * {@link IllegalStateException}.
	 */
	void assertFailsWithoutInstance(String host, String reason) {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> send(host, HttpMethod.GET, null))
			.withMessageContaining(reason);
	}

	@Test
	void callWithoutInstanceFailsWithTheReason(CapturedOutput output) {
		String reason = "Service wroker of namespace corp does not exist. Did you mean http://worker/?";
		// the list of services is fetched after the lookup
		await().atMost(LIMIT).untilAsserted(() -> {
			assertFailsWithoutInstance("wroker", reason);
			assertThat(output).contains(reason);
		});
	}

	@Test
	void invalidServiceNameFailsWithTheReason() {
		assertFailsWithoutInstance(Workers.LONG_NAME, "is not a valid service name");
	}

	@Test
	void invalidHostNameSuggestsAnAlias() {
		assumeThat(isGateway()).isFalse();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> send("my_service", HttpMethod.GET, null))
			.withMessageContaining("discovery.aliases.my-service=my_service");
	}

	@Test
	void loadBalancerClientChoosesNothingWithoutInstance() {
		LoadBalancerClient loadBalancer = application().getBean(LoadBalancerClient.class);
		assertThat(loadBalancer.choose("wroker")).isNull();
		assertThat(loadBalancer.choose(Workers.LONG_NAME)).isNull();
	}

	@Test
	void callsServiceOfAnotherDiscoveryClient() {
		for (int i = 0; i < 4; i++) {
			Answer answer = send("legacy", HttpMethod.GET, null);
			if (!retries() && answer.status() != 200) {
				answer = send("legacy", HttpMethod.GET, null);
			}
			assertThat(answer).isEqualTo(new Answer(200, "legacy"));
		}
	}

	@Test
	void callsForeignServiceWithAnInvalidName() {
		assertThat(send(Workers.FOREIGN_NAME, HttpMethod.GET, null)).isEqualTo(new Answer(200, "foreign"));
	}

	@Test
	void callsSecureInstanceByHttps() {
		RecordingServer server = secureServer("secure", LoopbackCertificate.ADDRESS);
		Workers.register(application(), "secure", Map.of("secure", "true"), server.port());
		assertThat(send("secure", HttpMethod.POST, "payload")).isEqualTo(new Answer(200, "secure"));
		assertThat(server.arrived()).containsExactly("POST /a/b?c=d told payload");
	}

	@Test
	void callsInstanceByTheNameInItsAttribute() {
		RecordingServer server = secureServer("named", LoopbackCertificate.NAMES);
		Workers.register(application(), "by-attribute", Map.of("secure", "true", "discovery.tls-name", "localhost"),
				server.port());
		assertThat(send("by-attribute", HttpMethod.POST, "payload")).isEqualTo(new Answer(200, "named"));
		assertThat(server.arrived()).containsExactly("POST /a/b?c=d told payload");
	}

	@Test
	void callsInstanceByItsNameInDns() {
		RecordingServer server = secureServer("named", LoopbackCertificate.NAMES);
		Workers.register(application(), "by-name", Map.of("secure", "true"), server.port());
		if (resolvesInstances()) {
			assertThat(send("by-name", HttpMethod.POST, "payload")).isEqualTo(new Answer(200, "named"));
		}
		else {
			assertThatThrownBy(() -> send("by-name", HttpMethod.POST, "payload"))
				.hasMessageContaining("can't resolve '" + Workers.id(server.port()) + ".by-name.corp'")
				.hasMessageContaining("discovery.load-balancer.call-by=address");
		}
	}

	@Test
	void retriesUnsentRequest() {
		assumeThat(retries()).isTrue();
		RecordingServer server = server("one");
		Workers.register(application(), "partly-dead", Map.of(), Ports.refusing(), server.port());
		for (int i = 0; i < 6; i++) {
			assertThat(send("partly-dead", HttpMethod.POST, "payload")).isEqualTo(new Answer(200, "one"));
		}
		assertThat(server.arrived()).hasSize(6).containsOnly("POST /a/b?c=d told payload");
		assertNothingIsOnItsWay("partly-dead");
	}

	@Test
	void retriesRejectedRequestIfSafe() {
		assumeThat(retries()).isTrue();
		RecordingServer sick = server("sick");
		sick.answerWith(503);
		serve("partly-refusing", sick, server("well"));
		assertThat(statuses(4, () -> send("partly-refusing", HttpMethod.GET, null))).containsOnly(200);
		assertThat(sick.arrived()).hasSize(2);
		assertThat(statuses(2, () -> send("partly-refusing", HttpMethod.POST, "payload")))
			.containsExactlyInAnyOrder(200, 503);
	}

	@Test
	void ejectsUnreachableInstance() {
		int port = Ports.refusing();
		Workers.register(application(), "dead", Map.of(), port, server("one").port());
		List<Integer> statuses = statuses(10, () -> send("dead", HttpMethod.GET, null));
		assertThat(statuses).filteredOn((status) -> status != 200).hasSize(2);
		assertThat(ejections("dead")).singleElement().satisfies((ejection) -> {
			assertThat(ejection.reason()).contains("could not connect");
			assertThat(ejection.instance()).contains(Workers.id(port));
		});
		assertNothingIsOnItsWay("dead");
	}

	@Test
	void ejectsFailingInstance() {
		RecordingServer sick = server("sick");
		sick.answerWith(500);
		serve("sick", sick, server("well"));
		List<Integer> statuses = statuses(20, () -> send("sick", HttpMethod.GET, null));
		assertThat(statuses).filteredOn((status) -> status == 500).hasSize(5);
		assertThat(statuses).filteredOn((status) -> status == 200).hasSize(15);
		assertThat(sick.arrived()).hasSize(5);
		assertThat(ejections("sick")).hasSize(1);
		assertNothingIsOnItsWay("sick");
	}

	@Test
	void countsCallsByInstance() {
		RecordingServer one = server("one");
		RecordingServer other = server("other");
		other.answerWith(404);
		serve("metered", one, other);
		assertThat(statuses(4, () -> send("metered", HttpMethod.GET, null))).containsExactlyInAnyOrder(200, 200, 404,
				404);
		assertThat(requests("metered", one, "2xx").count()).isEqualTo(2);
		assertThat(requests("metered", other, "4xx").count()).isEqualTo(2);
		assertNothingIsOnItsWay("metered");
	}

	@Test
	void observationsContainTheInstance() {
		RecordingServer one = server("one");
		RecordingServer other = server("other");
		serve("observed", one, other);
		statuses(2, () -> send("observed", HttpMethod.GET, null));
		Observations observations = application().getBean(Observations.class);
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(observations.values("discovery.instance")).contains(Workers.id(one.port()),
					Workers.id(other.port())));
		assertThat(observations.values("discovery.service")).contains("observed");
		assertThat(observations.values("discovery.namespace")).contains("corp");
	}

	@Test
	void callEndsAtTheTimeout() {
		assumeThat(retries()).isTrue();
		RecordingServer hanging = server("hanging");
		hanging.hang();
		serve("hanging", hanging);
		assertThat(statuses(1, () -> send("hanging", HttpMethod.GET, null))).containsExactly(isGateway() ? 504 : 0);
		assertThat(hanging.arrived()).hasSize(1);
		assertNothingIsOnItsWay("hanging");
		assertThat(requests("hanging", hanging, "timeout").count()).isOne();
	}

	/**
	 * Without abandonment the requests would wait for a minute.
	 */
	@Test
	void safeRequestsToAnUnresponsiveInstanceAreSentToAnother() throws Exception {
		assumeThat(retries()).isTrue();
		RecordingServer hanging = server("hanging");
		serve("unresponsive", hanging, server("one"), server("two"));
		// the usual latency is low after the first calls
		assertThat(statuses(60, () -> send("unresponsive", HttpMethod.GET, null))).containsOnly(200);
		hanging.hang();
		ExecutorService threads = Executors.newCachedThreadPool();
		try {
			List<Future<Answer>> posts = sendEvery(threads, 3, HttpMethod.POST, "payload");
			await().atMost(LIMIT).until(() -> hanging.arrived().stream().anyMatch((sent) -> sent.startsWith("POST")));
			List<Future<Answer>> gets = sendEvery(threads, 60, HttpMethod.GET, null);
			for (Future<Answer> get : gets) {
				assertThat(get.get(LIMIT.toSeconds(), TimeUnit.SECONDS).status()).isEqualTo(200);
			}
			assertThat(ejections("unresponsive")).singleElement()
				.satisfies((ejection) -> assertThat(ejection.reason()).contains("was answered"));
			assertThat(requests("unresponsive", hanging, "timeout").count()).isPositive();
			assertThat(posts).filteredOn((post) -> !post.isDone()).hasSize(1);
			hanging.close();
			await().atMost(LIMIT).until(() -> posts.stream().allMatch(Future::isDone));
		}
		finally {
			threads.shutdownNow();
		}
		assertNothingIsOnItsWay("unresponsive");
	}

	private List<Future<Answer>> sendEvery(ExecutorService threads, int count, HttpMethod method, @Nullable String body)
			throws InterruptedException {
		List<Future<Answer>> answers = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			answers.add(threads.submit(() -> send("unresponsive", method, body)));
			Thread.sleep(INTERVAL.toMillis());
		}
		return answers;
	}

	/**
	 * Sends requests.
	 * @return the statuses of the answers; 0 for a request without an answer
	 */
	private static List<Integer> statuses(int count, Callable<Answer> request) {
		return IntStream.range(0, count).mapToObj((i) -> {
			try {
				return request.call().status();
			}
			catch (Exception ex) {
				return 0;
			}
		}).toList();
	}

}
