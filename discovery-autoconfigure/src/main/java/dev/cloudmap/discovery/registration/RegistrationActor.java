package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.registration.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Says to the registry, one thing after the other, what is to be known of this
 * application: a report can't overtake a registration, nor come after a deregistration.
 * What fails is tried again until it succeeds or is no longer wanted.
 */
public final class RegistrationActor {

	/** A lease is renewed this many times within its length. */
	private static final int RENEWALS_PER_LEASE = 3;

	private static final Logger logger = LoggerFactory.getLogger(RegistrationActor.class);

	private final Registry registry;

	private final Executor executor;

	private final Timer timer;

	private final Duration renewal;

	private final Runnable onRegistered;

	private volatile RegistrationState state;

	/** How the instance is. Touched on the executor only. */
	private HealthStatus health = HealthStatus.HEALTHY;

	/**
	 * Counts changes of what is wanted: a retry or renewal of an earlier wish is void.
	 * Touched on the executor only.
	 */
	private long wish;

	/**
	 * Creates the actor.
	 * @param registry whom to tell; not null
	 * @param executor runs one thing after the other; not null
	 * @param timer for retries and renewals; not null
	 * @param lease the length of the lease, where the registry keeps leases; not null
	 * @param onRegistered is run, on the executor, each time the registry has accepted
	 * the instance; not null
	 */
	public RegistrationActor(Registry registry, Executor executor, Timer timer, Duration lease, Runnable onRegistered) {
		this.registry = registry;
		this.executor = executor;
		this.timer = timer;
		this.renewal = lease.dividedBy(RENEWALS_PER_LEASE);
		this.onRegistered = onRegistered;
		this.state = new RegistrationState(Phase.WAITING, timer.now(), null, null);
	}

	/**
	 * Where the registration stands.
	 */
	public RegistrationState state() {
		return this.state;
	}

	/**
	 * Registers an instance, and keeps it registered.
	 * @param instance tells what to register; asked again with every new attempt until it
	 * can tell; not null
	 * @return ends with the first attempt: normally if it succeeded, exceptionally if it
	 * failed and will be tried again
	 */
	public CompletableFuture<Void> register(Supplier<InstanceRegistration> instance) {
		return run(() -> {
			this.wish++;
			enter(Phase.REGISTERING, null, null);
			if (this.registry.info().can(Capability.LEASES)) {
				renewLater();
			}
			attempt(instance, Backoff.first());
		});
	}

	/**
	 * Takes the instance out, and stops trying anything else.
	 * @return ends when the registry no longer holds it, or exceptionally if that failed
	 */
	public CompletableFuture<Void> deregister() {
		return run(() -> {
			InstanceRegistration instance = this.state.instance();
			Level level = this.state.isHeld() ? Level.WARN : Level.DEBUG;
			this.wish++;
			if (instance == null) {
				enter(Phase.DEREGISTERED, null, null);
				return;
			}
			try {
				this.registry.deregister(instance.service(), instance.instanceId());
				logger.info("Deregistered {} of {}", instance.instanceId(), instance.service());
				enter(Phase.DEREGISTERED, instance, null);
			}
			catch (DiscoveryException ex) {
				logger.atLevel(level)
					.log("{} of {} could not be deregistered: {}", instance.instanceId(), instance.service(),
							ex.getMessage());
				enter(Phase.DEREGISTERED, instance, ex.getMessage());
				throw ex;
			}
		});
	}

	/**
	 * Says how the instance is from now on.
	 * @param status {@code HEALTHY} or {@code UNHEALTHY}; not null
	 * @return ends when the registry knows, or exceptionally if it could not be told
	 */
	public CompletableFuture<Void> report(HealthStatus status) {
		return run(() -> {
			this.health = status;
			tellIfHeld(Backoff.first());
		});
	}

