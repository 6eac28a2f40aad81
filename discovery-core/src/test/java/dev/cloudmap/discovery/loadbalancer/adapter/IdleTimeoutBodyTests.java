package dev.cloudmap.discovery.loadbalancer.adapter;

import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.call.CallSettings;
import dev.cloudmap.discovery.loadbalancer.call.CallTimeouts;
import dev.cloudmap.discovery.loadbalancer.call.Calls;
import dev.cloudmap.discovery.loadbalancer.call.RetryPolicy;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class IdleTimeoutBodyTests {

	private static final Duration IDLE = Duration.ofMillis(100);

	private static final Duration LIMIT = Duration.ofSeconds(20);

	@Test
	void stalledBodyFailsAndIsCancelled() {
		AtomicBoolean cancelled = new AtomicBoolean();
		Flux<DataBuffer> body = buffers("a").concatWith(Flux.never()).doOnCancel(() -> cancelled.set(true));
		assertThatThrownBy(() -> limited(body).collectList().block(LIMIT))
			.satisfies((failure) -> assertThat(Exceptions.unwrap(failure)).isInstanceOf(HttpTimeoutException.class)
				.hasMessageContaining("GET to worker.corp")
				.hasMessageContaining("discovery.load-balancer.timeout.idle"));
		assertThat(cancelled).isTrue();
	}

	@Test
	void slowReaderCausesNoTimeout() {
		List<String> read = limited(buffers("a", "b", "c"))
			.concatMap((buffer) -> Mono.delay(IDLE.multipliedBy(3)).thenReturn(buffer.toString(StandardCharsets.UTF_8)),
					1)
			.collectList()
			.block(LIMIT);
		assertThat(read).containsExactly("a", "b", "c");
	}

	@Test
	void slowReaderReceivesTimeoutOfStalledBody() {
		assertThatThrownBy(() -> limited(buffers("a", "b").concatWith(Flux.never()))
			.concatMap((buffer) -> Mono.delay(IDLE.multipliedBy(3)), 1)
			.blockLast(LIMIT))
			.satisfies((failure) -> assertThat(Exceptions.unwrap(failure)).isInstanceOf(HttpTimeoutException.class));
	}

	@Test
	void eachBufferResetsTheTimeout() {
		Flux<DataBuffer> body = Flux.interval(IDLE.dividedBy(2)).take(6).map((tick) -> buffer("a"));
		assertThat(limited(body).count().block(LIMIT)).isEqualTo(6);
	}

	@Test
	void propagatesFailureAndCancellation() {
		assertThatThrownBy(() -> limited(Flux.error(new IllegalStateException("broken"))).blockLast(LIMIT))
			.hasMessage("broken");
		Sinks.Many<DataBuffer> source = Sinks.many().unicast().onBackpressureBuffer();
		AtomicBoolean cancelled = new AtomicBoolean();
		limited(source.asFlux().doOnCancel(() -> cancelled.set(true))).subscribe().dispose();
		assertThat(cancelled).isTrue();
	}

	private static Flux<DataBuffer> limited(Flux<DataBuffer> body) {
		CallSettings settings = new CallSettings(new CallTimeouts(null, null, IDLE), RetryPolicy.NEVER);
		Calls calls = new Calls(
				TestCatalog.of(
						(service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(), "test")),
						new ManualTimer()),
				TestOtherClients.NONE, (service) -> settings, CallListener.NONE, System::nanoTime, null);
		return new IdleTimeoutBody(body, calls.begin("worker", "GET"), IDLE);
	}

	private static Flux<DataBuffer> buffers(String... contents) {
		return Flux.just(contents).map(IdleTimeoutBodyTests::buffer);
	}

	private static DataBuffer buffer(String content) {
		return DefaultDataBufferFactory.sharedInstance.wrap(content.getBytes(StandardCharsets.UTF_8));
	}

}
