package dev.cloudmap.discovery.registration;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

import dev.cloudmap.discovery.thread.Futures;

/**
 * Decides when this application is registered: from when it first accepts traffic, or its
 * web server listens, until it begins to stop, before the web server does. In between,
 * refusing traffic makes it unhealthy.
 */
public final class DiscoveryAutoServiceRegistration implements AutoServiceRegistration, SmartLifecycle,
		ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {

	private final ApplicationContext context;

	private final DiscoveryRegistration registration;

	private final RegistrationActor actor;

	private final InstanceHealth health;

	private final Supplier<@Nullable HealthMonitor> monitor;

	private final AutoServiceRegistrationProperties properties;

	private final RegistrationEvents events;

	private final Departure departure;

	/** Also the lock by which no registration comes after the departure. */
	private final AtomicBoolean registering = new AtomicBoolean();

	/** Whether what is started has been registered before it was stopped. */
	private final AtomicBoolean again = new AtomicBoolean();

	private volatile boolean running;

	/**
	 * Creates the automatic registration.
	 * @param context the application, whose readiness counts; not null
	 * @param registration what to register; not null
	 * @param actor tells the registry; not null
	 * @param health is told of the readiness; not null
	 * @param monitor checks the health of what is registered; gives null if nobody does;
	 * not null
	 * @param properties whether a first failure stops the application; not null
	 * @param events tell the application; not null
	 * @param departure how it leaves; not null
	 */
	public DiscoveryAutoServiceRegistration(ApplicationContext context, DiscoveryRegistration registration,
			RegistrationActor actor, InstanceHealth health, Supplier<@Nullable HealthMonitor> monitor,
			AutoServiceRegistrationProperties properties, RegistrationEvents events, Departure departure) {
		this.context = context;
		this.registration = registration;
		this.actor = actor;
		this.health = health;
		this.monitor = monitor;
		this.properties = properties;
		this.events = events;
		this.departure = departure;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		if (event.getSource() != this.context) {
			return;
		}
		boolean accepting = event.getState() == ReadinessState.ACCEPTING_TRAFFIC;
		this.health.ready(accepting ? Standing.HEALTHY : Standing.unhealthy("readiness is " + event.getState()));
		if (accepting) {
			begin();
		}
	}

	/**
	 * Registers this application from now on, if it is not registered already.
	 */
	void begin() {
		if (!this.registering.compareAndSet(false, true)) {
			return;
		}
		this.events.beforeRegistration();
		HealthMonitor monitor = this.monitor.get();
		CompletableFuture<Void> checked = (monitor != null) ? monitor.start() : CompletableFuture.completedFuture(null);
		CompletableFuture<Void> firstAttempt = checked.thenCompose((done) -> register());
		if (this.properties.isFailFast()) {
			Futures.join(firstAttempt);
		}
	}

	private CompletableFuture<Void> register() {
		synchronized (this.registering) {
			return this.registering.get() ? this.actor.register(this.registration::instance)
					: CompletableFuture.completedFuture(null);
		}
	}

	/**
	 * Leaves the registry, and lets callers that have not heard of it yet be served a
	 * while longer. The web server stops after that.
	 */
	@Override
	public void stop(Runnable callback) {
		this.running = false;
		boolean registered;
		synchronized (this.registering) {
			registered = this.registering.getAndSet(false);
		}
		if (!registered) {
			callback.run();
			return;
		}
		this.again.set(true);
		HealthMonitor monitor = this.monitor.get();
		if (monitor != null) {
			monitor.stop();
		}
		this.departure.begin(callback);
	}

	@Override
	public void stop() {
		throw new UnsupportedOperationException("Stop is asynchronous: call stop(Runnable)");
	}

	@Override
	public void start() {
		this.running = true;
		if (this.again.getAndSet(false)) {
			this.registration.reset();
			begin();
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
