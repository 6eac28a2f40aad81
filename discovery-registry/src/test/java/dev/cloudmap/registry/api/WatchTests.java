package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.RawConnection.Response;
import dev.cloudmap.registry.api.watch.WatchLimits;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Answers to watch queries.
 */
@Timeout(60)
class WatchTests {

	private WatchedRegistry registry;

	private Namespace namespace;

	private Service worker;

	@BeforeEach
	void start() throws Exception {
		this.registry = WatchedRegistry.start();
		this.namespace = this.registry.namespace("corp");
		this.worker = this.registry.service(this.namespace, "worker");
	}

	@AfterEach
	void stop() {
		this.registry.close();
	}

	private void register(String instance) throws Exception {
		this.registry.call("RegisterInstance",
				Map.of("ServiceId", this.worker.id(), "InstanceId", instance, "Attributes", Map.of()));
	}

	private void reportHealth(String status) throws Exception {
		this.registry.call("UpdateInstanceCustomHealthStatus",
				Map.of("ServiceId", this.worker.id(), "InstanceId", "one", "Status", status));
	}

	private long revision() {
		return this.registry.revision();
	}

	/**
	 * Sends a query and makes the change while the query waits.
	 * @return the answer
	 */
	private Response answerAfter(Action change, String query) throws Exception {
		this.registry.awaitWatchers(0);
		try (RawConnection connection = this.registry.watch(query)) {
			this.registry.awaitWatchers(1);
			assertThat(connection.hasReceived()).isFalse();
			change.run();
			return connection.read();
		}
	}

	private Response answerAfter(Action change) throws Exception {
		return answerAfter(change, "namespace=corp&since=" + revision());
	}

	private void hasChanged(Response answer, String... services) {
		assertThat(answer.status()).isEqualTo("HTTP/1.1 200 OK");
		assertThat(answer.json().get("everything").asBoolean()).isFalse();
		assertThat(answer.json().get("services").values()).extracting((name) -> name.asString())
			.containsExactly(services);
		assertThat(answer.revision()).isEqualTo(revision());
	}

	private void isEverything(Response answer) {
		assertThat(answer.status()).isEqualTo("HTTP/1.1 200 OK");
		assertThat(answer.body()).isEqualTo("{\"revision\":" + revision() + ",\"everything\":true,\"services\":[]}");
	}

	@Test
	void firstQueryIsAnsweredImmediately() throws Exception {
		Response answer = this.registry.answer("namespace=corp");
		isEverything(answer);
		assertThat(answer.header("Content-Type")).isEqualTo("application/x-amz-json-1.1");
		assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
		assertThat(answer.header("x-amzn-RequestId")).isNotBlank();
		assertThat(answer.header("X-Discovery-Revision")).isEqualTo(Long.toString(revision()));
	}

	@Test
	void knownChangesAreReturnedImmediately() throws Exception {
		long known = this.registry.answer("namespace=corp").revision();
		register("one");
		long between = revision();
		this.registry.service(this.namespace, "backend");
		register("two");
		hasChanged(this.registry.answer("namespace=corp&since=" + known), "backend", "worker");
		hasChanged(this.registry.answer("namespace=corp&since=" + between), "backend", "worker");
		hasChanged(this.registry.answer("namespace=corp&since=" + (revision() - 1)), "worker");
	}

	@Test
	void eachKindOfChangeEndsTheWait() throws Exception {
		hasChanged(answerAfter(() -> register("one")), "worker");
		hasChanged(answerAfter(() -> reportHealth("UNHEALTHY")), "worker");
		hasChanged(answerAfter(() -> {
			// changes nothing
			reportHealth("UNHEALTHY");
			// changes another namespace
			this.registry.service(this.registry.namespace("elsewhere"), "worker");
			reportHealth("HEALTHY");
		}), "worker");
		hasChanged(answerAfter(() -> register("one")), "worker");
		hasChanged(answerAfter(() -> this.registry.service(this.namespace, "backend")), "backend");
		hasChanged(answerAfter(() -> this.registry.call("DeregisterInstance",
				Map.of("ServiceId", this.worker.id(), "InstanceId", "one"))), "worker");
	}

