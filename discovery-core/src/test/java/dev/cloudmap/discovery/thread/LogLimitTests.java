package dev.cloudmap.discovery.thread;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class LogLimitTests {

	private final ManualTimer timer = new ManualTimer();

	private final LogLimit limit = new LogLimit(this.timer);

	@Test
	void logsOnceThatTheLimitWasReached(CapturedOutput output) {
		logUpToTheLimit();
		assertThat(this.limit.allows(0)).isFalse();
		assertThat(output.getOut()).doesNotContain("not logged");
		assertThat(this.limit.allows("worker")).isFalse();
		assertThat(this.limit.allows("backend")).isFalse();
		assertThat(output.getOut()).containsOnlyOnce("are not logged for 10 minutes");
	}

	@Test
	void allowsAllNamesInTheNextWindow(CapturedOutput output) {
		logUpToTheLimit();
		assertThat(this.limit.allows("worker")).isFalse();
		this.timer.advance(LogLimit.WINDOW);
		logUpToTheLimit();
		assertThat(this.limit.allows("worker")).isFalse();
		assertThat(output.getOut().split("are not logged for 10 minutes", -1)).hasSize(3);
	}

	private void logUpToTheLimit() {
		for (int i = 0; i < LogLimit.MAX_LINES; i++) {
			assertThat(this.limit.allows(i)).isTrue();
		}
	}

}
