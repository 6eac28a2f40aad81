package dev.cloudmap.discovery.catalog;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A custom signal that fails.
 */
class FailingSignalTests {

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSource source = new ScriptedSource();

	private final InstanceCatalog catalog = TestCatalog.of(this.source, new FailingSignal(), this.timer,
			TestCatalog.SETTINGS, null);

	@Test
	void aFailedCoverageCountsAsNone() {
		this.source.find("a");
		assertThat(this.catalog.service("worker").known()).hasSize(1);
		for (int i = 2; i < 10; i++) {
			this.timer.advance(Duration.ofSeconds(6));
			assertThat(this.source.lookups).isGreaterThanOrEqualTo(i);
		}
		assertThat(this.source.lookups).isLessThan(13);
		assertThat(this.catalog.service("worker").failure()).isNull();
	}

	@Test
	void aFailedCloseDoesNotKeepAnIdleService() {
		this.source.find("a");
		this.catalog.service("worker");
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
		int lookups = this.source.lookups;
		this.catalog.service("worker");
		assertThat(this.source.lookups).isEqualTo(lookups + 1);
	}

	@Test
	void aFailedCloseDoesNotAffectOtherServices() {
		this.source.find("a");
		this.catalog.service("worker");
		this.catalog.service("other");
		this.catalog.close();
		assertThat(this.timer.waiting()).isZero();
	}

	private static final class FailingSignal implements ChangeSignal {

		@Override
		public Subscription subscribe(ServiceName service, Listener listener) {
			return new Subscription() {

				@Override
				public Coverage coverage() {
					throw new IllegalStateException("coverage");
				}

				@Override
				public void close() {
					throw new IllegalStateException("close");
				}

			};
		}

	}

}
