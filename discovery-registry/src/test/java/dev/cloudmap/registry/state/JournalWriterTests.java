package dev.cloudmap.registry.state;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.StandardError;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Failure and recovery of a journal.
 */
class JournalWriterTests {

	private static final Journal.Commit COMMIT = new Journal.Commit(2, List.of(), List.of(), List.of());

	private static final Journal.Contents ACKNOWLEDGED = new Journal.Contents(1, List.of(), List.of(), List.of(),
			List.of());

	private final List<String> calls = new ArrayList<>();

	private final ManualScheduler scheduler = new ManualScheduler();

	private boolean full;

	private boolean fullForCommits;

	/** The duration of each call. */
	private Duration duration = Duration.ZERO;

	private final JournalWriter writer = new JournalWriter(new Scripted(), this.scheduler, () -> ACKNOWLEDGED);

	private void refuses() {
		assertThatExceptionOfType(JournalException.class).isThrownBy(() -> this.writer.commit(COMMIT))
			.withMessageContaining("No space");
	}

	@Test
	void restoresAcknowledgedChangesBeforeNewOnes() {
		this.writer.commit(COMMIT);
		this.full = true;
		refuses();
		this.full = false;
		refuses();
		assertThat(this.calls).containsExactly("commit", "commit");
		this.scheduler.advance(JournalWriter.RETRY);
		this.writer.commit(COMMIT);
		this.writer.commit(COMMIT);
		assertThat(this.calls).containsExactly("commit", "commit", "restore", "commit", "commit");
	}

	@Test
	void limitsRetryRate() {
		this.full = true;
		List<Integer> tries = new ArrayList<>();
		for (int second = 0; second < 200; second++) {
			int before = this.calls.size();
			refuses();
			if (this.calls.size() > before) {
				tries.add(second);
			}
			this.scheduler.advance(Duration.ofSeconds(1));
		}
		assertThat(tries).containsExactly(0, 5, 15, 35, 75, 135, 195);
	}

	@Test
	void waitsAfterEndOfSlowAttempt() {
		this.full = true;
		this.duration = Duration.ofSeconds(20);
		refuses();
		this.scheduler.advance(JournalWriter.RETRY);
		refuses();
		refuses();
		assertThat(this.calls).containsExactly("commit", "restore");
	}

	@Test
	void restoresAtCloseAfterFailure() {
		this.writer.finish();
		this.full = true;
		refuses();
		this.full = false;
		this.writer.finish();
		this.writer.finish();
		assertThat(this.calls).containsExactly("commit", "restore");
	}

	@Test
	void logsFailureOnceInFullThenOncePerMinute() {
		this.fullForCommits = true;
		List<String> lines = StandardError.linesOf(() -> {
			for (int second = 0; second < 300; second++) {
				refuses();
				this.scheduler.advance(Duration.ofSeconds(1));
			}
		});
		assertThat(this.calls).contains("restore");
		assertThat(lines.stream().filter((line) -> line.contains("ERROR"))).hasSizeBetween(2, 6);
		assertThat(lines.stream().filter((line) -> line.startsWith("java.io.IOException"))).hasSize(1);
		assertThat(lines).noneMatch((line) -> line.contains("INFO"));
	}

	@Test
	void logsNoDuplicates() {
		this.full = true;
		List<String> lines = StandardError.linesOf(() -> {
			refuses();
			this.scheduler.advance(Duration.ofMinutes(2));
			refuses();
		});
		assertThat(lines.stream().filter((line) -> line.contains("The registry cannot store changes"))).hasSize(1);
		assertThat(lines.get(lines.size() - 1)).contains("ERROR", "No space").containsOnlyOnce("rejects");
	}

	@Test
	void logsRecovery() {
		this.full = true;
		refuses();
		this.full = false;
		this.scheduler.advance(JournalWriter.RETRY);
		List<String> lines = StandardError.linesOf(() -> {
			this.writer.commit(COMMIT);
			this.writer.commit(COMMIT);
		});
		assertThat(lines).singleElement().asString().contains("INFO", "1 ");
	}

	@Test
	void restoresAgainAfterImmediateCommitFailure() {
		this.full = true;
		refuses();
		this.scheduler.advance(JournalWriter.RETRY);
		refuses();
		this.full = false;
		this.scheduler.advance(JournalWriter.RETRY.multipliedBy(2));
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
			JournalWriterTests.this.scheduler.advance(JournalWriterTests.this.duration);
			if (JournalWriterTests.this.full || (JournalWriterTests.this.fullForCommits && name.equals("commit"))) {
				throw new JournalException("No space", new IOException("No space"));
			}
		}

		@Override
		public void close() {
		}

	}

}
