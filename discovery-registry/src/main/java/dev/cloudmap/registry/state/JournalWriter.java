package dev.cloudmap.registry.state;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.time.Scheduler;

/**
 * Writes changes to the journal. After a failed commit it rejects changes until it has
 * restored the journal, which it attempts with later changes and at the end. Used by the
 * writer thread, and after its end by the thread that closes the registry.
 */
final class JournalWriter {

	private static final Logger logger = LoggerFactory.getLogger(JournalWriter.class);

	/** The delay before the first attempt to restore the journal. */
	static final Duration RETRY = Duration.ofSeconds(5);

	/** The maximum delay between two attempts; the delay doubles with each attempt. */
	static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

	/** The interval of log lines on a lasting failure. */
	static final Duration REPEAT = Duration.ofMinutes(1);

	private final Journal journal;

	private final Scheduler scheduler;

	private final Supplier<Journal.Contents> acknowledged;

	/** The last failure; null if the journal works. */
	private @Nullable JournalException failure;

	private long lastAttempt;

	private Duration delay = RETRY;

	private long logged;

	/** The number of rejected commits since the last successful commit. */
	private long rejected;

	JournalWriter(Journal journal, Scheduler scheduler, Supplier<Journal.Contents> acknowledged) {
		this.journal = journal;
		this.scheduler = scheduler;
		this.acknowledged = acknowledged;
	}

	/**
	 * Stores changes.
	 * @param commit the changes
	 * @throws JournalException if the changes were not stored
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
		if (this.rejected > 0) {
			logger.info("The registry accepts changes again. {} commits were rejected", this.rejected);
			this.rejected = 0;
			this.delay = RETRY;
		}
	}

	/**
	 * Attempts to restore the journal if it has failed. No commit may follow.
	 */
	void finish() {
		JournalException last = this.failure;
		this.failure = null;
		if (last == null) {
			return;
		}
		try {
			this.journal.restore(this.acknowledged.get());
			logger.info("The registry stored all acknowledged changes before it stops. {} commits were rejected",
					this.rejected);
		}
		catch (JournalException ex) {
			logger.error("The registry stops and could not store its data: {}. {}. Rejected changes can be present "
					+ "after the next start", ex.reason(), ex.consequence(), ex.getCause());
		}
	}

	private void restore(JournalException last) {
		if (elapsed(this.lastAttempt).compareTo(this.delay) < 0) {
			throw last;
		}
		try {
			this.journal.restore(this.acknowledged.get());
			this.failure = null;
		}
		finally {
			this.lastAttempt = this.scheduler.nanoTime();
			Duration next = this.delay.multipliedBy(2);
			this.delay = (next.compareTo(LONGEST_RETRY) < 0) ? next : LONGEST_RETRY;
		}
	}

	private void report(JournalException current) {
		if (this.failure == null) {
			this.lastAttempt = this.scheduler.nanoTime();
		}
		if (this.rejected == 0) {
			logger.error("{}", current.message(), current.getCause());
			this.logged = this.scheduler.nanoTime();
		}
		else if (elapsed(this.logged).compareTo(REPEAT) >= 0) {
			logger.error("The registry still rejects changes ({} commits): {}", this.rejected, current.reason());
			this.logged = this.scheduler.nanoTime();
		}
		this.failure = current;
		this.rejected++;
	}

	private Duration elapsed(long since) {
		return Duration.ofNanos(this.scheduler.nanoTime() - since);
	}

}
