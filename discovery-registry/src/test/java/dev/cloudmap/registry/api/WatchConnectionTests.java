package dev.cloudmap.registry.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.api.EventStream.Event;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Watchers that are many, slow, silent or gone.
 */
@Timeout(120)
class WatchConnectionTests {

	private static final Duration LONG = WatchedRegistry.LONG;

	/** Makes events that fill the operating system's buffers soon. */
	private static final String LONG_NAME = "x".repeat(63) + "." + "y".repeat(63);

	private static void awaitCount(WatchedRegistry registry, int count) {
		await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(registry.watchers().count()).isEqualTo(count));
	}

	@Test
	void servesSoManyWatchersAndKeepsTheRestForRequests() throws Exception {
		try (WatchedRegistry registry = WatchedRegistry.start(new WatchLimits(2, 10, LONG))) {
			Service worker = registry.service(registry.namespace("corp"), "worker");
			try (EventStream first = registry.watch("namespace=corp");
					EventStream second = registry.watch("namespace=corp");
					EventStream third = registry.watch("namespace=corp")) {
				assertThat(third.status()).startsWith("HTTP/1.1 503");
				assertThat(third.header("Retry-After")).isEqualTo("5");
				assertThat(third.header("X-Discovery-Revision")).isNotNull();
				assertThat(third.body()).contains("TooManyWatchers", "2 watchers");
				registry.register(worker, "one");
				assertThat(first.next().id()).isEqualTo(second.next().id());
				first.socket().close();
				awaitCount(registry, 1);
				try (EventStream fourth = registry.watch("namespace=corp")) {
					assertThat(fourth.status()).startsWith("HTTP/1.1 200");
					registry.register(worker, "two");
					assertThat(fourth.next().id()).isEqualTo(second.next().id());
				}
			}
			awaitCount(registry, 0);
		}
	}

	@Test
	void forgetsWatchersThatHaveGone() throws Exception {
		try (WatchedRegistry registry = WatchedRegistry.start()) {
			Service worker = registry.service(registry.namespace("corp"), "worker");
			List<EventStream> streams = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				streams.add(registry.watch("namespace=corp"));
			}
			assertThat(registry.watchers().count()).isEqualTo(100);
			for (int i = 0; i < 100; i++) {
				if (i % 2 == 0) {
					// without a farewell
					streams.get(i).socket().setSoLinger(true, 0);
				}
				streams.get(i).close();
				registry.register(worker, "instance-" + i);
			}
			awaitCount(registry, 0);
		}
	}

	@Test
	void commentsSoThatNoStreamIsIdle() throws Exception {
		Duration idle = Duration.ofMillis(500);
		try (WatchedRegistry registry = WatchedRegistry.start(new WatchLimits(2, 10, Duration.ofMillis(100)), idle,
				Emulation.NONE)) {
			Service worker = registry.service(registry.namespace("corp"), "worker");
			try (EventStream stream = registry.watch("namespace=corp")) {
				assertThat(stream.nextBlock().id()).isNotEmpty();
				for (int i = 0; i < 10; i++) {
					Event comment = stream.nextBlock();
					assertThat(comment.comment()).isTrue();
					assertThat(comment.id()).isEmpty();
				}
				registry.register(worker, "one");
				assertThat(stream.next().data()).contains("worker");
			}
		}
	}

	@Test
	void closesAStreamThatSaysNothing() throws Exception {
		try (WatchedRegistry registry = WatchedRegistry.start(new WatchLimits(2, 10, LONG), Duration.ofMillis(500),
				Emulation.NONE)) {
			registry.namespace("corp");
			try (EventStream stream = registry.watch("namespace=corp")) {
				assertThatExceptionOfType(IOException.class).isThrownBy(stream::next);
			}
			awaitCount(registry, 0);
		}
	}

	@Test
	void tellsASlowWatcherTheLatestAndNobodyWaitsForIt() throws Exception {
		int changes = 100_000;
		try (WatchedRegistry registry = WatchedRegistry.start()) {
			Service service = registry.service(registry.namespace("corp"), LONG_NAME);
			Service other = registry.service(registry.state().snapshot().findNamespace(service.namespaceId()), "other");
			try (EventStream slow = registry.watch(4096, "namespace=corp");
					EventStream quick = registry.watch("namespace=corp")) {
				registry.register(other, "one");
				assertThat(quick.next().data()).contains("other");
				Thread reader = new Thread(() -> readAll(quick));
				reader.setDaemon(true);
				reader.start();
				for (int i = 0; i < changes; i++) {
					registry.register(service, "one");
				}
				long last = registry.state().snapshot().revision();
				registry.call("DiscoverInstances", Map.of("NamespaceName", "corp", "ServiceName", "other"));
				int told = 0;
				long revision = 0;
				while (revision < last) {
					Event event = slow.next();
					assertThat(event.revision()).isGreaterThan(revision);
					revision = event.revision();
					told++;
				}
				assertThat(told).isLessThan(changes / 2);
				registry.register(other, "two");
				assertThat(slow.next().data()).contains("other");
			}
		}
	}

	private static void readAll(EventStream stream) {
		try {
			while (true) {
				stream.next();
			}
		}
		catch (IOException ex) {
			// The test has ended.
		}
	}

	@Test
	void closesAWatcherThatTakesNothing() throws Exception {
		try (WatchedRegistry registry = WatchedRegistry.start(new WatchLimits(2, 10, Duration.ofMillis(100)),
				Duration.ofSeconds(2), Emulation.NONE)) {
			Service service = registry.service(registry.namespace("corp"), LONG_NAME);
			try (EventStream stuck = registry.watch(4096, "namespace=corp")) {
				assertThat(stuck.status()).startsWith("HTTP/1.1 200");
				await().atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO).until(() -> {
					for (int i = 0; i < 5000; i++) {
						registry.register(service, "one");
					}
					return registry.watchers().count() == 0;
				});
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "G", "\r\n" })
	void closesAWatcherThatAsksForMore(String more) throws Exception {
		try (WatchedRegistry registry = WatchedRegistry.start()) {
			registry.namespace("corp");
			String request = "GET /watch?namespace=corp HTTP/1.1\r\nHost: localhost\r\n\r\n";
			try (EventStream later = EventStream.open(registry.address(), 0, request)) {
				later.socket().getOutputStream().write(more.getBytes(StandardCharsets.US_ASCII));
				assertThatExceptionOfType(IOException.class).isThrownBy(later::next);
			}
			try (EventStream atOnce = EventStream.open(registry.address(), 0, request + more)) {
				assertThat(atOnce.status()).startsWith("HTTP/1.1 200");
				assertThatExceptionOfType(IOException.class).isThrownBy(atOnce::next);
			}
			awaitCount(registry, 0);
		}
	}

	@Test
	void watchesAfterOtherRequestsOfTheConnection() throws Exception {
		try (WatchedRegistry registry = WatchedRegistry.start()) {
			Service worker = registry.service(registry.namespace("corp"), "worker");
			String requests = "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\nGET http://localhost/watch?namespace=corp HTTP/1.1\r\nHost: localhost\r\n\r\n";
			try (EventStream first = EventStream.open(registry.address(), 0, requests)) {
				assertThat(first.status()).startsWith("HTTP/1.1 405");
				awaitCount(registry, 1);
				registry.register(worker, "one");
				StringBuilder seen = new StringBuilder();
				while (seen.indexOf("{\"service\":\"worker\"}") < 0) {
					seen.append((char) first.socket().getInputStream().read());
				}
			}
		}
	}

	@Test
	void endsTheStreamOfAnOldClientWithItsConnection() throws Exception {
		try (WatchedRegistry registry = WatchedRegistry.start()) {
			Service worker = registry.service(registry.namespace("corp"), "worker");
			try (EventStream stream = EventStream.open(registry.address(), 0,
					"GET /watch?namespace=corp HTTP/1.0\r\nHost: localhost\r\n\r\n")) {
				assertThat(stream.header("Transfer-Encoding")).isNull();
				assertThat(stream.header("Connection")).isEqualTo("close");
				registry.register(worker, "one");
				assertThat(stream.next().data()).isEqualTo("{\"service\":\"worker\"}");
			}
		}
	}

	@Test
	void endsWithTheServer() throws Exception {
		WatchedRegistry registry = WatchedRegistry.start();
		registry.namespace("corp");
		try (EventStream stream = registry.watch("namespace=corp")) {
			assertThat(stream.status()).startsWith("HTTP/1.1 200");
			registry.close();
			assertThatExceptionOfType(IOException.class).isThrownBy(stream::next);
		}
		assertThat(registry.watchers().count()).isZero();
	}

}
