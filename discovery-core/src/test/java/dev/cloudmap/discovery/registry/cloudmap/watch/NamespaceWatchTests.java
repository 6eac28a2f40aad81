package dev.cloudmap.discovery.registry.cloudmap.watch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.cloudmap.watch.ScriptedWatchServer.Request;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException;
import dev.cloudmap.discovery.registry.watch.BlockingQueryException.Kind;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests watches against a server with scripted answers.
 */
@ExtendWith(OutputCaptureExtension.class)
class NamespaceWatchTests {

	/** The maximum of the first delay after a failure. */
	private static final Duration DELAY = Duration.ofMillis(1100);

	private final ScriptedWatchServer server = new ScriptedWatchServer();

	private final ManualTimer timer = new ManualTimer();

	private final DiscoveryThreads threads = new DiscoveryThreads();

	private final RecordingListener listener = new RecordingListener();

	private NamespaceWatch watch = watch("corp", AnonymousCredentialsProvider.create());

	NamespaceWatchTests() throws IOException {
	}

	@AfterEach
	void stop() throws IOException {
		this.watch.close();
		this.threads.close();
		this.server.close();
	}

	@Test
	void reportsEachAnswer() throws Exception {
		Request request = start();
		assertThat(request.line()).isEqualTo("GET /watch?namespace=corp HTTP/1.1");
		assertThat(request.headers()).doesNotContainIgnoringCase("authorization");
		request.everything(17);
		assertEvents("open", "reset");
		assertThat(this.watch.isLive()).isTrue();
		request = next();
		assertThat(request.line()).isEqualTo("GET /watch?namespace=corp&since=17&wait=55s HTTP/1.1");
		request.changed(19, "worker", "backend");
		assertEvents("open", "reset", "worker", "backend");
		next().changed(20);
		request = next();
		assertThat(request.line()).contains("since=20");
		request.everything(42);
		assertThat(next().line()).contains("since=42");
		assertEvents("open", "reset", "worker", "backend", "reset");
		assertThat(this.server.connections()).isOne();
	}

