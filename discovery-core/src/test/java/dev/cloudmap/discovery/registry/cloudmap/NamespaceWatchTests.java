package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.RecordingListener;
import dev.cloudmap.discovery.registry.cloudmap.ScriptedWatchServer.Request;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a watch makes of a server that behaves in every way.
 */
@ExtendWith(OutputCaptureExtension.class)
class NamespaceWatchTests {

	/** Longer than any delay that chance has made longer. */
	private static final Duration LONGEST_DELAY = Duration.ofSeconds(34);

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
	void whatChangesIsToldAsItComes() throws Exception {
		Request request = begin().open("17");
		assertTold("open", "reset");
		assertThat(this.watch.isLive()).isTrue();
		assertThat(request.line()).isEqualTo("GET /watch?namespace=corp HTTP/1.1");
		assertThat(request.headers()).containsIgnoringCase("accept: text/event-stream")
			.doesNotContainIgnoringCase("authorization");
		request.send(": open\nid: 17\n\nid: 18\ndata: {\"serv");
		request.send("ice\":\"worker\"}\r\n");
		assertTold("open", "reset");
		request.send("\r\n");
		assertTold("open", "reset", "worker");
		request
			.send("event: reset\nid: 42\ndata: {}\n\nevent: other\ndata: {}\n\nid: 43\ndata: {\"service\":\"b\"}\n\n");
		assertTold("open", "reset", "worker", "reset", "b");
	}

	@Test
	void anEventThatNobodyUnderstandsMayMeanAnyService() throws Exception {
		begin().open("17")
			.send("data: what?\n\ndata: {\"service\":1}\n\ndata: []\n\n")
			.send("data: null\n\ndata: {\"service\":\"worker\"}\n\n");
		assertTold("open", "reset", "reset", "reset", "reset", "reset", "worker");
	}

	@Test
	void aStreamThatEndsIsGoneOnWithFromTheLastEvent() throws Exception {
		begin().open("17").send("id: 18\ndata: {\"service\":\"worker\"}\n\nid: 19\ndata: {\"service\":\"half").close();
		assertTold("open", "reset", "worker", "lost");
		assertThat(this.watch.isLive()).isFalse();
		this.timer.advance(Duration.ofMillis(1100));
		Request again = this.server.next();
		assertThat(again.line()).contains("namespace=corp").contains("since=18");
		again.open("30").send("event: reset\nid: 30\ndata: {}\n\n");
		assertTold("open", "reset", "worker", "lost", "open", "reset");
	}

	@Test
	void whatNobodyMissedIsNotToldAgain() throws Exception {
		begin().open("17").close();
		assertTold("open", "reset", "lost");
		this.timer.advance(Duration.ofMillis(1100));
		this.server.next().open("17").send(": open\nid: 17\n\nid: 18\ndata: {\"service\":\"worker\"}\n\n");
		assertTold("open", "reset", "lost", "open", "worker");
	}

	@Test
	void aLineWithoutEndEndsTheStream(CapturedOutput output) throws Exception {
		Request request = begin().open("17").send("data: " + "x".repeat(EventStreamDecoder.MAX_LENGTH));
		assertTold("open", "reset", "lost");
		await().until(request::isLeft);
		assertThat(output).contains("it sent a line of more than 8192 bytes");
		this.timer.advance(Duration.ofMillis(1100));
		this.server.next().open("17");
		assertTold("open", "reset", "lost", "open");
	}

	@Test
	void aStreamThatFallsSilentIsGivenUp(CapturedOutput output) throws Exception {
		Request request = begin().open("17");
		assertTold("open", "reset");
		this.timer.advance(Duration.ofSeconds(30));
		request.send(": comment\n\nid: 18\ndata: {\"service\":\"worker\"}\n\n");
		assertTold("open", "reset", "worker");
		this.timer.advance(NamespaceWatch.SILENCE.minusMillis(1));
		assertThat(this.watch.isLive()).isTrue();
		this.timer.advance(Duration.ofMillis(1));
		assertTold("open", "reset", "worker", "lost");
		await().until(request::isLeft);
		assertThat(output).contains("nothing was heard of it for 45 s");
		this.timer.advance(Duration.ofMillis(1100));
		assertThat(this.server.next().line()).contains("since=18");
	}

	@Test
	void aClockThatIsSetBackHidesNoSilence() throws Exception {
		Request request = begin().open("17");
		assertTold("open", "reset");
		this.timer.setClock(Duration.ofHours(-1));
		this.timer.advance(Duration.ofSeconds(40));
		assertThat(this.watch.isLive()).isTrue();
		this.timer.advance(NamespaceWatch.SILENCE.multipliedBy(2));
		assertTold("open", "reset", "lost");
		await().until(request::isLeft);
	}

	@Test
	void aRefusalOfWhichNothingCanBeReadIsOneToo(CapturedOutput output) throws Exception {
		begin().send("HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\nnull");
		awaitSetback();
		assertThat(output).contains("it answered with status 400");
	}

	@Test
	void aRegistryThatDoesNotAnswerIsAskedAgain(CapturedOutput output) throws Exception {
		begin();
		this.timer.advance(NamespaceWatch.ANSWER_TIMEOUT);
		assertThat(output).contains("nothing was heard of it for 5 s");
		this.timer.advance(Duration.ofMillis(1100));
		this.server.next().open("17");
		assertTold("open", "reset");
	}

