package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the probes of an instance that was ejected.
 */
class ProbedInstanceTests {

	private final List<CompletableFuture<Boolean>> probes = new ArrayList<>();

	private final TestStatistics balancing = new TestStatistics();

	private final List<ServiceInstance> instances = TestStatistics.instances(4);

	private final ServiceStatistics worker;

	private final Candidate candidate;

	ProbedInstanceTests() {
		this.balancing.prober = (host, port) -> {
			assertThat(host).isEqualTo(this.instances.get(0).getHost());
			assertThat(port).isEqualTo(this.instances.get(0).getPort());
			this.probes.add(new CompletableFuture<>());
			return this.probes.get(this.probes.size() - 1);
		};
		this.worker = this.balancing.worker();
		this.worker.instances(this.instances);
		this.candidate = Candidate.of(this.instances.get(0), this.worker);
	}

	@Test
	void deadInstanceIsProbedUntilItAcceptsAConnection() {
		eject();
		assertThat(tryAgain()).isFalse();
		assertThat(this.probes).isEmpty();
		this.balancing.advance(Duration.ofSeconds(1));
		assertThat(tryAgain()).isFalse();
		assertThat(tryAgain()).isFalse();
		assertThat(this.probes).hasSize(1);
		this.probes.get(0).complete(false);
		assertThat(tryAgain()).isFalse();
		assertThat(this.worker.reports(this.instances)).hasSize(1);
		this.balancing.advance(Duration.ofMillis(500));
		assertThat(tryAgain()).isFalse();
		assertThat(this.probes).hasSize(2);
		assertThat(this.worker.reports(this.instances)).hasSize(1);
		this.probes.get(1).complete(true);
		assertThat(this.worker.reports(this.instances)).isEmpty();
		assertThat(tryAgain()).isTrue();
		call(CallOutcome.ANSWERED);
		assertThat(this.worker.reports()).isEmpty();
	}

	@Test
	void removedInstanceIsNotProbed() {
		eject();
		this.balancing.advance(Duration.ofSeconds(1));
		tryAgain();
		this.worker.instances(this.instances.subList(1, 4));
		this.probes.get(0).complete(false);
		this.balancing.advance(Duration.ofMinutes(10));
		assertThat(tryAgain()).isFalse();
		assertThat(this.probes).hasSize(1);
	}

	@Test
	void instanceWithErrorsIsNotProbed() {
		for (int i = 0; i < 5; i++) {
			call(CallOutcome.SERVER_ERROR);
		}
		this.balancing.advance(Duration.ofSeconds(1));
		assertThat(tryAgain()).isTrue();
		assertThat(this.probes).isEmpty();
	}

	private void eject() {
		call(CallOutcome.NOT_CONNECTED);
		call(CallOutcome.NOT_CONNECTED);
	}

	private void call(CallOutcome outcome) {
		long now = this.balancing.now();
		this.worker.begin(this.candidate, now);
		this.worker.end(this.candidate, outcome, now, now);
	}

	private boolean tryAgain() {
		return this.worker.tryAgain(InstanceKey.of(this.instances.get(0)), this.balancing.now());
	}

}