	@Test
	void updatesAndDeletionsOfServicesAreChanges() throws Exception {
		this.registry.call("CreatePrivateDnsNamespace", Map.of("Name", "dns", "Vpc", "vpc-1"));
		String id = this.registry
			.call("CreateService", Map.of("Name", "Named", "NamespaceId",
					this.registry.state().snapshot().findNamespaceByHttpName("dns").id(), "DnsConfig", records(10)))
			.get("Service")
			.get("Id")
			.asString();
		long known = revision();
		this.registry.call("UpdateService",
				Map.of("Id", id, "Service", Map.of("Description", "Other words", "DnsConfig", records(10))));
		hasChanged(this.registry.answer("namespace=dns&wait=0s&since=" + known));
		this.registry.call("UpdateService", Map.of("Id", id, "Service", Map.of("DnsConfig", records(20))));
		hasChanged(this.registry.answer("namespace=dns&since=" + known), "Named");
		known = revision();
		this.registry.call("DeleteService", Map.of("Id", id));
		hasChanged(this.registry.answer("namespace=dns&since=" + known), "Named");
	}

	private static Map<String, ?> records(long ttl) {
		return Map.of("DnsRecords", List.of(Map.of("Type", "A", "TTL", ttl)));
	}

	@ParameterizedTest
	@CsvSource({ "&wait=16s, 15000, 16000", "&wait=1600ms, 1500, 1600", "&wait=1h, 51562, 55000", "'', 51562, 55000" })
	void waitTimesOutWithoutChange(String wait, long earliest, long latest) throws Exception {
		try (RawConnection connection = this.registry.watch("namespace=corp&since=" + revision() + wait)) {
			this.registry.awaitWatchers(1);
			this.registry.scheduler().advance(Duration.ofMillis(earliest - 1));
			// changes another namespace
			this.registry.namespace("elsewhere");
			assertThat(connection.hasReceived()).isFalse();
			this.registry.scheduler().advance(Duration.ofMillis(latest - earliest + 1));
			hasChanged(connection.read());
		}
	}

	@Test
	void queryWithoutWaitIsAnsweredImmediately() throws Exception {
		hasChanged(this.registry.answer("namespace=corp&wait=0s&since=" + revision()));
	}

	@Test
	void deletionOfNamespaceEndsTheWait() throws Exception {
		this.registry.call("DeleteService", Map.of("Id", this.worker.id()));
		isEverything(answerAfter(() -> this.registry.call("DeleteNamespace", Map.of("Id", this.namespace.id()))));
		assertThat(this.registry.answer("namespace=corp").body()).contains("NamespaceNotFound");
	}

	@Test
	void anotherNamespaceWithTheSameNameIsUnknown() throws Exception {
		long before = revision();
		this.registry.call("DeleteService", Map.of("Id", this.worker.id()));
		this.registry.call("DeleteNamespace", Map.of("Id", this.namespace.id()));
		this.registry.namespace("corp");
		isEverything(this.registry.answer("namespace=corp&since=" + before));
	}

	@Test
	void burstIsOneChange() throws Exception {
		long known = revision();
		for (int i = 0; i < 1000; i++) {
			this.registry.register(this.worker, "instance-" + i % 10);
		}
		hasChanged(this.registry.answer("namespace=corp&since=" + known), "worker");
	}

	@Test
	void lookupsShowTheChangeBeforeTheAnswer() throws Exception {
		for (int i = 0; i < 50; i++) {
			int number = i;
			hasChanged(answerAfter(() -> this.registry.register(this.worker, "instance-" + number)), "worker");
			assertThat(discovered(this.registry)).isEqualTo(i + 1);
		}
	}

	private static int discovered(WatchedRegistry registry) throws Exception {
		return registry.call("DiscoverInstances", Map.of("NamespaceName", "corp", "ServiceName", "worker"))
			.get("Instances")
			.size();
	}

