package dev.cloudmap.discovery.lookup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class ReportingInstanceSourceTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final ManualTimer timer = new ManualTimer();

	private final CompletableFuture<InstanceSet> answer = new CompletableFuture<>();

	private final List<String> reports = new ArrayList<>();

	private final LookupListener listener = new LookupListener() {

		@Override
		public void succeeded(InstanceSet set, Duration duration) {
			ReportingInstanceSourceTests.this.reports.add(set.source() + " " + duration);
		}

		@Override
		public void failed(ServiceName service, Throwable failure, Duration duration) {
			ReportingInstanceSourceTests.this.reports.add(service + " " + failure.getMessage() + " " + duration);
			throw new IllegalStateException("a listener that fails");
		}

	};

	private final InstanceSource source = new ReportingInstanceSource((service) -> this.answer, List.of(this.listener),
			this.timer::steady);

	@Test
	void reportsSuccessWithDuration() {
		CompletableFuture<InstanceSet> lookup = this.source.lookup(WORKER).toCompletableFuture();
		this.timer.advance(Duration.ofMillis(20));
		InstanceSet set = new InstanceSet(WORKER, List.of(), "dns");
		this.answer.complete(set);
		assertThat(lookup).isCompletedWithValue(set);
		assertThat(this.reports).containsExactly("dns PT0.02S");
	}

	@Test
	void reportsFailureAndPassesItOn() {
		CompletableFuture<InstanceSet> lookup = this.source.lookup(WORKER).toCompletableFuture();
		this.timer.advance(Duration.ofSeconds(2));
		this.answer.completeExceptionally(new RegistryUnavailableException("away", null));
		assertThat(lookup).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RegistryUnavailableException.class);
		assertThat(this.reports).containsExactly("worker.corp away PT2S");
	}

}
