package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.registration.HealthMonitorSettings.SlowCheck;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Checks the health of this application at an interval, and takes a change as given once
 * several checks in a row have found it. A check that finds a change is soon repeated.
 * The settings say what a check means that takes longer than the interval.
 */
public final class HealthMonitor {

	private static final Logger logger = LoggerFactory.getLogger(HealthMonitor.class);

	private final HealthProbe probe;

	private final HealthMonitorSettings settings;

	private final Executor executor;

	private final Timer timer;

	private final Consumer<Standing> listener;

	// What follows is guarded by this.

	/** What is believed; null before the first check has ended. */
	private @Nullable Standing believed;

	/** Ends when something is believed. */
	private CompletableFuture<Void> first = new CompletableFuture<>();

	/** How many checks in a row have found something else than what is believed. */
	private int contrary;

	private boolean checking;

	/** Whether the check under way has been reported as slow. */
	private boolean slow;

	/** Tells the checks of one start from those of another. */
	private long starts;

	/** Tells the alarm that counts from one that came too late to be taken back. */
	private long alarms;

	private Timer.@Nullable Scheduled next;

	/**
	 * Creates a monitor, which does nothing before it is started.
	 * @param probe finds out how the application is; not null
	 * @param settings how often, and what to believe; not null
	 * @param executor runs the checks; not null
	 * @param timer times them; not null
	 * @param listener is told what is believed when that changes, and each further reason
	 * why the application is not healthy; must not block; not null
	 */
	public HealthMonitor(HealthProbe probe, HealthMonitorSettings settings, Executor executor, Timer timer,
			Consumer<Standing> listener) {
		this.probe = probe;
		this.settings = settings;
		this.executor = executor;
		this.timer = timer;
		this.listener = listener;
	}

	/**
	 * Begins to check. What the first check finds is believed at once.
	 * @return ends, normally, when it is known how the application is
	 */
	public synchronized CompletableFuture<Void> start() {
		if (this.next == null) {
			this.starts++;
			this.believed = null;
			this.first = new CompletableFuture<>();
			schedule(Duration.ZERO);
		}
		return this.first.copy();
	}

	/**
	 * Checks no more. Who waits for the first check waits no longer.
	 */
	public synchronized void stop() {
		this.starts++;
		this.alarms++;
		this.checking = false;
		if (this.next != null) {
			this.next.cancel();
			this.next = null;
		}
		this.first.complete(null);
	}

	private void schedule(Duration delay) {
		if (this.next != null) {
			this.next.cancel();
		}
		long alarm = ++this.alarms;
		this.next = this.timer.schedule(() -> begin(alarm), delay);
	}

	private synchronized void begin(long alarm) {
		if (alarm != this.alarms) {
			return;
		}
		// brought forward when the check finds something new
		schedule(this.settings.interval());
		if (this.checking) {
			overdue();
			return;
		}
		this.checking = true;
		long start = this.starts;
		try {
			this.executor.execute(() -> check(start));
		}
		catch (RejectedExecutionException ex) {
			// the application is stopping
			stop();
		}
	}

	private void overdue() {
		String finding = "a health check has not ended within " + this.settings.interval().toMillis()
				+ " ms (discovery.registration.health.interval)";
		if (this.settings.slowCheck() == SlowCheck.FAILS) {
			believe(Standing.unhealthy(finding));
			return;
		}
		if (!this.slow) {
			this.slow = true;
			logger.warn("The last known health of this application is kept: {}", finding);
		}
		if (this.believed == null) {
			believe(Standing.HEALTHY);
		}
	}

	private void check(long start) {
		Standing found;
		try {
			found = this.probe.check();
		}
		catch (RuntimeException | Error ex) {
			found = Standing.unhealthy("the health check failed: " + ex);
		}
		ended(start, found);
	}

	private synchronized void ended(long start, Standing found) {
		if (start != this.starts) {
			return;
		}
		this.checking = false;
		this.slow = false;
		believe(found);
		if (this.contrary > 0) {
			schedule(this.settings.confirmation());
		}
	}

	private void believe(Standing found) {
		logger.debug("A health check found: {}", found);
		Standing before = this.believed;
		if (before != null && before.status() != found.status()) {
			this.contrary++;
			if (this.contrary < this.settings.threshold(found)) {
				return;
			}
		}
		this.contrary = 0;
		this.believed = found;
		this.listener.accept(found);
		this.first.complete(null);
	}

}
