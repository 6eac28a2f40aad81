package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler.TimedState;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Deregisters this application before it stops, and lets it serve until callers have
 * noticed. Takes a limited time, even if the registry does not answer.
 *
 * @param registry where the application is registered
 * @param reconciler deregisters the application
 * @param events receive the deregistration
 * @param timer limits and times everything
 * @param drain how long to serve after the deregistration
 */
public record GracefulDeregistration(Registry registry, RegistrationReconciler reconciler, RegistrationEvents events,
		Timer timer, Drain drain) {

	/** How long a stopping application waits for its deregistration. */
	static final Duration DEREGISTRATION_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * How long to try to deregister an application whose registration has failed: it is
	 * most likely not registered.
	 */
	static final Duration UNREGISTERED_TIMEOUT = Duration.ofSeconds(2);

	/**
	 * How long to wait for the registry's answer whether there are other applications.
	 */
	private static final Duration OTHERS_TIMEOUT = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(GracefulDeregistration.class);

	/**
	 * Deregisters this application, which continues to serve. Returns at once.
	 * @return ends when callers have noticed, so that the application may be stopped
	 */
	public CompletableFuture<Void> drainCallers() {
		CompletableFuture<Void> drained = new CompletableFuture<>();
		begin(() -> drained.complete(null));
		return drained;
	}

	/**
	 * Begins the deregistration and returns at once.
	 * @param callback is run, on one of the library's threads, when the web server may
	 * stop
	 */
	void begin(Runnable callback) {
		TimedState before = this.reconciler.timedState();
		Instant begun = this.timer.steady();
		Duration timeout = (before.state().phase() == Phase.FAILED) ? UNREGISTERED_TIMEOUT : DEREGISTRATION_TIMEOUT;
		var unused = this.reconciler.run(this.events::beforeDeregistration);
		CompletableFuture<Boolean> deregistered = this.reconciler.deregister();
		Timer.Scheduled limit = this.timer.schedule(
				() -> deregistered.completeExceptionally(
						new TimeoutException("the registry has not answered within " + timeout.toSeconds() + " s")),
				timeout);
		unused = deregistered.handle((held, failure) -> {
			limit.cancel();
			return (failure != null) ? noticeableSince(before, failure)
					: noticeableSince(before, Boolean.TRUE.equals(held), begun);
		})
			.thenCompose((since) -> CompletableFuture.allOf(announce(begun, timeout), drain(since)))
			.whenComplete((done, failure) -> callback.run());
	}

	/**
	 * Since when callers can notice that the instance is deregistered; null if it was not
	 * registered.
	 */
	private @Nullable Instant noticeableSince(TimedState before, boolean held, Instant begun) {
		if (held) {
			logger.info("Deregistered within {} ms", Duration.between(begun, this.timer.steady()).toMillis());
			return this.timer.steady();
		}
		RegistrationState state = before.state();
		if (state.phase() == Phase.WITHDRAWN || state.phase() == Phase.DEREGISTERED) {
			return (state.instance() != null) ? before.since() : null;
		}
		return state.isHeld() ? this.timer.steady() : null;
	}

	/**
	 * The same where it is not known that the instance is deregistered.
	 */
	private @Nullable Instant noticeableSince(TimedState before, Throwable failure) {
		String problem = this.reconciler.state().problem();
		if (before.state().isHeld() && failure instanceof TimeoutException && problem == null) {
			logger.warn("The registry has not confirmed the deregistration of this application within {} s",
					DEREGISTRATION_TIMEOUT.toSeconds());
			return this.timer.steady();
		}
		logger.warn("Stopping without being deregistered, and so without waiting for callers: {}", (problem != null)
				? problem : (failure instanceof TimeoutException) ? failure.getMessage() : failure.toString());
		return null;
	}

	/**
	 * Ends when listeners have been called, or the time for the deregistration is over.
	 */
	private CompletableFuture<Void> announce(Instant begun, Duration timeout) {
		CompletableFuture<Void> announced = this.reconciler.run(this.events::afterDeregistration)
			.handle((done, failure) -> null);
		Duration rest = timeout.minus(Duration.between(begun, this.timer.steady()));
		Timer.Scheduled limit = this.timer.schedule(() -> announced.complete(null),
				rest.isNegative() ? Duration.ZERO : rest);
		return announced.whenComplete((done, failure) -> limit.cancel());
	}

	/**
	 * Ends when callers have noticed.
	 */
	private CompletableFuture<Void> drain(@Nullable Instant since) {
		if (since == null) {
			return CompletableFuture.completedFuture(null);
		}
		return hasCallers().thenCompose((callers) -> {
			CompletableFuture<Void> drained = new CompletableFuture<>();
			RegistryInfo info = this.registry.info();
			Duration rest = this.drain.length(info).minus(Duration.between(since, this.timer.steady()));
			if (!callers || rest.isNegative() || rest.isZero()) {
				drained.complete(null);
			}
			else {
				logger.info("Serving for another {} ms ({})", rest.toMillis(), this.drain.reason(info));
				this.timer.schedule(() -> drained.complete(null), rest);
			}
			return drained;
		});
	}

	/**
	 * Whether another application may call this one, so that a drain is of use. A drain
	 * that the user has set is always used.
	 */
	private CompletableFuture<Boolean> hasCallers() {
		if (!this.drain.isDerived()) {
			return CompletableFuture.completedFuture(true);
		}
		CompletableFuture<Boolean> others = new CompletableFuture<>();
		Timer.Scheduled limit = this.timer.schedule(() -> others.complete(true), OTHERS_TIMEOUT);
		var unused = this.reconciler.run(() -> others.complete(this.registry.knowsOtherApplications()))
			.whenComplete((done, failure) -> others.complete(true));
		return others.whenComplete((known, failure) -> {
			limit.cancel();
			if (!known) {
				logger.info("Stopping at once: no other application is registered or watches the registry");
			}
		});
	}

}
