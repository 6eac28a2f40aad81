package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.catalog.entry.LastKnown;
import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class UsageTrackerTests {

	private final ManualTimer timer = new ManualTimer();

	private final ServiceState state = new ServiceState(ScriptedSource.WORKER, null, new LastKnown(), null,
			new LogLimit(this.timer), List.of());

	private final UsageTracker usage = new UsageTracker(TestCatalog.SETTINGS, () -> false, this.timer.steady());

	@Test
	void aStopIsFinal() {
		assertThat(this.usage.stopUnlessFollowed()).isTrue();
		this.usage.markUsed();
		assertThat(this.usage.stopIfIdle(this.timer.steady(), this.state)).isTrue();
		assertThat(this.usage.addFollower((instances) -> {
		})).isFalse();
	}

	@Test
	void aFollowedServiceIsNotStopped() {
		assertThat(this.usage.addFollower((instances) -> {
		})).isTrue();
		this.timer.advance(Duration.ofHours(1));
		assertThat(this.usage.stopUnlessFollowed()).isFalse();
		assertThat(this.usage.stopIfIdle(this.timer.steady(), this.state)).isFalse();
	}

}
