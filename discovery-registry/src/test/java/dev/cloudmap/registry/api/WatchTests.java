package dev.cloudmap.registry.api;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.api.EventStream.Event;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What watchers are told, and when.
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
		return this.registry.state().snapshot().revision();
	}

	private static void isChange(Event event, String service, long revision) {
		assertThat(event.type()).isEqualTo("message");
		assertThat(event.data()).isEqualTo("{\"service\":\"" + service + "\"}");
		assertThat(event.revision()).isEqualTo(revision);
	}

	private static void isReset(Event event, long revision) {
		assertThat(event.type()).isEqualTo("reset");
		assertThat(event.data()).isEqualTo("{}");
		assertThat(event.revision()).isEqualTo(revision);
	}

	@Test
	void beginsWithTheRevisionFromWhichItGoesOn() throws Exception {
		try (EventStream stream = this.registry.watch("namespace=corp")) {
			assertThat(stream.status()).isEqualTo("HTTP/1.1 200 OK");
			assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
			assertThat(stream.header("Cache-Control")).isEqualTo("no-store");
			assertThat(stream.header("Transfer-Encoding")).isEqualTo("chunked");
			assertThat(stream.header("x-amzn-RequestId")).isNotBlank();
			assertThat(stream.revision()).isEqualTo(revision());
			Event opening = stream.nextBlock();
			assertThat(opening.comment()).isTrue();
			assertThat(opening.revision()).isEqualTo(revision());
			assertThat(opening.data()).isEmpty();
		}
	}

	@Test
	void tellsEachKindOfChangeAndNothingElse() throws Exception {
		try (EventStream stream = this.registry.watch("namespace=corp")) {
			register("one");
			isChange(stream.next(), "worker", revision());
			reportHealth("UNHEALTHY");
			isChange(stream.next(), "worker", revision());
			// What changes nothing
			reportHealth("UNHEALTHY");
			// and what changes something elsewhere.
			this.registry.service(this.registry.namespace("elsewhere"), "worker");
			reportHealth("HEALTHY");
			isChange(stream.next(), "worker", revision());
			register("one");
			isChange(stream.next(), "worker", revision());
			this.registry.service(this.namespace, "backend");
			isChange(stream.next(), "backend", revision());
			this.registry.call("DeregisterInstance", Map.of("ServiceId", this.worker.id(), "InstanceId", "one"));
			isChange(stream.next(), "worker", revision());
		}
	}

	@Test
	void tellsOfServicesThatAreUpdatedOrDeleted() throws Exception {
		this.registry.call("CreatePrivateDnsNamespace", Map.of("Name", "dns", "Vpc", "vpc-1"));
		String id = this.registry
			.call("CreateService", Map.of("Name", "Named", "NamespaceId",
					this.registry.state().snapshot().findNamespaceByHttpName("dns").id(), "DnsConfig", records(10)))
			.get("Service")
			.get("Id")
			.asString();
		try (EventStream stream = this.registry.watch("namespace=dns")) {
			this.registry.call("UpdateService",
					Map.of("Id", id, "Service", Map.of("Description", "Other words", "DnsConfig", records(10))));
			this.registry.call("UpdateService", Map.of("Id", id, "Service", Map.of("DnsConfig", records(20))));
			isChange(stream.next(), "Named", revision());
			this.registry.call("DeleteService", Map.of("Id", id));
			isChange(stream.next(), "Named", revision());
		}
	}

	private static Map<String, ?> records(long ttl) {
		return Map.of("DnsRecords", List.of(Map.of("Type", "A", "TTL", ttl)));
	}

	@Test
	void endsWithTheNamespace() throws Exception {
		try (EventStream stream = this.registry.watch("namespace=corp")) {
			this.registry.call("DeleteService", Map.of("Id", this.worker.id()));
			isChange(stream.next(), "worker", revision());
			this.registry.call("DeleteNamespace", Map.of("Id", this.namespace.id()));
			isReset(stream.next(), revision());
			assertThatExceptionOfType(EOFException.class).isThrownBy(stream::next).withMessage("The stream has ended.");
			assertThat(stream.socket().getInputStream().read()).isEqualTo(-1);
		}
		try (EventStream stream = this.registry.watch("namespace=corp")) {
			assertThat(stream.body()).contains("NamespaceNotFound");
		}
	}

	@Test
	void knowsNothingOfANamespaceThatHadTheSameName() throws Exception {
		long before = revision();
		this.registry.call("DeleteService", Map.of("Id", this.worker.id()));
		this.registry.call("DeleteNamespace", Map.of("Id", this.namespace.id()));
		this.registry.namespace("corp");
		try (EventStream stream = this.registry.watch("namespace=corp&since=" + before)) {
			isReset(stream.next(), revision());
		}
	}

	@Test
	void makesOneEventOfABurst() throws Exception {
		register("one");
		Change.InstanceRegistered change = new Change.InstanceRegistered(0,
				this.registry.state().snapshot().service(this.worker.id()).instances().get("one"));
		long first = this.registry.nextRevision();
		try (EventStream stream = this.registry.watch("namespace=corp")) {
			this.registry.tell(IntStream.range(0, 1000)
				.mapToObj((i) -> new Change.InstanceRegistered(first + i, change.instance()))
				.toArray(Change[]::new));
			isChange(stream.next(), "worker", first + 999);
			this.registry.tell(new Change.HealthChanged(first + 1000, change.instance()));
			isChange(stream.next(), "worker", first + 1000);
		}
	}

	@Test
	void tellsNothingBeforeLookUpsSeeIt() throws Exception {
		try (EventStream stream = this.registry.watch("namespace=corp")) {
			for (int i = 0; i < 200; i++) {
				this.registry.register(this.worker, "instance-" + i);
				isChange(stream.next(), "worker", revision());
				assertThat(discovered(this.registry)).isEqualTo(Math.min(i + 1, 100));
			}
		}
	}

	private static int discovered(WatchedRegistry registry) throws Exception {
		return registry.call("DiscoverInstances", Map.of("NamespaceName", "corp", "ServiceName", "worker"))
			.get("Instances")
			.size();
	}

	@Test
	void tellsNoSoonerThanLateLookUpsSeeIt() throws Exception {
		try (WatchedRegistry late = WatchedRegistry.start(WatchLimits.DEFAULT, WatchedRegistry.LONG,
				Emulation.NONE.withConsistencyDelay(Duration.ofSeconds(10)))) {
			late.call("CreateHttpNamespace", Map.of("Name", "corp"));
			late.scheduler().advance(Duration.ofSeconds(10));
			Namespace corp = late.state().snapshot().findNamespaceByHttpName("corp");
			Service service = late.service(corp, "worker");
			late.scheduler().advance(Duration.ofSeconds(10));
			try (EventStream stream = late.watch("namespace=corp")) {
				long seen = stream.revision();
				assertThat(stream.nextBlock().revision()).isEqualTo(seen);
				late.register(service, "one");
				late.scheduler().advance(Duration.ofSeconds(9));
				assertThat(discovered(late)).isZero();
				stream.socket().setSoTimeout(200);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(stream::next);
				stream.socket().setSoTimeout(10_000);
				try (EventStream another = late.watch("namespace=corp")) {
					assertThat(another.revision()).isEqualTo(seen);
				}
				late.scheduler().advance(Duration.ofSeconds(1));
				isChange(stream.next(), "worker", seen + 1);
				assertThat(discovered(late)).isOne();
			}
		}
	}

	@Test
	void goesOnWhereAWatcherLeftOff() throws Exception {
		long known;
		try (EventStream stream = this.registry.watch("namespace=corp")) {
			register("one");
			known = stream.next().revision();
		}
		Service backend = this.registry.service(this.namespace, "backend");
		register("two");
		long latestOfWorker = revision();
		this.registry.register(backend, "one");
		long latestOfBackend = revision();
		try (EventStream stream = this.registry.watch("namespace=corp&since=" + known)) {
			assertThat(stream.revision()).isEqualTo(known);
			assertThat(stream.nextBlock().revision()).isEqualTo(known);
			isChange(stream.next(), "worker", latestOfWorker);
			isChange(stream.next(), "backend", latestOfBackend);
			register("three");
			isChange(stream.next(), "worker", revision());
		}
		try (EventStream stream = this.registry.watch("namespace=corp&since=" + known,
				"Last-Event-ID: " + latestOfWorker)) {
			isChange(stream.next(), "backend", latestOfBackend);
		}
		try (EventStream stream = this.registry.watch("namespace=corp", "Last-Event-ID: " + latestOfBackend)) {
			isChange(stream.next(), "worker", revision());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "1", "1500000000000000", "999999999999999999" })
	void resetsAWatcherThatKnowsAnotherRegistry(String since) throws Exception {
		try (EventStream stream = this.registry.watch("namespace=corp&since=" + since)) {
			assertThat(stream.revision()).isEqualTo(revision());
			// Not even an id comes first.
			isReset(stream.nextBlock(), revision());
			register("one");
			isChange(stream.next(), "worker", revision());
		}
	}

	@Test
	void resetsAWatcherWhenItHasForgottenTooMuch() throws Exception {
		try (WatchedRegistry forgetful = WatchedRegistry.start(new WatchLimits(1, 2, WatchedRegistry.LONG))) {
			Namespace corp = forgetful.namespace("corp");
			long created = forgetful.state().snapshot().revision();
			for (int i = 0; i < 3; i++) {
				forgetful.service(corp, "service-" + i);
			}
			try (EventStream stream = forgetful.watch("namespace=corp&since=" + created)) {
				isReset(stream.next(), created + 3);
			}
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
			namespace=corp&since=99999999999999999999 | InvalidInput | must be a revision
			namespace=corp&since=1&since=2   | InvalidInput      | given 2 times
			namespace=%zz                    | InvalidInput      | %zz
			namespace=%                      | InvalidInput      | hexadecimal
			namespace=Corp                   | NamespaceNotFound | 'Corp'
			namespace=a%0d%0aX-Evil:+1       | NamespaceNotFound | There is no namespace
			""")
	void refusesWhatItCannotWatch(String query, String type, String message) throws Exception {
		try (EventStream refusal = this.registry.watch(query)) {
			assertThat(refusal.status()).startsWith("HTTP/1.1 400");
			assertThat(refusal.header("Content-Type")).isEqualTo("application/x-amz-json-1.1");
			assertThat(refusal.revision()).isEqualTo(revision());
			assertThat(refusal.body()).startsWith("{\"__type\":\"" + type + "\",\"Message\":\"").contains(message);
		}
		assertThat(this.registry.watchers().count()).isZero();
	}

	@Test
	void refusesALastEventIdThatIsNone() throws Exception {
		try (EventStream refusal = this.registry.watch("namespace=corp", "Last-Event-ID: abc")) {
			assertThat(refusal.body()).contains("InvalidInput", "header Last-Event-ID", "'abc'");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEAD", "POST", "DELETE" })
	void refusesOtherMethods(String method) throws Exception {
		HttpResponse<String> response = this.registry.client()
			.send(HttpRequest.newBuilder(this.registry.uri("/watch?namespace=corp"))
				.method(method, BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(405);
		assertThat(response.headers().firstValue("Allow")).contains("GET");
	}

	@Test
	void takesNamesThatAreWrittenInPercents() throws Exception {
		String name = "a+b/c;d&e=f%g?h";
		Service service = this.registry.service(this.registry.namespace(name), "worker");
		for (String written : List.of(URLEncoder.encode(name, StandardCharsets.UTF_8), "a+b/c;d%26e%3Df%25g?h")) {
			try (EventStream stream = this.registry.watch("more=less&namespace=" + written)) {
				this.registry.register(service, "one");
				isChange(stream.next(), "worker", revision());
			}
		}
	}

	@Test
	void isPartOfARegistry() throws Exception {
		try (TestRegistry whole = TestRegistry.start()) {
			String service = whole.createHttpService(whole.createHttpNamespace("corp"), "worker");
			try (EventStream stream = EventStream.open(whole.server().httpAddress(), 0,
					"GET /watch?namespace=corp HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
				whole.register(service, "one", Map.of());
				assertThat(stream.next().data()).isEqualTo("{\"service\":\"worker\"}");
				whole.server().close();
				assertThatExceptionOfType(IOException.class).isThrownBy(stream::next);
			}
		}
	}

	@Test
	void isReadByAnyHttpClient() throws Exception {
		HttpResponse<Stream<String>> response = this.registry.client()
			.send(HttpRequest.newBuilder(this.registry.uri("/watch?namespace=corp"))
				.header("Accept", "text/event-stream")
				.build(), BodyHandlers.ofLines());
		register("one");
		try (Stream<String> lines = response.body()) {
			assertThat(lines.limit(6)).containsExactly(": open", "id: " + (revision() - 1), "", "id: " + revision(),
					"data: {\"service\":\"worker\"}", "");
		}
	}

}
