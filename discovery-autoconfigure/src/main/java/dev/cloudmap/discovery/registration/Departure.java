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
	 * Leaves. Returns at once.
	 * @param callback is run, on one of the library's threads, when the web server may
	 * stop
	 */
	void begin(Runnable callback) {
		this.events.beforeDeregistration();
		RegistrationState before = this.actor.state();
		Instant begun = this.timer.now();
		CompletableFuture<Void> gone = this.actor.deregister();
		Timer.Scheduled patience = this.timer.schedule(() -> gone.completeExceptionally(new TimeoutException()),
				DEREGISTRATION_TIMEOUT);
		var unused = gone.whenComplete((done, failure) -> {
			patience.cancel();
			this.events.afterDeregistration();
			drain(callback, callersHear(before, failure, begun));
		});
	}

	/**
	 * From when on callers hear that the instance has left; null if they don't, or have
	 * heard it long ago.
	 */
	private @Nullable Instant callersHear(RegistrationState before, @Nullable Throwable failure, Instant begun) {
		if (before.phase() == Phase.WITHDRAWN) {
			return before.since();
		}
		Instant now = this.timer.now();
		if (before.isHeld() && failure == null) {
			logger.info("Left the registry within {} ms", Duration.between(begun, now).toMillis());
			return now;
		}
		String problem = this.actor.state().problem();
		if (before.isHeld() && failure instanceof TimeoutException && problem == null) {
			logger.warn("The registry has not confirmed within {} s that it has taken this application out",
					DEREGISTRATION_TIMEOUT.toSeconds());
			return now;
		}
		if (before.isHeld()) {
			logger.warn("Leaving without being deregistered, and so without waiting for callers: {}", problem);
		}
		return null;
	}

	private void drain(Runnable callback, @Nullable Instant since) {
		RegistryInfo info = this.registry.info();
		Duration rest = (since != null) ? this.drain.length(info).minus(Duration.between(since, this.timer.now()))
				: Duration.ZERO;
		if (rest.isNegative() || rest.isZero()) {
			callback.run();
			return;
		}
		logger.info("Serving for another {} ms ({})", rest.toMillis(), this.drain.reason(info));
		this.timer.schedule(callback, rest);
	}

}
