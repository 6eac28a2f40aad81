package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.thread.Futures;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Decides when this application is registered: from when it first accepts traffic until
 * it begins to stop, before the web server does. In between, refusing traffic makes it
 * unhealthy.
 */
public final class DiscoveryAutoServiceRegistration implements AutoServiceRegistration, SmartLifecycle,
		ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {

	/**
	 * How long the application's end waits for the registry to take the instance out.
	 */
	private static final Duration DEREGISTRATION_TIMEOUT = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryAutoServiceRegistration.class);

	private final ApplicationContext context;

	private final DiscoveryRegistration registration;

	private final RegistrationActor actor;

	private final AutoServiceRegistrationProperties properties;

	private final RegistrationEvents events;

	private final Timer timer;

	private final Duration drain;

	private final AtomicBoolean registering = new AtomicBoolean();

	/** Whether what is started has been registered before it was stopped. */
	private final AtomicBoolean again = new AtomicBoolean();

	private volatile boolean running;

	/**
	 * Creates the automatic registration.
	 * @param context the application, whose readiness counts; not null
	 * @param registration what to register; not null
	 * @param actor tells the registry; not null
	 * @param properties whether a first failure stops the application; not null
	 * @param events tell the application; not null
	 * @param timer times the drain; not null
	 * @param drain how long to go on serving after deregistration; not null
	 */
	public DiscoveryAutoServiceRegistration(ApplicationContext context, DiscoveryRegistration registration,
			RegistrationActor actor, AutoServiceRegistrationProperties properties, RegistrationEvents events,
			Timer timer, Duration drain) {
		this.context = context;
		this.registration = registration;
		this.actor = actor;
		this.properties = properties;
		this.events = events;
		this.timer = timer;
		this.drain = drain;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		if (event.getSource() != this.context) {
			return;
		}
		if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
			if (this.registering.get()) {
				report(HealthStatus.UNHEALTHY);
			}
		}
		else if (this.registering.compareAndSet(false, true)) {
			register();
		}
		else {
			report(HealthStatus.HEALTHY);
		}
	}

	private void register() {
		this.events.beforeRegistration();
		CompletableFuture<Void> firstAttempt = this.actor.register(this.registration::instance);
		if (this.properties.isFailFast()) {
			Futures.join(firstAttempt);
		}
	}

	private void report(HealthStatus status) {
		// the actor says what goes wrong, and tries again
		var unused = this.actor.report(status);
	}

	/**
	 * Takes the instance out, then lets callers that have not heard of it yet be served a
	 * while longer. The web server stops after that.
	 */
	@Override
	public void stop(Runnable callback) {
		this.running = false;
		if (!this.registering.getAndSet(false)) {
			callback.run();
			return;
		}
		this.again.set(true);
		this.events.beforeDeregistration();
		boolean held = this.actor.state().isHeld();
		var unused = this.actor.deregister()
			.orTimeout(DEREGISTRATION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((done, failure) -> {
				this.events.afterDeregistration();
				if (held && failure == null) {
					drain(callback);
				}
				else {
					callback.run();
				}
			});
	}

	private void drain(Runnable callback) {
		if (!this.drain.isZero()) {
			logger.info("Serving for another {} ms until callers have taken notice (discovery.registration.drain)",
					this.drain.toMillis());
		}
		this.timer.schedule(callback, this.drain);
	}

	@Override
	public void stop() {
		throw new UnsupportedOperationException("Stop is asynchronous: call stop(Runnable)");
	}

	@Override
	public void start() {
		this.running = true;
		if (this.again.getAndSet(false) && this.registering.compareAndSet(false, true)) {
			this.registration.reset();
			register();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
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
