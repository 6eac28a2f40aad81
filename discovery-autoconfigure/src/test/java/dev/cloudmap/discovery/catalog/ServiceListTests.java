package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class ServiceListTests {

	private final FakeRegistry registry = new FakeRegistry();

	private final ManualTimer timer = new ManualTimer();

	private final ServiceList list = new ServiceList(new Namespace("corp"), this.registry, Runnable::run, this.timer,
			Duration.ofSeconds(2), Duration.ofSeconds(30));

	@Test
	void aStormOfHealthChecksCostsOneCall() {
		this.registry.services = Set.of("worker", "backend");
		for (int i = 0; i < 1000; i++) {
			assertThat(this.list.names().join()).containsExactly("backend", "worker");
		}
		assertThat(this.registry.calls).containsExactly("services corp");
	}

	@Test
	void aStormOfHealthChecksFromManyThreadsCostsOneCall() {
		this.registry.services = Set.of("worker");
		assertThat(IntStream.range(0, 10_000).parallel().mapToObj((i) -> this.list.names().join()).distinct())
			.containsExactly(List.of("worker"));
		assertThat(this.registry.calls).hasSize(1);
	}

	@Test
	void isFetchedAgainAfterAWhileAndKeptWhenThatFails() {
		this.registry.services = Set.of("worker");
		this.list.names();
		this.timer.advance(Duration.ofSeconds(31));
		this.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.list.names().join()).containsExactly("worker");
		this.registry.failure = null;
		this.registry.services = Set.of("other");
		this.timer.advance(Duration.ofSeconds(31));
		this.list.names();
		assertThat(this.list.names().join()).containsExactly("other");
		assertThat(this.registry.calls).hasSize(3);
	}

	@Test
	void anExecutorThatTakesNoMoreIsAFailureLikeAnother() {
		AtomicBoolean full = new AtomicBoolean(true);
		ServiceList list = new ServiceList(new Namespace("corp"), this.registry, (task) -> {
			if (full.get()) {
				throw new RejectedExecutionException("full");
			}
			task.run();
		}, this.timer, Duration.ofSeconds(2), Duration.ofSeconds(30));
		assertThat(list.names()).isCompletedExceptionally();
		assertThat(list.names()).isCompletedExceptionally();
		full.set(false);
		this.registry.services = Set.of("worker");
		this.timer.advance(Duration.ofSeconds(31));
		assertThat(list.names()).isCompletedWithValue(List.of("worker"));
	}

	@Test
	void aClockThatIsSetBackStopsNothing() {
		this.registry.services = Set.of("worker");
		this.list.names();
		this.timer.setClock(Duration.ofHours(-1));
		this.registry.services = Set.of("other");
		this.list.names();
		assertThat(this.list.names().join()).containsExactly("other");
		assertThat(this.registry.calls).hasSize(2);
	}

	@Test
	void whatCouldNotBeFetchedIsAskedForAgainSoonAndWithPatience() {
		this.registry.failure = new RegistryUnavailableException("away", null);
		for (int i = 0; i < 1000; i++) {
			assertThat(this.list.names()).isCompletedExceptionally();
		}
		assertThat(this.registry.calls).hasSize(1);
		for (int second = 0; second < 600; second++) {
			this.timer.advance(Duration.ofSeconds(1));
			assertThat(this.list.names()).isCompletedExceptionally();
		}
		// after 1, 2, 4, 8, 16 seconds, then every half minute
		assertThat(this.registry.calls).hasSizeBetween(22, 28);
		this.registry.failure = null;
		this.registry.services = Set.of("worker");
		this.timer.advance(Duration.ofSeconds(34));
		assertThat(this.list.names()).isCompletedWithValue(List.of("worker"));
	}

	@Test
	void aFirstFailureIsTold() {
		this.registry.failure = new RegistryUnavailableException("away", null);
		assertThat(this.list.names()).isCompletedExceptionally();
		this.registry.failure = null;
		this.registry.services = Set.of("worker");
		this.timer.advance(Duration.ofSeconds(31));
		assertThat(this.list.names().join()).containsExactly("worker");
	}

}
