package dev.cloudmap.discovery.registry.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the start of an application if another program uses the port of the embedded
 * registry and does not answer at once.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class EmbeddedRegistryStartTests {

	private static final Namespace CORP = new Namespace("corp");

	/** The background tasks of the start. */
	private final Queue<Runnable> background = new ArrayDeque<>();

	private final List<FakeRegistry> connected = new CopyOnWriteArrayList<>();

	private ServerSocket server;

	private EmbeddedRegistry registry;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
		this.registry = new EmbeddedRegistry(new HostOrJoin(this.server.getLocalPort(), 0, null, false),
				new CallMeter(() -> false), (membership) -> {
					FakeRegistry created = new FakeRegistry();
					this.connected.add(created);
					return created;
				}, this.background::add);
	}

	@AfterEach
	void close() throws IOException {
		this.server.close();
		this.registry.stop();
	}

	@Test
	void doesNotWaitForASilentServer(CapturedOutput output) {
		this.registry.start();
		assertThat(this.registry.isRunning()).isTrue();
		assertThat(this.background).hasSize(1);
		assertThat(output).doesNotContain("is in use");
		this.background.remove().run();
		assertThat(output).containsOnlyOnce("is in use").contains("there was no answer within 2000 ms");
	}

	@Test
	void joinsARegistryThatAnswersLater(CapturedOutput output) {
		this.registry.start();
		assertThat(this.registry.info().role()).isNull();
		answerAsRegistry();
		this.background.remove().run();
		assertThat(this.registry.info().role()).isEqualTo("member");
		assertThat(output).containsOnlyOnce("Joined the embedded registry").doesNotContain("is in use");
	}

	@Test
	void lookupsDoNotDependOnTheBackground() {
		this.registry.start();
		answerAsRegistry();
		this.registry.services(CORP);
		assertThat(this.registry.info().role()).isEqualTo("member");
		this.background.remove().run();
		assertThat(this.connected).hasSize(1);
	}

	@Test
	void hostsOnceThePortIsFree() throws IOException {
		this.registry.start();
		this.server.close();
		this.background.remove().run();
		assertThat(this.registry.info().role()).isEqualTo("host");
	}

	@Test
	void stopBeforeTheBackgroundTaskCancelsIt(CapturedOutput output) throws IOException {
		this.registry.start();
		this.registry.stop();
		this.server.close();
		this.background.remove().run();
		assertThat(this.connected).isEmpty();
		assertThat(this.registry.info().role()).isNull();
		assertThat(output).doesNotContain("embedded registry at").doesNotContain("is in use");
	}

	@Test
	void stopDuringTheBackgroundTaskCancelsIt(CapturedOutput output) throws Exception {
		this.registry.start();
		CompletableFuture<Void> deciding = CompletableFuture.runAsync(this.background.remove());
		Socket pending = this.server.accept();
		this.registry.stop();
		pending.close();
		deciding.join();
		assertThat(this.connected).isEmpty();
		assertThat(output).doesNotContain("is in use").doesNotContain("Hosting");
	}

	@Test
	void reportsAnotherServerOnce(CapturedOutput output) {
		answer("220 mail.example ESMTP\r\n");
		this.registry.start();
		this.background.forEach(Runnable::run);
		assertThat(output).containsOnlyOnce("cannot be used by the embedded registry");
	}

	private void answerAsRegistry() {
		String identity = "{\"registry\":\"discovery-registry\",\"dns\":\"127.0.0.1:53\"}";
		answer("HTTP/1.1 200 OK\r\nContent-Length: " + identity.length() + "\r\n\r\n" + identity);
	}

	private void answer(String answer) {
		ScriptedServer.on(this.server, (connection) -> {
			connection.readRequest();
			connection.send(answer);
		});
	}

}
