package dev.cloudmap.benchmarks.scenario.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.cloudmap.benchmarks.scenario.Fleet;

import static org.assertj.core.api.Assertions.assertThat;

class LoadTests {

	/**
	 * The JDK's HTTP client rounds the remaining time of a timeout down to whole
	 * milliseconds.
	 */
	private static final Duration TIMER_RESOLUTION = Duration.ofMillis(1);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final AtomicInteger received = new AtomicInteger();

	private HttpServer server;

	@AfterEach
	void stop() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	@Test
	void recordsAnswersAndFailures() throws Exception {
		serve((exchange) -> {
			byte[] body = "Hello (instance one)".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders((this.received.incrementAndGet() % 2 == 0) ? 200 : 500, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		Requests requests = load(Duration.ofSeconds(30), 20);
		assertThat(requests.count()).isEqualTo(this.received.get());
		assertThat(requests.answeredBy("one").all()).hasSize(requests.count() / 2).noneMatch(Request::isFailed);
		assertThat(requests.failed().all()).hasSize((requests.count() + 1) / 2)
			.allSatisfy((request) -> assertThat(request.failure()).startsWith("500 Hello"));
	}

	@Test
	void keepsItsRateWhileRequestsArePending() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		serve((exchange) -> {
			this.received.incrementAndGet();
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				exchange.close();
			}
		});
		Duration timeout = Duration.ofMillis(500);
		Requests requests = load(timeout, 50);
		end.countDown();
		assertThat(requests.all()).allSatisfy((request) -> {
			assertThat(request.failure()).contains("Timeout");
			assertThat(request.latency()).isGreaterThan(timeout.minus(TIMER_RESOLUTION));
		});
		assertThat(requests.all().stream().map(Request::start).sorted().limit(3)).containsExactly(Duration.ZERO,
				Duration.ofMillis(10), Duration.ofMillis(20));
	}

	private void serve(HttpHandler handler) throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", handler);
		this.server.start();
	}

	/**
	 * Runs a load of a hundred requests per second until the server has received the
	 * given number.
	 */
	private Requests load(Duration timeout, int count) {
		URI target = URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + "/");
		try (Load load = Load.start(new LoadSettings(target, 100, timeout, Pattern.compile("instance (\\w+)")))) {
			Fleet.await(count + " requests", () -> this.received.get() >= count);
			return load.stop();
		}
	}

}