	@Test
	void aNamespaceThatDoesNotExistYetIsAskedForAgainSoon(CapturedOutput output) throws Exception {
		Request first = begin();
		for (int i = 0; i < 5; i++) {
			first.refuse(400, "{\"__type\":\"NamespaceNotFound\",\"message\":\"There is no namespace\"}");
			awaitSetback();
			this.timer.advance(Duration.ofMillis(2200));
			first = this.server.next();
		}
		first.refuse(404, "");
		assertThat(output.toString().split("There is no namespace", -1)).hasSize(2);
		awaitSetback();
		this.timer.advance(Duration.ofMillis(2200));
		this.server.next().open("17");
		assertTold("open", "reset");
	}

	@Test
	void anotherAnswerOfTheRegistryEndsTheWaitingForANamespace() throws Exception {
		begin().refuse(404, "");
		awaitSetback();
		// as when the namespace was refused: it can't be there
		this.watch.answered(5);
		assertThat(this.server.waiting()).isZero();
		this.watch.answered(6);
		this.server.next().open("6");
		assertTold("open", "reset");
	}

	@Test
	void anotherAnswerOfTheRegistryShowsThatItIsThereAgain() throws Exception {
		this.server.close();
		this.watch.begin();
		awaitSetback();
		this.watch.answered(6);
		// just now it was not there
		assertThat(this.watch.isWaiting()).isTrue();
		for (int i = 0; i < 6; i++) {
			awaitSetback();
			this.timer.advance(LONGEST_DELAY);
		}
		awaitSetback();
		this.timer.advance(NamespaceWatch.REST);
		int tasks = this.timer.waiting();
		this.watch.answered(7);
		// the new attempt's time limit
		assertThat(this.timer.waiting()).isGreaterThan(tasks);
	}

	@Test
	void aRefusalIsToldOnceAndAskedAgainWithPatience(CapturedOutput output) throws Exception {
		Request request = begin();
		Duration waited = Duration.ZERO;
		for (int i = 0; i < 4; i++) {
			request.refuse(503, "{\"__type\":\"TooManyWatchers\",\"message\":\"There are 256 watchers\\nalready\"}");
			awaitSetback();
			this.timer.advance(NamespaceWatch.REST.minusMillis(200));
			this.watch.answered(99);
			assertThat(this.server.waiting()).isZero();
			waited = Duration.ofSeconds(1L << i).multipliedBy(11).dividedBy(10);
			this.timer.advance(waited);
			request = this.server.next();
		}
		request.refuse(403, "<html>");
		awaitSetback();
		assertThat(output.toString().split("it answered with status", -1)).hasSize(2);
		assertThat(output).contains("it answered with status 503: There are 256 watchers\n");
		this.timer.advance(Duration.ofSeconds(18));
		this.server.next().open("17");
		assertTold("open", "reset");
	}

	@Test
	void anAnswerThatIsNoStreamIsARefusal(CapturedOutput output) throws Exception {
		begin().send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + "x".repeat(10_000));
		awaitSetback();
		assertThat(output).contains("it answered with status 200");
		this.timer.advance(Duration.ofMillis(1100));
		this.server.next().open("17");
		assertTold("open", "reset");
	}

	@Test
	void closingEndsTheStreamAtOnceAndIsNotToldOf() throws Exception {
		Request request = begin().open("17");
		assertTold("open", "reset");
		this.watch.close();
		assertThat(this.watch.isLive()).isFalse();
		await().until(request::isLeft);
		this.watch.answered(18);
		this.timer.advance(Duration.ofHours(1));
		assertThat(this.server.waiting()).isZero();
		assertThat(this.timer.waiting()).isZero();
		assertTold("open", "reset");
	}

	@Test
	void closingEndsARequestThatIsNotAnswered() throws Exception {
		Request request = begin();
		this.watch.close();
		await().until(request::isLeft);
		assertTold();
	}

	@Test
	void aListenerThatFailsLosesNothing(CapturedOutput output) throws Exception {
		Request request = begin().open("17");
		assertTold("open", "reset");
		this.listener.failure = new IllegalStateException("sorry");
		request.send("id: 18\ndata: {\"service\":\"a\"}\n\n");
		await().until(() -> output.toString().contains("sorry"));
		this.listener.failure = null;
		request.send("id: 19\ndata: {\"service\":\"b\"}\n\n");
		assertTold("open", "reset", "b");
	}

	@Test
	void whoHasCredentialsSigns() throws Exception {
		this.watch = watch("a&b=c%/+d", StaticCredentialsProvider.create(AwsBasicCredentials.create("me", "secret")));
		Request request = begin();
		assertThat(request.line()).isEqualTo("GET /watch?namespace=a%26b%3Dc%25%2F%2Bd HTTP/1.1");
		assertThat(request.headers()).contains("AWS4-HMAC-SHA256 Credential=me/")
			.contains("/us-east-1/servicediscovery/aws4_request")
			.doesNotContain("secret");
	}

	@Test
	void missingCredentialsAreToldOnceAndLookedForAgain(CapturedOutput output) {
		this.watch = watch("corp", () -> {
			throw new IllegalStateException("no credentials anywhere");
		});
		this.watch.begin();
		awaitSetback();
		this.timer.advance(LONGEST_DELAY);
		awaitSetback();
		assertThat(output.toString().split("no credentials anywhere", -1)).hasSize(2);
	}

	private Request begin() throws InterruptedException {
		this.watch.begin();
		this.watch.begin();
		return this.server.next();
	}

	private NamespaceWatch watch(String namespace, AwsCredentialsProvider credentials) {
		return new NamespaceWatch(new WatchRequest(this.server.endpoint(), "us-east-1", credentials),
				new Namespace(namespace), this.listener,
				new WatchClient(this.timer, this.threads.lookups(), this.threads.changes()), (closed) -> {
				});
	}

	private void awaitSetback() {
		await().until(this.watch::isWaiting);
	}

	private void assertTold(String... told) {
		await().untilAsserted(() -> assertThat(this.listener.told).containsExactly(told));
	}

}
