package dev.cloudmap.discovery.lookup;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class ApiInstanceSourceTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final FakeRegistry registry = new FakeRegistry();

	private final ManualTimer timer = new ManualTimer();

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final ApiInstanceSource source = new ApiInstanceSource(this.registry, (service) -> LookupFilter.NONE,
			this.tasks::add, this.timer, Duration.ofSeconds(2));

	@Test
	void dropsExpiredCallsWhenTheRegistryRecovers() {
		CompletableFuture<InstanceSet> late = lookup();
		this.timer.advance(Duration.ofMillis(2001));
		CompletableFuture<InstanceSet> inTime = lookup();
		this.tasks.forEach(Runnable::run);
		assertThat(this.registry.calls).containsExactly("discover worker.corp");
		assertThat(inTime).isCompleted();
		assertThat(late).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(RegistryUnavailableException.class)
			.withMessageContaining("worker.corp");
	}

	private CompletableFuture<InstanceSet> lookup() {
		return this.source.lookup(WORKER).toCompletableFuture();
	}

}
