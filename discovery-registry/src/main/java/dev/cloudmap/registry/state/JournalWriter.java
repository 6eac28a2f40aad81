package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps changes in the journal. After a failure it has the journal write all anew from
 * time to time, until that succeeds, and refuses changes meanwhile. Belongs to the writer
 * thread.
 */
final class JournalWriter {

	private static final Logger logger = LoggerFactory.getLogger(JournalWriter.class);

	/** How long after a failure the journal is tried again. */
	static final Duration RETRY = Duration.ofSeconds(5);

	/** How often a failure that lasts is logged. */
	static final Duration REPEAT = Duration.ofMinutes(1);

	private final Journal journal;

	private final Timeline timeline;

	/** Returns all that was acknowledged. */
	private final Supplier<Journal.Contents> acknowledged;

	private @Nullable JournalException failure;

	private long tried;

	private long logged;

	/** How many commits were refused since the failure began. */
	private long refused;

	JournalWriter(Journal journal, Timeline timeline, Supplier<Journal.Contents> acknowledged) {
		this.journal = journal;
		this.timeline = timeline;
		this.acknowledged = acknowledged;
	}

	/**
	 * Keeps changes.
	 * @param commit the changes
	 * @throws JournalException when they cannot be kept
	 */
	void commit(Journal.Commit commit) {
		try {
			if (this.failure != null) {
				restore(this.failure);
			}
			this.journal.commit(commit);
		}
		catch (JournalException ex) {
			report(ex);
			throw ex;
		}
	}

	private void restore(JournalException last) {
		if (elapsed(this.tried).compareTo(RETRY) < 0) {
			throw last;
		}
		this.tried = this.timeline.nanoTime();
		this.journal.restore(this.acknowledged.get());
		logger.info("The registry keeps changes again. {} commits were refused", this.refused);
		this.failure = null;
		this.refused = 0;
	}

	private void report(JournalException current) {
		if (this.failure == null) {
			logger.error("{}", current.message(), current);
			this.tried = this.timeline.nanoTime();
			this.logged = this.tried;
		}
		else if (elapsed(this.logged).compareTo(REPEAT) >= 0) {
			logger.error("The registry still cannot keep changes, {} commits were refused: {}", this.refused,
					current.message());
			this.logged = this.timeline.nanoTime();
		}
		this.failure = current;
		this.refused++;
	}

	private Duration elapsed(long since) {
		return Duration.ofNanos(this.timeline.nanoTime() - since);
	}

}
