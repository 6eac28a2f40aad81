package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.registration.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.thread.Timer;

/**
 * How an application leaves: it is taken out of the registry, and goes on serving until
 * callers have taken notice. Bounded, also where the registry does not answer.
 */
public final class Departure {

	/**
	 * How long the application's end waits for the registry to take the instance out.
	 */
	static final Duration DEREGISTRATION_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * How long to try to deregister an application whose registration has failed: it is
	 * most likely not registered.
	 */
	static final Duration UNREGISTERED_TIMEOUT = Duration.ofSeconds(2);

	/** How long to wait for the registry to say whether there are other applications. */
	private static final Duration PRESENCE_TIMEOUT = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(Departure.class);

	private final Registry registry;

	private final RegistrationActor actor;

	private final RegistrationEvents events;

	private final Timer timer;

	private final Drain drain;

	/**
	 * Creates the departure.
	 * @param registry where the application is registered; not null
	 * @param actor tells the registry; not null
	 * @param events tell the application; not null
	 * @param timer times the drain; not null
	 * @param drain how long to go on serving; not null
	 */
	public Departure(Registry registry, RegistrationActor actor, RegistrationEvents events, Timer timer, Drain drain) {
		this.registry = registry;
		this.actor = actor;
		this.events = events;
		this.timer = timer;
		this.drain = drain;
	}

	/**
	 * Leaves. Returns at once: what listens to it is called on the actor's thread.
	 * @param callback is run, on one of the library's threads, when the web server may
	 * stop
	 */
	public void begin(Runnable callback) {
		RegistrationState before = this.actor.state();
		Instant begun = this.timer.steady();
		Duration timeout = (before.phase() == Phase.FAILED) ? UNREGISTERED_TIMEOUT : DEREGISTRATION_TIMEOUT;
		var unused = this.actor.run(this.events::beforeDeregistration);
		CompletableFuture<Boolean> gone = this.actor.deregister();
		Timer.Scheduled patience = this.timer.schedule(() -> gone.completeExceptionally(new TimeoutException()),
				timeout);
		unused = gone.handle((held, failure) -> {
			patience.cancel();
			return (failure != null) ? heardThough(failure, before) : heard(before, Boolean.TRUE.equals(held), begun);
		}).thenCompose((heard) -> {
			CompletableFuture<Void> drained = othersKnown(heard).thenCompose((known) -> drained(known ? heard : null));
			return CompletableFuture.allOf(told(begun, timeout), drained);
		}).whenComplete((done, failure) -> callback.run());
	}

	/**
	 * From when on callers hear that the instance has left; null if nobody knew it.
	 */
	private @Nullable Instant heard(RegistrationState before, boolean held, Instant begun) {
		if (held) {
			logger.info("Left the registry within {} ms", Duration.between(begun, this.timer.steady()).toMillis());
			return this.timer.now();
		}
		if (before.phase() == Phase.WITHDRAWN || before.phase() == Phase.DEREGISTERED) {
			return (before.instance() != null) ? before.since() : null;
		}
		return before.isHeld() ? this.timer.now() : null;
	}

	/**
	 * The same where it is not known that it has left.
	 */
	private @Nullable Instant heardThough(Throwable failure, RegistrationState before) {
		String problem = this.actor.state().problem();
		if (before.isHeld() && failure instanceof TimeoutException && problem == null) {
			logger.warn("The registry has not confirmed within {} s that it has taken this application out",
					DEREGISTRATION_TIMEOUT.toSeconds());
			return this.timer.now();
		}
		logger.warn("Leaving without being deregistered, and so without waiting for callers: {}",
				(problem != null) ? problem : failure.toString());
		return null;
	}

	/**
	 * Ends when who listens has been told, and no later than the deregistration may have
	 * ended.
	 */
	private CompletableFuture<Void> told(Instant begun, Duration timeout) {
		CompletableFuture<Void> told = this.actor.run(this.events::afterDeregistration).handle((done, failure) -> null);
		Duration rest = timeout.minus(Duration.between(begun, this.timer.steady()));
		Timer.Scheduled patience = this.timer.schedule(() -> told.complete(null), notNegative(rest));
		return told.whenComplete((done, failure) -> patience.cancel());
	}

	/**
	 * Whether another application may call this one, so that a drain is of use. A drain
	 * that the user has set is kept in any case.
	 */
	private CompletableFuture<Boolean> othersKnown(@Nullable Instant since) {
		if (since == null || !this.drain.isDerived()) {
			return CompletableFuture.completedFuture(true);
		}
		CompletableFuture<Boolean> known = new CompletableFuture<>();
		Timer.Scheduled patience = this.timer.schedule(() -> known.complete(true), PRESENCE_TIMEOUT);
		var unused = this.actor.run(() -> known.complete(this.registry.knowsOtherApplications()))
			.whenComplete((done, failure) -> known.complete(true));
		return known.whenComplete((others, failure) -> {
			patience.cancel();
			if (!others) {
				logger.info("Stopping at once: no other application is registered or watches the registry");
			}
		});
	}

	/**
	 * Ends when callers have heard.
	 */
	private CompletableFuture<Void> drained(@Nullable Instant since) {
		RegistryInfo info = this.registry.info();
		Duration rest = (since != null)
				? this.drain.length(info).minus(notNegative(Duration.between(since, this.timer.now()))) : Duration.ZERO;
		if (rest.isNegative() || rest.isZero()) {
			return CompletableFuture.completedFuture(null);
		}
		logger.info("Serving for another {} ms ({})", rest.toMillis(), this.drain.reason(info));
		CompletableFuture<Void> drained = new CompletableFuture<>();
		this.timer.schedule(() -> drained.complete(null), rest);
		return drained;
	}

	private static Duration notNegative(Duration duration) {
		return duration.isNegative() ? Duration.ZERO : duration;
	}

}
