package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class AudienceTests {

	private final ManualTimer timer = new ManualTimer();

	private final Knowledge knowledge = new Knowledge(ScriptedSource.WORKER, null, new LastKnown(), null,
			new LogLimit(this.timer), List.of());

	private final Audience audience = new Audience(TestCatalog.SETTINGS, () -> false, this.timer.now());

	@Test
	void aDismissalIsFinal() {
		assertThat(this.audience.dismissUnlessFollowed()).isTrue();
		this.audience.ask();
		assertThat(this.audience.dismissIfGone(this.timer.now(), this.knowledge)).isTrue();
		assertThat(this.audience.join((instances) -> {
		})).isFalse();
	}

	@Test
	void aFollowedServiceIsNotDismissed() {
		assertThat(this.audience.join((instances) -> {
		})).isTrue();
		this.timer.advance(Duration.ofHours(1));
		assertThat(this.audience.dismissUnlessFollowed()).isFalse();
		assertThat(this.audience.dismissIfGone(this.timer.now(), this.knowledge)).isFalse();
	}

}
