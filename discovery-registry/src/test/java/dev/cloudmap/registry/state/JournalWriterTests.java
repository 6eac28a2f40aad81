package dev.cloudmap.registry.state;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.HandTurnedTimeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A journal that fails, and works again.
 */
class JournalWriterTests {

	private static final Journal.Commit COMMIT = new Journal.Commit(2, List.of(), List.of(), List.of());

	private static final Journal.Contents ACKNOWLEDGED = new Journal.Contents(1, List.of(), List.of(), List.of(),
			List.of());

	private final List<String> calls = new ArrayList<>();

	private final HandTurnedTimeline timeline = new HandTurnedTimeline();

	private boolean full;

	private final JournalWriter writer = new JournalWriter(new Scripted(), this.timeline, () -> ACKNOWLEDGED);

	private void refuses() {
		assertThatExceptionOfType(JournalException.class).isThrownBy(() -> this.writer.commit(COMMIT))
			.withMessageContaining("No space");
	}

	@Test
	void restoresWhatWasAcknowledgedBeforeItKeepsMore() {
		this.writer.commit(COMMIT);
		this.full = true;
		refuses();
		this.full = false;
		refuses();
		assertThat(this.calls).containsExactly("commit", "commit");
		this.timeline.advance(JournalWriter.RETRY);
		this.writer.commit(COMMIT);
		this.writer.commit(COMMIT);
		assertThat(this.calls).containsExactly("commit", "commit", "restore", "commit", "commit");
	}

	@Test
	void triesAgainNowAndThenOnly() {
		this.full = true;
		for (int second = 0; second < 20; second++) {
			refuses();
			this.timeline.advance(Duration.ofSeconds(1));
		}
		assertThat(this.calls).containsExactly("commit", "restore", "restore", "restore");
	}

	@Test
	void restoresAgainAfterACommitThatFailsAtOnce() {
		this.full = true;
		refuses();
		this.timeline.advance(JournalWriter.RETRY);
		refuses();
		this.full = false;
		this.timeline.advance(JournalWriter.RETRY);
		this.writer.commit(COMMIT);
		assertThat(this.calls).containsExactly("commit", "restore", "restore", "commit");
	}

	private final class Scripted implements Journal {

		@Override
		public Contents load() {
			return ACKNOWLEDGED;
		}

		@Override
		public void commit(Commit commit) {
			call("commit");
		}

		@Override
		public void restore(Contents contents) {
			assertThat(contents).isSameAs(ACKNOWLEDGED);
			call("restore");
		}

		private void call(String name) {
			JournalWriterTests.this.calls.add(name);
			if (JournalWriterTests.this.full) {
				throw new JournalException("No space", new IOException("No space"));
			}
		}

		@Override
		public void close() {
		}

	}

}
