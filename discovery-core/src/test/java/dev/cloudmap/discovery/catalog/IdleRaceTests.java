package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A service that is used again while it is removed.
 */
class IdleRaceTests {

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSource source = new ScriptedSource();

	private final List<List<ServiceInstance>> told = new ArrayList<>();

	/** Runs once after the idle service has stopped and before it is removed. */
	private final AtomicReference<Runnable> meanwhile = new AtomicReference<>();

	private final InstanceCatalog catalog = TestCatalog.of(this.source, new Signal(), this.timer, TestCatalog.SETTINGS,
			null);

	@Test
	void aServiceFollowedDuringItsRemovalIsCreatedAgain() {
		this.source.find();
		this.catalog.service("late").instances();
		this.meanwhile.set(() -> this.catalog.follow("late", this.told::add));
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.meanwhile).hasValue(null);
		assertThat(this.catalog.watched()).hasSize(1);
		this.source.find("a");
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.told).last().satisfies((instances) -> assertThat(instances).hasSize(1));
		assertThat(this.catalog.service("late").known()).hasSize(1);
		this.catalog.close();
		assertThat(this.timer.waiting()).isZero();
	}

	private final class Signal implements ChangeSignal {

		@Override
		public Subscription subscribe(ServiceName service, Listener listener) {
			return new Subscription() {

				@Override
				public Coverage coverage() {
					return Coverage.NONE;
				}

				@Override
				public void close() {
					Runnable once = IdleRaceTests.this.meanwhile.getAndSet(null);
					if (once != null) {
						once.run();
					}
				}

			};
		}

	}

}
