package dev.cloudmap.discovery.lifecycle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.registration.Departure;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.HealthMonitor;
import dev.cloudmap.discovery.registration.InstanceHealth;
import dev.cloudmap.discovery.registration.RegistrationActor;
import dev.cloudmap.discovery.registration.RegistrationEvents;
import dev.cloudmap.discovery.registration.Standing;
import dev.cloudmap.discovery.registration.Standing.Origin;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Decides when this application is registered: from when it first accepts traffic, or its
 * web server listens, until it begins to stop, before the web server does. In between,
 * the application is unhealthy while it refuses traffic or is broken. Each
 * {@link AvailabilityChangeEvent} that reaches this context has the context's
 * {@link ApplicationAvailability} read again, whatever its source, except where that is a
 * context whose web server is not registered.
 */
public final class DiscoveryAutoServiceRegistration
		implements AutoServiceRegistration, SmartLifecycle, ApplicationListener<AvailabilityChangeEvent<?>> {

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryAutoServiceRegistration.class);

	private final ApplicationAvailability availability;

	private final DiscoveryRegistration registration;

	private final RegistrationActor actor;

	private final InstanceHealth health;

	private final Supplier<@Nullable HealthMonitor> monitor;

	private final AutoServiceRegistrationProperties properties;

	private final RegistrationEvents events;

	private final Departure departure;

	private final ServingContext serving;

	/** Whether the last attempt to read the availability has failed. */
	private volatile boolean unreadable;

	/** By it no registration comes after the departure. It guards what follows. */
	private final Object lock = new Object();

	private boolean running;

	private boolean registering;

	/** The context that was serving when the registration began. */
	private @Nullable ApplicationContext served;

	/** Whether it has been stopped since it was started. */
	private boolean stopped;

	/** Whether what is stopped is to be registered when it is started again. */
	private boolean again;

	/**
	 * Creates the automatic registration.
	 * @param availability the readiness and liveness of the application. It has to take
	 * an event in before this object does, as it does if it is a bean that this one is
	 * created with
	 * @param registration what to register; not null
	 * @param actor tells the registry; not null
	 * @param health is told of the readiness; not null
	 * @param monitor checks the health of what is registered; gives null if nobody does;
	 * not null
	 * @param properties whether a first failure stops the application; not null
	 * @param events tell the application; not null
	 * @param departure how it leaves; not null
	 * @param serving the context whose web server is registered
	 */
	public DiscoveryAutoServiceRegistration(ApplicationAvailability availability, DiscoveryRegistration registration,
			RegistrationActor actor, InstanceHealth health, Supplier<@Nullable HealthMonitor> monitor,
			AutoServiceRegistrationProperties properties, RegistrationEvents events, Departure departure,
			ServingContext serving) {
		this.availability = availability;
		this.registration = registration;
		this.actor = actor;
		this.health = health;
		this.monitor = monitor;
		this.properties = properties;
		this.events = events;
		this.departure = departure;
		this.serving = serving;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<?> event) {
		if (!this.serving.isRefused(event.getSource()) && readAvailability() == ReadinessState.ACCEPTING_TRAFFIC) {
			begin();
		}
	}

	/**
	 * Reads the readiness and the liveness of the application. A state that has not been
	 * published yet changes nothing, nor does an {@link ApplicationAvailability} that
	 * throws an exception.
	 * @return the readiness; null where it can't be read, or is that of a context whose
	 * web server is not registered
	 */
	public @Nullable ReadinessState readAvailability() {
		try {
			ReadinessState readiness = read();
			this.unreadable = false;
			return readiness;
		}
		catch (RuntimeException | Error ex) {
			if (!this.unreadable) {
				this.unreadable = true;
				logger.warn("The last known availability of this application is kept: it can't be read", ex);
			}
			return null;
		}
	}

	private @Nullable ReadinessState read() {
		if (isRegisteredContexts(LivenessState.class)) {
			LivenessState liveness = this.availability.getState(LivenessState.class);
			this.health.alive((liveness != LivenessState.BROKEN) ? Standing.HEALTHY
					: Standing.unhealthy(Origin.LIVENESS, "liveness is " + liveness));
		}
		if (!isRegisteredContexts(ReadinessState.class)) {
			return null;
		}
		ReadinessState readiness = this.availability.getState(ReadinessState.class);
		this.health.ready((readiness != ReadinessState.REFUSING_TRAFFIC) ? Standing.HEALTHY
				: Standing.unhealthy(Origin.READINESS, "readiness is " + readiness));
		return readiness;
	}

	/**
	 * Whether the last change of a state does not come from a context whose web server is
	 * not registered: the state from before counts then.
	 */
	private <S extends AvailabilityState> boolean isRegisteredContexts(Class<S> state) {
		AvailabilityChangeEvent<S> last = this.availability.getLastChangeEvent(state);
		return last == null || !this.serving.isRefused(last.getSource());
	}

	/**
	 * Registers this application from now on, if it is not registered already. One that
	 * is stopped is registered when it is started again: it may become ready while it
	 * stops. Where there is no name or no port yet, nothing is registered; the next call
	 * tries again. Listeners are called on the actor's thread, so that they don't block
	 * the caller's.
	 */
	public void begin() {
		leaveFailedContext();
		synchronized (this.lock) {
			this.again |= this.stopped;
			if (this.stopped || this.registering) {
				return;
			}
			NothingToRegisterException obstacle = this.registration.obstacle();
			if (obstacle != null) {
				refuse(obstacle);
				return;
			}
			this.registering = true;
			this.served = this.serving.get();
		}
		CompletableFuture<Void> announced = this.actor.run(this.events::beforeRegistration);
		CompletableFuture<Void> firstAttempt = CompletableFuture.allOf(announced, checked())
			.thenCompose((done) -> register());
		if (this.properties.isFailFast()) {
			Futures.join(firstAttempt);
		}
	}

	/**
	 * A missing port fails nothing where a child context may have the web server later.
	 */
	private void refuse(NothingToRegisterException obstacle) {
		var unused = this.actor.refuse(obstacle);
		if (this.properties.isFailFast() && (this.serving.hasOwnWebServer() || !this.registration.hasName())) {
			throw obstacle;
		}
	}

	private CompletableFuture<Void> checked() {
		HealthMonitor monitor = this.monitor.get();
		if (monitor == null) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> checked = monitor.start();
		if (!isRegistering()) {
			monitor.stop();
		}
		return checked;
	}

	private CompletableFuture<Void> register() {
		synchronized (this.lock) {
			return this.registering ? this.actor.register(this.registration::instance)
					: CompletableFuture.completedFuture(null);
		}
	}

	private boolean isRegistering() {
		synchronized (this.lock) {
			return this.registering;
		}
	}

	/**
	 * Leaves the registry, also where it was registered by hand, and lets callers that
	 * have not heard of it yet be served a while longer. The web server stops after that.
	 */
	@Override
	public void stop(Runnable callback) {
		boolean registered;
		synchronized (this.lock) {
			registered = this.registering;
			this.running = false;
			this.stopped = true;
			this.again = registered;
			this.registering = false;
		}
		HealthMonitor monitor = registered ? this.monitor.get() : null;
		if (monitor != null) {
			monitor.stop();
		}
		if (registered || this.actor.state().isWanted()) {
			this.departure.begin(callback);
		}
		else {
			callback.run();
		}
	}

	/**
	 * Leaves the registry since the context that has the web server is closing, and
	 * returns when the web server may stop. This application is registered again when
	 * another context has a web server and accepts traffic.
	 */
	void leave() {
		boolean registered;
		synchronized (this.lock) {
			registered = this.registering;
			this.registering = false;
		}
		if (!registered) {
			return;
		}
		HealthMonitor monitor = this.monitor.get();
		if (monitor != null) {
			monitor.stop();
		}
		CountDownLatch left = new CountDownLatch(1);
		this.departure.begin(left::countDown);
		try {
			// a listener that closes the context must not wait for its own thread
			if (!this.actor.isTakingTurn()) {
				left.await();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			logger.debug("Interrupted while leaving the registry", ex);
		}
		this.registration.reset();
	}

	/**
	 * Leaves the registry if the child context that has the web server has failed to
	 * start after that listened. Does not wait, since the web server has stopped already.
	 */
	public void leaveFailedContext() {
		boolean left;
		synchronized (this.lock) {
			left = this.registering && this.served != null && this.serving.hasFailed(this.served);
			this.registering &= !left;
		}
		this.serving.releaseFailed();
		if (!left) {
			return;
		}
		HealthMonitor monitor = this.monitor.get();
		if (monitor != null) {
			monitor.stop();
		}
		this.departure.begin(() -> {
		});
		this.registration.reset();
	}

	@Override
	public void stop() {
		throw new UnsupportedOperationException("Stop is asynchronous: call stop(Runnable)");
	}

	@Override
	public void start() {
		boolean again;
		synchronized (this.lock) {
			this.running = true;
			this.stopped = false;
			again = this.again;
			this.again = false;
		}
		if (again) {
			this.registration.reset();
			begin();
		}
	}

	/**
	 * Also before it is started, where the web server listens already and something else
	 * fails to start: what was registered has to leave.
	 */
	@Override
	public boolean isRunning() {
		synchronized (this.lock) {
			return this.running || this.registering;
		}
	}

	/**
	 * The highest: stopped before the web server refuses or drains requests.
	 */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

}
