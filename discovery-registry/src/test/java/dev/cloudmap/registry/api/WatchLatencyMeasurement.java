package dev.cloudmap.registry.api;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.registry.TestRegistry;
import dev.cloudmap.registry.state.model.Service;

/**
 * How long it takes from a registration to the event at the watchers. It asserts nothing
 * and so is no test: run it with
 * {@code -Dtest=WatchLatencyMeasurement -Dwatch.measure=true}.
 */
@EnabledIfSystemProperty(named = "watch.measure", matches = "true")
class WatchLatencyMeasurement {

	private static final int WARM_UP = 3000;

	private static final int REGISTRATIONS = 3000;

	@ParameterizedTest
	@ValueSource(ints = { 1, 100 })
	void measure(int watchers) throws Exception {
		try (WatchedRegistry registry = WatchedRegistry.start(); Selector selector = Selector.open()) {
			Service service = registry.service(registry.namespace("corp"), "worker");
			HttpRequest request = TestRegistry.request(registry.uri("/"), "RegisterInstance",
					"{\"ServiceId\":\"" + service.id() + "\",\"InstanceId\":\"one\",\"Attributes\":{}}");
			for (int i = 0; i < watchers; i++) {
				watch(selector, registry.address());
			}
			List<Long> sinceRequest = new ArrayList<>();
			List<Long> sinceAnswer = new ArrayList<>();
			for (int i = 0; i < WARM_UP + REGISTRATIONS; i++) {
				ConcurrentLinkedQueue<Long> arrivals = new ConcurrentLinkedQueue<>();
				CountDownLatch arrived = new CountDownLatch(1);
				Thread reader = new Thread(() -> readAll(selector, watchers, arrivals, arrived));
				reader.start();
				long asked = System.nanoTime();
				registry.client().send(request, BodyHandlers.discarding());
				long answered = System.nanoTime();
				arrived.await();
				reader.join();
				if (i >= WARM_UP) {
					arrivals.forEach((time) -> sinceRequest.add(time - asked));
					arrivals.forEach((time) -> sinceAnswer.add(time - answered));
				}
			}
			report(watchers, "request sent", sinceRequest);
			report(watchers, "answer received", sinceAnswer);
		}
	}

	private static void watch(Selector selector, InetSocketAddress address) throws IOException {
		SocketChannel channel = SocketChannel.open(address);
		channel.write(ByteBuffer
			.wrap("GET /watch?namespace=corp HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
		String read = "";
		ByteBuffer buffer = ByteBuffer.allocate(4096);
		while (!read.contains("\n\n")) {
			channel.read(buffer);
			read = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
		}
		channel.configureBlocking(false);
		channel.register(selector, SelectionKey.OP_READ);
	}

	/**
	 * One thread for all watchers, so that not the clients' threads are measured.
	 */
	private static void readAll(Selector selector, int watchers, ConcurrentLinkedQueue<Long> arrivals,
			CountDownLatch arrived) {
		ByteBuffer buffer = ByteBuffer.allocate(4096);
		try {
			while (arrivals.size() < watchers) {
				selector.select();
				for (SelectionKey key : selector.selectedKeys()) {
					((SocketChannel) key.channel()).read(buffer.clear());
					if (new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII).contains("data:")) {
						arrivals.add(System.nanoTime());
					}
				}
				selector.selectedKeys().clear();
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		arrived.countDown();
	}

	private static void report(int watchers, String from, List<Long> nanos) {
		long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
		System.out.printf("%d watchers, from %s to event: median %.0f us, p99 %.0f us, max %.0f us (%d events)%n",
				watchers, from, sorted[sorted.length / 2] / 1000.0, sorted[sorted.length * 99 / 100] / 1000.0,
				Arrays.stream(sorted).max().orElse(0) / 1000.0, sorted.length);
	}

}