	private void attempt(Supplier<InstanceRegistration> wanted, Backoff backoff) {
		try {
			InstanceRegistration instance = wanted.get();
			enter(Phase.REGISTERING, instance, this.state.problem());
			this.registry.register(asItIs(instance));
			logger.info("Registered {} of {} with {}", instance.instanceId(), instance.service(), this.registry.info());
			enter(held(), instance, null);
		}
		catch (NothingToRegisterException ex) {
			logger.info("{}", ex.getMessage());
			enter(Phase.WAITING, null, ex.getMessage());
			throw ex;
		}
		catch (RuntimeException ex) {
			if (this.state.problem() == null) {
				logger.warn("This application is not registered, which will be tried again: {}", ex.getMessage());
			}
			enter(Phase.REGISTERING, this.state.instance(), String.valueOf(ex.getMessage()));
			later(backoff.delay(), () -> attempt(wanted, backoff.next()));
			throw ex;
		}
		this.onRegistered.run();
	}

	private void renewLater() {
		later(this.renewal, () -> {
			renewLater();
			InstanceRegistration instance = this.state.instance();
			if (instance != null && this.state.isHeld()) {
				tell(instance, () -> renew(instance), Backoff.first());
			}
		});
	}

	private void tellIfHeld(Backoff backoff) {
		InstanceRegistration instance = this.state.instance();
		if (instance != null && this.state.isHeld()) {
			tell(instance, () -> report(instance), backoff);
		}
	}

	/**
	 * Renews the lease: by the report that the instance is healthy, or, since no other
	 * report does, by registering it once more as it is.
	 */
	private void renew(InstanceRegistration instance) {
		if (this.health == HealthStatus.HEALTHY) {
			report(instance);
		}
		else {
			this.registry.register(asItIs(instance));
		}
	}

	private void report(InstanceRegistration instance) {
		this.registry.reportHealth(instance.service(), instance.instanceId(), this.health);
	}

	/**
	 * Tells the registry how the instance is; registers it again if the registry has
	 * forgotten it. Where there is no renewal to come, it is tried again until the
	 * registry knows.
	 */
	private void tell(InstanceRegistration instance, Runnable how, Backoff backoff) {
		try {
			how.run();
			if (this.state.problem() != null) {
				logger.info("The registry can be told again how {} of {} is", instance.instanceId(),
						instance.service());
			}
			enter(held(), instance, null);
		}
		catch (NotRegisteredException ex) {
			logger.info("The registry no longer holds {} of {}: registering it again", instance.instanceId(),
					instance.service());
			enter(Phase.REGISTERING, instance, ex.getMessage());
			attempt(() -> instance, Backoff.first());
		}
		catch (RuntimeException ex) {
			if (this.state.problem() == null) {
				logger.warn("The registry can't be told how {} of {} is: {}", instance.instanceId(), instance.service(),
						ex.getMessage());
			}
			enter(this.state.phase(), instance, String.valueOf(ex.getMessage()));
			if (!this.registry.info().can(Capability.LEASES)) {
				later(backoff.delay(), () -> tellIfHeld(backoff.next()));
			}
			throw ex;
		}
	}

	private InstanceRegistration asItIs(InstanceRegistration instance) {
		return (this.health == HealthStatus.HEALTHY) ? instance : instance.initially(this.health);
	}

	private Phase held() {
		return (this.health == HealthStatus.HEALTHY) ? Phase.REGISTERED : Phase.OUT_OF_SERVICE;
	}

	private void enter(Phase phase, @Nullable InstanceRegistration instance, @Nullable String problem) {
		RegistrationState before = this.state;
		this.state = new RegistrationState(phase, (before.phase() == phase) ? before.since() : this.timer.now(),
				instance, problem);
	}

	/**
	 * Runs a step later, unless something else is wanted by then. That it fails has been
	 * said where it failed.
	 */
	private void later(Duration delay, Runnable step) {
		long wish = this.wish;
		this.timer.schedule(() -> {
			var unused = run(() -> {
				if (this.wish == wish) {
					step.run();
				}
			});
		}, delay);
	}

	private CompletableFuture<Void> run(Runnable step) {
		try {
			return CompletableFuture.runAsync(step, this.executor);
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.failedFuture(new DiscoveryException("The application is stopping", ex));
		}
	}

}