	@Test
	void continuesAfterABrokenConnectionWithTheLastRevision(CapturedOutput output) throws Exception {
		start().everything(17);
		next().changed(18, "worker");
		next().send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"revision\":19").close();
		assertEvents("open", "reset", "worker", "lost");
		assertThat(this.watch.isLive()).isFalse();
		assertThat(output).contains("does not report changes in namespace corp, which will be tried again");
		Request again = next();
		assertThat(again.line()).contains("namespace=corp&since=18&wait=0s");
		again.changed(30, "missed");
		assertEvents("open", "reset", "worker", "lost", "open", "missed");
	}

	@Test
	void abortsAQueryThatTimesOut() throws Exception {
		start().everything(17);
		Request request = next();
		this.timer.advance(Duration.ofSeconds(60));
		assertEvents("open", "reset", "lost");
		await().until(request::isAborted);
	}

	@Test
	void closingAbortsTheQuery() throws Exception {
		start().everything(17);
		Request request = next();
		assertEvents("open", "reset");
		this.watch.close();
		assertThat(this.watch.isLive()).isFalse();
		await().until(request::isAborted);
		assertThat(this.timer.waiting()).isZero();
		assertEvents("open", "reset");
	}

	@Test
	void closingAbortsTheFirstQuery() throws Exception {
		Request request = start();
		this.watch.close();
		await().until(request::isAborted);
		assertEvents();
	}

	@Test
	void tooLongAnswerIsAFailure(CapturedOutput output) throws Exception {
		Request request = start();
		try {
			request.send("HTTP/1.1 200 OK\r\n\r\n" + " ".repeat(NamespaceQuery.MAX_LENGTH + 1));
		}
		catch (IOException ex) {
			// the client may close the connection early
		}
		await().untilAsserted(() -> assertThat(output).contains("its answer has more than 1048576 bytes"));
		next().everything(17);
		assertEvents("open", "reset");
	}

	@Test
	void logsAFailureOnce(CapturedOutput output) throws Exception {
		Request request = start();
		for (int i = 0; i < 4; i++) {
			request.answer(400, "{\"__type\":\"ThrottlingException\",\"message\":\"256 queries wait\\nalready\"}");
			awaitDelay();
			this.timer.advance(DELAY.multipliedBy(1L << i));
			request = this.server.next();
		}
		assertThat(output.toString().split("it answered with status", -1)).hasSize(2);
		assertThat(output).contains("it answered with status 400: 256 queries wait\n");
		request.everything(17);
		assertEvents("open", "reset");
	}

	@Test
	void unreachableRegistryIsLoggedWithoutAnExceptionName(CapturedOutput output) throws Exception {
		this.server.close();
		this.watch.start();
		awaitDelay();
		assertThat(output).contains("could not be reached: no connection could be opened").doesNotContain("Exception");
	}

	@Test
	void describesFailuresWithoutAMessage() {
		assertThat(NamespaceQuery.describe(new CompletionException(new ConnectException())))
			.isEqualTo("no connection could be opened");
		assertThat(NamespaceQuery.describe(new ClosedChannelException())).isEqualTo("the connection was closed");
		assertThat(NamespaceQuery.describe(new IOException("EOF reached"))).isEqualTo("EOF reached");
		assertThat(NamespaceQuery.describe(new IOException())).isEqualTo("java.io.IOException");
	}

	@Test
	void findsANamespaceThatIsCreatedLater(CapturedOutput output) throws Exception {
		start().answer(400, "{\"__type\":\"NamespaceNotFound\",\"message\":\"There is no namespace\"}");
		awaitDelay();
		// the revision at the time of the failure
		this.watch.registryAnswered(5);
		assertThat(this.watch.isDelayed()).isTrue();
		this.watch.registryAnswered(6);
		this.server.next().answer(404, "");
		awaitDelay();
		assertThat(output.toString().split("There is no namespace", -1)).hasSize(2);
		this.timer.advance(Duration.ofMillis(2200));
		this.server.next().everything(17);
		assertEvents("open", "reset");
	}

	@Test
	void signsWithCredentials() throws Exception {
		this.watch = watch("a&b=c%/+d", StaticCredentialsProvider.create(AwsBasicCredentials.create("me", "secret")));
		Request request = start();
		assertThat(request.line()).isEqualTo("GET /watch?namespace=a%26b%3Dc%25%2F%2Bd HTTP/1.1");
		assertThat(request.headers()).contains("AWS4-HMAC-SHA256 Credential=me/")
			.contains("/us-east-1/servicediscovery/aws4_request")
			.doesNotContain("secret");
	}

	@Test
	void retriesWithoutCredentials(CapturedOutput output) {
		this.watch = watch("corp", () -> {
			throw new IllegalStateException("no credentials anywhere");
		});
		this.watch.start();
		awaitDelay();
		this.timer.advance(DELAY);
		awaitDelay();
		assertThat(output.toString().split("no credentials anywhere", -1)).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"revision\":18}", "{\"revision\":18,\"everything\":null,\"services\":[]}",
			"{\"revision\":18,\"everything\":false}", "{\"revision\":18,\"everything\":false,\"services\":\"worker\"}",
			"{\"revision\":18,\"everything\":false,\"services\":[\"worker\",1]}" })
	void unreadableChangeMeansAnyService(String body) {
		assertThat(read(200, body)).isEqualTo(new ChangedServices(true, List.of()));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			200 | {"revision":"18","everything":true} | REFUSED     | status 200
			200 | {"revision":-1,"everything":true}   | REFUSED     | status 200
			200 | [1]                                 | REFUSED     | status 200
			200 | <html>                              | REFUSED     | status 200
			400 | {"__type":"x","Message":"a"}        | REFUSED     | status 400: a
			400 | null                                | REFUSED     | status 400
			403 | <html>                              | REFUSED     | status 403
			404 | ''                                  | NOT_FOUND   | status 404
			400 | {"__type":"y#NamespaceNotFound"}    | NOT_FOUND   | status 400
			502 | <html>                              | UNREACHABLE | status 502
			""")
	void answerWithoutRevisionIsAFailure(int status, String body, Kind kind, String message) {
		assertThatExceptionOfType(BlockingQueryException.class).isThrownBy(() -> read(status, body))
			.satisfies((failure) -> {
				assertThat(failure.kind()).isEqualTo(kind);
				assertThat(failure.index()).isEqualTo(7);
				assertThat(failure).hasMessageEndingWith(message);
			});
	}

	private static ChangedServices read(int status, String body) {
		return NamespaceQuery
			.read(status, HttpHeaders.of(Map.of("X-Discovery-Revision", List.of("7")), (name, value) -> true), body)
			.result();
	}

	private Request start() throws InterruptedException {
		this.watch.start();
		this.watch.start();
		return this.server.next();
	}

	/**
	 * Waits until the last query has ended, and returns the next one.
	 */
	private Request next() throws InterruptedException {
		await().until(() -> {
			this.timer.advance(Duration.ofMillis(100));
			return this.server.waiting() > 0;
		});
		return this.server.next();
	}

	private NamespaceWatch watch(String namespace, AwsCredentialsProvider credentials) {
		return new NamespaceWatch(new WatchRequest(this.server.endpoint(), "us-east-1", credentials, Namespace::name),
				new Namespace(namespace), this.listener,
				new WatchClient(this.timer, this.threads.lookups(), this.threads.changes()), (closed) -> {
				});
	}

	private void awaitDelay() {
		await().until(this.watch::isDelayed);
	}

	private void assertEvents(String... events) {
		await().untilAsserted(() -> assertThat(this.listener.events).containsExactly(events));
	}

}
