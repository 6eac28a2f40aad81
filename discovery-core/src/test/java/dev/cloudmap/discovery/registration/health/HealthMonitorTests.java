package dev.cloudmap.discovery.registration.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registration.health.HealthMonitorSettings.SlowCheck;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HealthMonitorTests {

	private static final ReportedHealth BROKEN = ReportedHealth.unhealthy("broken");

	private final ManualTimer timer = new ManualTimer();

	private final List<ReportedHealth> believed = new ArrayList<>();

	private final List<Runnable> waiting = new ArrayList<>();

	private Executor executor = Runnable::run;

	private ReportedHealth found = ReportedHealth.HEALTHY;

	private int checks;

	private final HealthMonitor monitor = new HealthMonitor(() -> {
		this.checks++;
		return this.found;
	}, new HealthMonitorSettings(Duration.ofSeconds(5), 2, 3, SlowCheck.FAILS), (task) -> this.executor.execute(task),
			this.timer, this.believed::add);

	@Test
	void checksEveryInterval() {
		CompletableFuture<Void> first = this.monitor.start();
		assertThat(first).isNotDone();
		this.timer.advance(Duration.ZERO);
		assertThat(first).isCompleted();
		this.timer.advance(Duration.ofSeconds(15));
		assertThat(this.checks).isEqualTo(4);
		assertThat(this.believed).containsOnly(ReportedHealth.HEALTHY);
	}

	@Test
	void firstCheckSetsTheHealth() {
		this.found = BROKEN;
		this.monitor.start();
		this.timer.advance(Duration.ZERO);
		assertThat(this.believed).containsExactly(BROKEN);
	}

	@Test
	void changesHealthAfterConsecutiveFastChecks() {
		start();
		this.found = BROKEN;
		this.timer.advance(Duration.ofSeconds(5));
		assertThat(this.believed).isEmpty();
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(this.believed).containsExactly(BROKEN);
		this.found = ReportedHealth.HEALTHY;
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(this.believed).doesNotContain(ReportedHealth.HEALTHY);
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(this.believed).endsWith(ReportedHealth.HEALTHY);
	}

	@Test
	void flappingChangesNothing() {
		start();
		for (int i = 0; i < 10; i++) {
			this.found = BROKEN;
			this.timer.advance(Duration.ofSeconds(5));
			this.found = ReportedHealth.HEALTHY;
			this.timer.advance(Duration.ofSeconds(1));
		}
		assertThat(this.believed).doesNotContain(BROKEN);
	}

	@Test
	void hangingCheckFailsAndIsNotRepeated() {
		start();
		this.executor = this.waiting::add;
		this.timer.advance(Duration.ofSeconds(20));
		assertThat(this.waiting).hasSize(1);
		assertThat(this.believed).last().satisfies((health) -> {
			assertThat(health.isHealthy()).isFalse();
			assertThat(health.reason()).contains("5000 ms").contains("discovery.registration.health.interval");
		});
		this.executor = Runnable::run;
		this.waiting.get(0).run();
		this.timer.advance(Duration.ofSeconds(10));
		assertThat(this.believed).endsWith(ReportedHealth.HEALTHY);
	}

	@Test
	void hangingFirstCheckDoesNotDelayTheStart() {
		this.executor = this.waiting::add;
		CompletableFuture<Void> first = this.monitor.start();
		this.timer.advance(Duration.ofSeconds(5));
		assertThat(first).isCompleted();
		assertThat(this.believed).singleElement().satisfies((health) -> assertThat(health.isHealthy()).isFalse());
	}

	@Nested
	class IfASlowCheckKeepsTheLastHealth {

		private final HealthMonitor keeping = new HealthMonitor(() -> HealthMonitorTests.this.found,
				new HealthMonitorSettings(Duration.ofSeconds(5), 2, 2, SlowCheck.KEEPS_LAST_HEALTH),
				(task) -> HealthMonitorTests.this.executor.execute(task), HealthMonitorTests.this.timer,
				HealthMonitorTests.this.believed::add);

		@Test
		void hangingCheckKeepsTheHealth() {
			this.keeping.start();
			HealthMonitorTests.this.timer.advance(Duration.ZERO);
			HealthMonitorTests.this.executor = HealthMonitorTests.this.waiting::add;
			HealthMonitorTests.this.timer.advance(Duration.ofMinutes(10));
			assertThat(HealthMonitorTests.this.believed).containsExactly(ReportedHealth.HEALTHY);
			HealthMonitorTests.this.found = BROKEN;
			HealthMonitorTests.this.executor = Runnable::run;
			HealthMonitorTests.this.waiting.get(0).run();
			HealthMonitorTests.this.timer.advance(Duration.ofSeconds(1));
			HealthMonitorTests.this.executor = HealthMonitorTests.this.waiting::add;
			HealthMonitorTests.this.timer.advance(Duration.ofMinutes(10));
			assertThat(HealthMonitorTests.this.believed).containsExactly(ReportedHealth.HEALTHY, BROKEN);
		}

		@Test
		void unknownHealthIsHealthyAfterAnInterval() {
			HealthMonitorTests.this.executor = HealthMonitorTests.this.waiting::add;
			CompletableFuture<Void> first = this.keeping.start();
			HealthMonitorTests.this.timer.advance(Duration.ofSeconds(4));
			assertThat(first).isNotDone();
			HealthMonitorTests.this.timer.advance(Duration.ofSeconds(1));
			assertThat(first).isCompleted();
			assertThat(HealthMonitorTests.this.believed).containsExactly(ReportedHealth.HEALTHY);
		}

	}

	@Test
	void throwingCheckFails() {
		HealthMonitor broken = new HealthMonitor(() -> {
			if (this.checks++ % 2 == 0) {
				throw new IllegalStateException("no bean");
			}
			throw new NoClassDefFoundError("no class");
		}, new HealthMonitorSettings(Duration.ofSeconds(5), 1, 1, SlowCheck.FAILS), Runnable::run, this.timer,
				this.believed::add);
		broken.start();
		this.timer.advance(Duration.ZERO);
		assertThat(this.believed).singleElement()
			.satisfies((health) -> assertThat(health.reason()).contains("no bean"));
		this.timer.advance(Duration.ofSeconds(5));
		assertThat(this.believed).last().satisfies((health) -> assertThat(health.reason()).contains("no class"));
		this.timer.advance(Duration.ofSeconds(5));
		assertThat(this.believed).last().satisfies((health) -> assertThat(health.reason()).contains("no bean"));
	}

	@Test
	void stopEndsTheChecksAndRestartBeginsAgain() {
		start();
		this.executor = this.waiting::add;
		this.timer.advance(Duration.ofSeconds(5));
		this.monitor.stop();
		this.found = BROKEN;
		this.waiting.forEach(Runnable::run);
		this.executor = Runnable::run;
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.believed).isEmpty();
		assertThat(this.timer.waiting()).isZero();
		this.monitor.start();
		this.timer.advance(Duration.ZERO);
		assertThat(this.believed).containsExactly(BROKEN);
	}

	@Test
	void ignoresChecksFromBeforeARestart() {
		start();
		this.executor = this.waiting::add;
		this.timer.advance(Duration.ofSeconds(5));
		this.monitor.stop();
		CompletableFuture<Void> first = this.monitor.start();
		this.timer.advance(Duration.ZERO);
		assertThat(this.believed).isEmpty();
		assertThat(first).isNotDone();
		this.found = BROKEN;
		this.waiting.get(0).run();
		assertThat(this.believed).isEmpty();
		this.waiting.get(1).run();
		assertThat(first).isCompleted();
		assertThat(this.believed).containsExactly(BROKEN);
	}

	@Test
	void stopCompletesThePendingStart() {
		CompletableFuture<Void> first = this.monitor.start();
		this.monitor.stop();
		assertThat(first).isCompleted();
		assertThat(this.believed).isEmpty();
	}

	@Test
	void startCompletesIfTheExecutorRejectsTheCheck() {
		this.executor = (task) -> {
			throw new RejectedExecutionException();
		};
		CompletableFuture<Void> first = this.monitor.start();
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(first).isCompleted();
	}

	@Test
	void rejectsInvalidSettings() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new HealthMonitorSettings(Duration.ofSeconds(5), 0, 1, SlowCheck.FAILS))
			.withMessageContaining("discovery.registration.health.failure-threshold is 0: expected 1 or more");
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new HealthMonitorSettings(Duration.ZERO, 1, 1, SlowCheck.FAILS))
			.withMessageContaining("discovery.registration.health.interval");
	}

	private void start() {
		this.monitor.start();
		this.timer.advance(Duration.ZERO);
		this.believed.clear();
	}

}