	@Test
	void answerWaitsUntilDelayedLookupsShowTheChange() throws Exception {
		try (WatchedRegistry late = WatchedRegistry.start(WatchLimits.DEFAULT,
				Emulation.NONE.withConsistencyDelay(Duration.ofSeconds(10)))) {
			late.call("CreateHttpNamespace", Map.of("Name", "corp"));
			late.scheduler().advance(Duration.ofSeconds(10));
			Service service = late.service(late.state().snapshot().findNamespaceByHttpName("corp"), "worker");
			late.scheduler().advance(Duration.ofSeconds(10));
			long known = late.revision();
			try (RawConnection connection = late.watch("namespace=corp&since=" + known)) {
				late.awaitWatchers(1);
				late.register(service, "one");
				late.scheduler().advance(Duration.ofSeconds(9));
				assertThat(discovered(late)).isZero();
				assertThat(connection.hasReceived()).isFalse();
				assertThat(late.answer("namespace=corp").revision()).isEqualTo(known);
				late.scheduler().advance(Duration.ofSeconds(1));
				assertThat(connection.read().revision()).isEqualTo(known + 1);
				assertThat(discovered(late)).isOne();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "1", "1500000000000000", "999999999999999999" })
	void revisionOfAnotherRegistryIsUnknown(String since) throws Exception {
		isEverything(this.registry.answer("namespace=corp&since=" + since));
	}

	@Test
	void tooOldRevisionIsUnknown() throws Exception {
		try (WatchedRegistry forgetful = WatchedRegistry.start(new WatchLimits(1, 2), Emulation.NONE)) {
			Namespace corp = forgetful.namespace("corp");
			long created = forgetful.revision();
			for (int i = 0; i < 3; i++) {
				forgetful.service(corp, "service-" + i);
			}
			assertThat(forgetful.answer("namespace=corp&since=" + created).json().get("everything").asBoolean())
				.isTrue();
			assertThat(forgetful.answer("namespace=corp&since=" + (created + 1)).json().get("services")).hasSize(2);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                               | InvalidInput      | names no namespace
			namespace=                       | InvalidInput      | names no namespace
			namespace=corp&namespace=corp    | InvalidInput      | given 2 times
			namespace=corp&since=            | InvalidInput      | parameter since
			namespace=corp&since=-1          | InvalidInput      | is '-1'
			namespace=corp&since=1e3         | InvalidInput      | is '1e3'
			namespace=corp&since=99999999999999999999 | InvalidInput | must be the revision
			namespace=corp&since=1&since=2   | InvalidInput      | given 2 times
			namespace=corp&wait=             | InvalidInput      | parameter wait
			namespace=corp&wait=55           | InvalidInput      | '55'
			namespace=corp&wait=-1s          | InvalidInput      | '-1s'
			namespace=corp&wait=1s&wait=2s   | InvalidInput      | given 2 times
			namespace=%zz                    | InvalidInput      | %zz
			namespace=%                      | InvalidInput      | hexadecimal
			namespace=Corp                   | NamespaceNotFound | 'Corp'
			namespace=a%0d%0aX-Evil:+1       | NamespaceNotFound | There is no namespace
			""")
	void invalidQueriesAreRejected(String query, String type, String message) throws Exception {
		Response refusal = this.registry.answer(query);
		assertThat(refusal.status()).startsWith("HTTP/1.1 400");
		assertThat(refusal.header("Content-Type")).isEqualTo("application/x-amz-json-1.1");
		assertThat(refusal.header("X-Discovery-Revision")).isEqualTo(Long.toString(revision()));
		assertThat(refusal.body()).startsWith("{\"__type\":\"" + type + "\",\"Message\":\"").contains(message);
		assertThat(this.registry.watchers().count()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEAD", "POST", "DELETE" })
	void otherMethodsAreRejected(String method) throws Exception {
		HttpResponse<String> response = this.registry.client()
			.send(HttpRequest.newBuilder(this.registry.uri("/watch?namespace=corp"))
				.method(method, BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(405);
		assertThat(response.headers().firstValue("Allow")).contains("GET");
	}

	@Test
	void namesMayBePercentEncoded() throws Exception {
		String name = "a+b/c;d&e=f%g?h";
		Service service = this.registry.service(this.registry.namespace(name), "worker");
		long known = revision();
		this.registry.register(service, "one");
		for (String written : List.of(URLEncoder.encode(name, StandardCharsets.UTF_8), "a+b/c;d%26e%3Df%25g?h")) {
			hasChanged(this.registry.answer("more=less&since=" + known + "&namespace=" + written), "worker");
		}
	}

	@Test
	void completeRegistryAnswersAndStops() throws Exception {
		try (TestRegistry whole = TestRegistry.start()) {
			String service = whole.createHttpService(whole.createHttpNamespace("corp"), "worker");
			try (RawConnection connection = new RawConnection(whole.server().httpAddress())) {
				long known = connection.send(RawConnection.get("/watch?namespace=corp")).read().revision();
				connection.send(RawConnection.get("/watch?namespace=corp&since=" + known));
				whole.register(service, "one", Map.of());
				Response answer = connection.read();
				assertThat(answer.json().get("services").get(0).asString()).isEqualTo("worker");
				connection.send(RawConnection.get("/watch?namespace=corp&since=" + answer.revision()));
				whole.server().close();
				assertThatExceptionOfType(IOException.class).isThrownBy(connection::read);
			}
		}
	}

	@FunctionalInterface
	private interface Action {

		void run() throws Exception;

	}

}
