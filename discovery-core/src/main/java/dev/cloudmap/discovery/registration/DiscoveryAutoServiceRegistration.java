package dev.cloudmap.discovery.registration;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.registration.health.HealthMonitor;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.thread.Futures;

/**
 * Registers this application when it begins to serve, and deregisters it when it stops,
 * before the web server does. Thread-safe.
 */
public final class DiscoveryAutoServiceRegistration implements AutoServiceRegistration, SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryAutoServiceRegistration.class);

	private final DiscoveryRegistration registration;

	private final RegistrationReconciler reconciler;

	private final Supplier<@Nullable HealthMonitor> monitor;

	private final AutoServiceRegistrationProperties properties;

	private final RegistrationEvents events;

	private final GracefulDeregistration deregistration;

	private final ServingContext serving;

	/** Guards what follows: no registration comes after the deregistration. */
	private final Object lock = new Object();

	private boolean running;

	/** Is written under the lock. */
	private volatile boolean registering;

	/** The context whose web server was registered when the registration began. */
	private @Nullable ApplicationContext served;

	/** Whether it was stopped since it was started. */
	private boolean stopped;

	/** Whether to register again when it is started again. */
	private boolean again;

	/** Ends when the servers may stop; null if this bean is not being stopped. */
	private volatile @Nullable CompletableFuture<Void> stopping;

	/**
	 * Creates the automatic registration.
	 * @param registration what to register
	 * @param reconciler registers and deregisters
	 * @param monitor returns the health checks, which run while this application is
	 * registered, or null if there are none
	 * @param properties whether a first failure stops the application
	 * @param events receive the beginning of the registration
	 * @param deregistration deregisters before the web server stops
	 * @param serving the context whose web server is registered
	 */
	public DiscoveryAutoServiceRegistration(DiscoveryRegistration registration, RegistrationReconciler reconciler,
			Supplier<@Nullable HealthMonitor> monitor, AutoServiceRegistrationProperties properties,
			RegistrationEvents events, GracefulDeregistration deregistration, ServingContext serving) {
		this.registration = registration;
		this.reconciler = reconciler;
		this.monitor = monitor;
		this.properties = properties;
		this.events = events;
		this.deregistration = deregistration;
		this.serving = serving;
	}

	/**
	 * Registers this application from now on, unless it is registered. While it is
	 * stopped, it is registered when it is started again. Without a name or a port
	 * nothing is registered, and the next call tries again. Listeners are called on the
	 * reconciler's thread and don't block the caller.
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
		CompletableFuture<Void> announced = this.reconciler.run(this.events::beforeRegistration);
		CompletableFuture<Void> firstAttempt = CompletableFuture.allOf(announced, firstCheck())
			.thenCompose((done) -> register());
		if (this.properties.isFailFast()) {
			Futures.join(firstAttempt);
		}
	}

	/**
	 * A missing port is no failure where a child context may have the web server later.
	 */
	private void refuse(NothingToRegisterException obstacle) {
		var unused = this.reconciler.refuse(obstacle);
		if (this.properties.isFailFast() && (this.serving.hasOwnWebServer() || !this.registration.hasName())) {
			throw obstacle;
		}
	}

	private CompletableFuture<Void> firstCheck() {
		HealthMonitor monitor = this.monitor.get();
		if (monitor == null) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> checked = monitor.start();
		if (!this.registering) {
			monitor.stop();
		}
		return checked;
	}

	private CompletableFuture<Void> register() {
		synchronized (this.lock) {
			return this.registering ? this.reconciler.register(this.registration::instance)
					: CompletableFuture.completedFuture(null);
		}
	}

	/**
	 * Deregisters this application, also if it was registered manually, and lets it serve
	 * until callers have noticed. The web server stops after that.
	 */
	@Override
	public void stop(Runnable callback) {
		CompletableFuture<Void> stopping = new CompletableFuture<>();
		this.stopping = stopping;
		stop(callback, stopping);
	}

	private void stop(Runnable callback, CompletableFuture<Void> stopping) {
		Runnable ended = () -> {
			stopping.complete(null);
			callback.run();
		};
		boolean registered;
		synchronized (this.lock) {
			registered = this.registering;
			this.running = false;
			this.stopped = true;
			this.again = registered;
			this.registering = false;
		}
		if (registered) {
			deregister(ended);
		}
		else if (this.reconciler.state().isWanted()) {
			this.deregistration.begin(ended);
		}
		else {
			ended.run();
		}
	}

	/**
	 * Deregisters this application as {@link #stop(Runnable)} does, and returns when its
	 * servers may stop. If that has begun already, waits for its end. Called before a
	 * server stops that Spring does not stop after this bean.
	 */
	public void stopBeforeServer() {
		CompletableFuture<Void> stopping = this.stopping;
		if (stopping == null) {
			stopping = new CompletableFuture<>();
			this.stopping = stopping;
			stop(() -> {
			}, stopping);
		}
		// a listener that closes the context must not wait for its own thread
		if (!this.reconciler.isOnExecutor()) {
			Futures.join(stopping);
		}
	}

	/**
	 * Deregisters this application if the context is a child that has the web server, and
	 * returns when the web server may stop. This application is registered again when
	 * another context has a web server and accepts traffic.
	 * @param context a context that is being closed
	 */
	public void leave(ApplicationContext context) {
		if (this.serving.isServingChild(context)) {
			leave();
			this.serving.release();
		}
	}

	private void leave() {
		synchronized (this.lock) {
			if (!this.registering) {
				return;
			}
			this.registering = false;
		}
		CountDownLatch left = new CountDownLatch(1);
		deregister(left::countDown);
		try {
			// a listener that closes the context must not wait for its own thread
			if (!this.reconciler.isOnExecutor()) {
				left.await();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			logger.debug("Interrupted during the deregistration", ex);
		}
		this.registration.reset();
	}

	/**
	 * Deregisters this application if the child context that has the web server has
	 * failed to start after the web server listened. Does not wait, since the web server
	 * has stopped.
	 */
	public void leaveFailedContext() {
		boolean left;
		synchronized (this.lock) {
			left = this.registering && this.served != null && this.serving.hasFailed(this.served);
			this.registering &= !left;
		}
		this.serving.releaseFailed();
		if (left) {
			deregister(() -> {
			});
			this.registration.reset();
		}
	}

	private void deregister(Runnable callback) {
		HealthMonitor monitor = this.monitor.get();
		if (monitor != null) {
			monitor.stop();
		}
		this.deregistration.begin(callback);
	}

	@Override
	public void stop() {
		throw new UnsupportedOperationException("Stop is asynchronous: call stop(Runnable)");
	}

	@Override
	public void start() {
		this.stopping = null;
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
	 * Also before it is started, if the web server listens and something else fails to
	 * start: this application is deregistered then.
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
