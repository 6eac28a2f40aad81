package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes changes to the journal. After a failed commit it refuses changes, has the
 * journal written anew with a later change or at the end, and accepts changes again once
 * that succeeds. Used by the writer thread, and by the thread that closes the registry
 * once the writer thread has ended.
 */
final class JournalWriter {

	private static final Logger logger = LoggerFactory.getLogger(JournalWriter.class);

	/** The delay before the first attempt to restore the journal. */
	static final Duration RETRY = Duration.ofSeconds(5);

	/** The longest delay between two attempts; each delay is twice the one before. */
	static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

	/** How often a failure that lasts is logged. */
	static final Duration REPEAT = Duration.ofMinutes(1);

	private final Journal journal;

	private final Timeline timeline;

	/** Returns all that was acknowledged. */
	private final Supplier<Journal.Contents> acknowledged;

	/** The last failure; null unless the journal has to be restored. */
	private @Nullable JournalException failure;

	/** When the last attempt ended. */
	private long tried;

	private Duration delay = RETRY;

	private long logged;

	/** The number of refused commits since the last commit that succeeded. */
	private long refused;

	JournalWriter(Journal journal, Timeline timeline, Supplier<Journal.Contents> acknowledged) {
		this.journal = journal;
		this.timeline = timeline;
		this.acknowledged = acknowledged;
	}

	/**
	 * Writes changes.
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
		if (this.refused > 0) {
			logger.info("The registry accepts changes again. {} commits were refused", this.refused);
			this.refused = 0;
			this.delay = RETRY;
		}
	}

	/**
	 * Makes one attempt to restore the journal if a failure is outstanding. No change is
	 * written afterwards.
	 */
	void finish() {
		JournalException last = this.failure;
		this.failure = null;
		if (last == null) {
			return;
		}
		try {
			this.journal.restore(this.acknowledged.get());
			logger.info("All acknowledged changes were written at the end. {} commits were refused", this.refused);
		}
		catch (JournalException ex) {
			logger.error("The registry stops after a failure, and its data could not be written: {}. {}, and the next "
					+ "start may find changes that were refused", ex.reason(), ex.consequence(), ex.getCause());
		}
	}

	private void restore(JournalException last) {
		if (elapsed(this.tried).compareTo(this.delay) < 0) {
			throw last;
		}
		try {
			this.journal.restore(this.acknowledged.get());
			this.failure = null;
		}
		finally {
			this.tried = this.timeline.nanoTime();
			Duration next = this.delay.multipliedBy(2);
			this.delay = (next.compareTo(LONGEST_RETRY) < 0) ? next : LONGEST_RETRY;
		}
	}

	private void report(JournalException current) {
		if (this.failure == null) {
			this.tried = this.timeline.nanoTime();
		}
		if (this.refused == 0) {
			logger.error("{}", current.message(), current.getCause());
			this.logged = this.timeline.nanoTime();
		}
		else if (elapsed(this.logged).compareTo(REPEAT) >= 0) {
			logger.error("Changes are still refused, {} commits so far: {}", this.refused, current.reason());
			this.logged = this.timeline.nanoTime();
		}
		this.failure = current;
		this.refused++;
	}

	private Duration elapsed(long since) {
		return Duration.ofNanos(this.timeline.nanoTime() - since);
	}

}
