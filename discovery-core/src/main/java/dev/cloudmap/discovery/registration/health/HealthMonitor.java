package dev.cloudmap.discovery.registration.health;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.registration.health.HealthMonitorSettings.SlowCheck;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Checks the health of this application at an interval, and accepts a change when several
 * checks in a row have found it. A check that finds a change is repeated soon.
 */
public final class HealthMonitor {

	private static final Logger logger = LoggerFactory.getLogger(HealthMonitor.class);

	private final HealthProbe probe;

	private final HealthMonitorSettings settings;

	private final Executor executor;

	private final Timer timer;

	private final Consumer<ReportedHealth> listener;

	// What follows is guarded by this.

	/** The accepted health; null before the first check has ended. */
	private @Nullable ReportedHealth accepted;

	/** Ends when a health is accepted. */
	private CompletableFuture<Void> first = new CompletableFuture<>();

	/** How many checks in a row have found another status than the accepted one. */
	private int contrary;

	private boolean checking;

	/** Whether the running check was logged as slow. */
	private boolean slow;

	/** Distinguishes the checks of one start from those of another. */
	private long starts;

	/** Distinguishes the scheduled check from one that could not be cancelled in time. */
	private long schedules;

	private Timer.@Nullable Scheduled next;

	/**
	 * Creates a monitor, which does nothing before it is started.
	 * @param probe checks the health
	 * @param settings how often, and when to accept a change
	 * @param executor runs the checks
	 * @param timer schedules them
	 * @param listener receives each accepted health, and each further reason why the
	 * application is not healthy; must not block
	 */
	public HealthMonitor(HealthProbe probe, HealthMonitorSettings settings, Executor executor, Timer timer,
			Consumer<ReportedHealth> listener) {
		this.probe = probe;
		this.settings = settings;
		this.executor = executor;
		this.timer = timer;
		this.listener = listener;
	}

	/**
	 * Starts the checks. The result of the first one is accepted at once.
	 * @return ends, normally, when there is a result
	 */
	public synchronized CompletableFuture<Void> start() {
		if (this.next == null) {
			this.starts++;
			this.accepted = null;
			this.first = new CompletableFuture<>();
			schedule(Duration.ZERO);
		}
		return this.first.copy();
	}

	/**
	 * Stops the checks. Nothing waits for the first one any longer.
	 */
	public synchronized void stop() {
		this.starts++;
		this.schedules++;
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
		long number = ++this.schedules;
		this.next = this.timer.schedule(() -> begin(number), delay);
	}

	private synchronized void begin(long number) {
		if (number != this.schedules) {
			return;
		}
		// the next check comes sooner if this one finds a change
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
			accept(ReportedHealth.unhealthy(finding));
			return;
		}
		if (!this.slow) {
			this.slow = true;
			logger.warn("The last known health of this application is kept: {}", finding);
		}
		if (this.accepted == null) {
			accept(ReportedHealth.HEALTHY);
		}
	}

	private void check(long start) {
		ReportedHealth found;
		try {
			found = this.probe.check();
		}
		catch (RuntimeException | Error ex) {
			found = ReportedHealth.unhealthy("the health check failed: " + ex);
		}
		ended(start, found);
	}

	private synchronized void ended(long start, ReportedHealth found) {
		if (start != this.starts) {
			return;
		}
		this.checking = false;
		this.slow = false;
		accept(found);
		if (this.contrary > 0) {
			schedule(this.settings.confirmation());
		}
	}

	private void accept(ReportedHealth found) {
		logger.debug("A health check found: {}", found);
		ReportedHealth before = this.accepted;
		if (before != null && before.status() != found.status()) {
			this.contrary++;
			if (this.contrary < this.settings.threshold(found)) {
				return;
			}
		}
		this.contrary = 0;
		this.accepted = found;
		this.listener.accept(found);
		this.first.complete(null);
	}

}
