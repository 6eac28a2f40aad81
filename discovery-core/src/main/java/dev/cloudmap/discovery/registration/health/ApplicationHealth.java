package dev.cloudmap.discovery.registration.health;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The health of this application, combined from its readiness, its liveness, its health
 * checks and manual decisions. A manual decision takes precedence until it is reset.
 * Thread-safe.
 */
public final class ApplicationHealth {

	private final Function<ReportedHealth, CompletableFuture<Void>> listener;

	private ReportedHealth readiness = ReportedHealth.HEALTHY;

	private ReportedHealth liveness = ReportedHealth.HEALTHY;

	private ReportedHealth checks = ReportedHealth.HEALTHY;

	private @Nullable ReportedHealth manual;

	private ReportedHealth reported = ReportedHealth.HEALTHY;

	/**
	 * Creates the health of an application, which is healthy at first.
	 * @param listener receives each change, in order, and must not block; its result ends
	 * when the registry has accepted the change
	 */
	public ApplicationHealth(Function<ReportedHealth, CompletableFuture<Void>> listener) {
		this.listener = listener;
	}

	/**
	 * The combined health.
	 */
	public synchronized ReportedHealth current() {
		if (this.manual != null) {
			return this.manual;
		}
		List<ReportedHealth> unhealthy = List.of(this.readiness, this.checks, this.liveness)
			.stream()
			.filter((health) -> !health.isHealthy())
			.toList();
		// a reason to deregister the instance must not be hidden by one that is not
		return unhealthy.stream()
			.filter(ReportedHealth::mayDeregister)
			.findFirst()
			.or(() -> unhealthy.stream().findFirst())
			.orElse(this.checks);
	}

	/**
	 * Sets the health that follows from the application's readiness.
	 */
	public synchronized void readiness(ReportedHealth readiness) {
		this.readiness = readiness;
		var unused = report();
	}

	/**
	 * Sets the health that follows from the application's liveness.
	 */
	public synchronized void liveness(ReportedHealth liveness) {
		this.liveness = liveness;
		var unused = report();
	}

	/**
	 * Sets the result of the health checks.
	 */
	public synchronized void checks(ReportedHealth checks) {
		this.checks = checks;
		var unused = report();
	}

	/**
	 * Sets or resets the manual decision.
	 * @param manual the decision, or null to use readiness, liveness and checks again
	 * @return ends when the registry has accepted the change, exceptionally if that
	 * failed
	 */
	public synchronized CompletableFuture<Void> manual(@Nullable ReportedHealth manual) {
		this.manual = manual;
		return report();
	}

	/**
	 * Reports a change. The reconciler logs and repeats a report that fails.
	 */
	private CompletableFuture<Void> report() {
		ReportedHealth current = current();
		if (current.equals(this.reported)) {
			return CompletableFuture.completedFuture(null);
		}
		this.reported = current;
		return this.listener.apply(current);
	}

}
