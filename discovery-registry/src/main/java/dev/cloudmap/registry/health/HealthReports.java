package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.JournalException;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.ChangeHealth;
import dev.cloudmap.registry.state.command.ChangeHealth.Outcome;
import dev.cloudmap.registry.state.command.ChangeHealth.Verdict;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.time.Scheduler;

/**
 * The health that instances, or someone on their behalf, report. A report may take effect
 * with a delay, as on Cloud Map; a report of the opposite within it cancels it, and
 * repeating a report does not hasten it.
 */
public final class HealthReports implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(HealthReports.class);

	private final Map<InstanceReference, Flip> flips = new HashMap<>();

	/** Those whose time has come and that the state does not show yet. */
	private final Map<InstanceReference, Flip> underWay = new HashMap<>();

	private final RegistryState state;

	private final Scheduler scheduler;

	private final Supplier<Emulation> emulation;

	private final LeaseMonitor leases;

	private HealthReports(RegistryState state, Scheduler scheduler, Supplier<Emulation> emulation) {
		this.state = state;
		this.scheduler = scheduler;
		this.emulation = emulation;
		this.leases = new LeaseMonitor(state, scheduler);
	}

	/**
	 * Begins to look after the health of all instances.
	 * @param state where the instances are
	 * @param scheduler where time comes from
	 * @param emulation tells how long a reported change of health takes to have an effect
	 * @return what takes the reports
	 */
	public static HealthReports begin(RegistryState state, Scheduler scheduler, Supplier<Emulation> emulation) {
		HealthReports health = new HealthReports(state, scheduler, emulation);
		state.addListener(health);
		health.leases.begin();
		return health;
	}

	/**
	 * Takes a report. One of HEALTHY renews the instance's lease too.
	 * @param key the instance
	 * @param status HEALTHY or UNHEALTHY
	 * @return completes when the report is kept, or is known to change nothing, or waits
	 * for its time
	 * @throws RegistryException when there is no such instance, or its service has no
	 * custom health check
	 */
	public CompletableFuture<Outcome> report(InstanceReference key, HealthStatus status) {
		RegistrySnapshot snapshot = this.state.snapshot();
		ServiceState service = snapshot.service(key.serviceId());
		Instance instance = snapshot.instance(key);
		if (service.service().customHealth() == null) {
			throw new RegistryException(ErrorType.CUSTOM_HEALTH_NOT_FOUND,
					"The service '%s' has no HealthCheckCustomConfig, so health cannot be reported for its instances."
						.formatted(service.service().name()));
		}
		if (status == HealthStatus.HEALTHY && this.leases.renew(instance)) {
			// The instance was silent and is back: nothing is gained by hiding it longer.
			cancel(key);
			return submit(instance, Verdict.RENEWED).thenApply((outcome) -> refuseWhenGone(key, outcome));
		}
		Duration delay = this.emulation.get().healthDelay();
		if (!delay.isZero()) {
			return flipLater(key, status, delay);
		}
		cancel(key);
		return submit(instance, verdict(status)).thenApply((outcome) -> refuseWhenGone(key, outcome));
	}

	private CompletableFuture<Outcome> submit(Instance instance, Verdict verdict) {
		return this.state.submit(new ChangeHealth(instance.key(), instance.registration(), verdict));
	}

	/**
	 * An instance may go between the look at it and the change, above all when its lease
	 * ends: whoever reports must learn that it has to register again.
	 */
	private Outcome refuseWhenGone(InstanceReference key, Outcome outcome) {
		if (outcome == Outcome.OUTDATED) {
			this.state.snapshot().instance(key);
		}
		return outcome;
	}

	private synchronized CompletableFuture<Outcome> flipLater(InstanceReference key, HealthStatus status,
			Duration delay) {
		// Only now: what was under way before may be there.
		Instance instance = this.state.snapshot().instance(key);
		Flip flip = this.flips.get(key);
		if (flip != null && flip.registration() != instance.registration()) {
			cancel(key);
			flip = null;
		}
		if (status == upcoming(instance)) {
			cancel(key);
		}
		else if (flip == null) {
			Scheduler.Timer timer = this.scheduler.schedule(delay, () -> flip(instance));
			this.flips.put(key, new Flip(instance.registration(), status, timer));
		}
		return CompletableFuture.completedFuture(Outcome.APPLIED);
	}

	private HealthStatus upcoming(Instance instance) {
		Flip flip = this.underWay.get(instance.key());
		return (flip != null && flip.registration() == instance.registration()) ? flip.status() : instance.reported();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // what matters is in the callback
	private synchronized void flip(Instance instance) {
		Flip flip = this.flips.get(instance.key());
		if (flip != null && flip.registration() == instance.registration()) {
			this.flips.remove(instance.key());
			this.underWay.put(instance.key(), flip);
			submit(instance, verdict(flip.status()))
				.whenComplete((outcome, failure) -> arrived(instance.key(), flip, failure));
		}
	}

	private synchronized void arrived(InstanceReference key, Flip flip, @Nullable Throwable failure) {
		this.underWay.remove(key, flip);
		if (failure != null) {
			logger.atLevel(JournalException.level(failure))
				.log("That instance {} was reported {} could not be kept: {}", key, flip.status(),
						String.valueOf(failure));
		}
	}

	private synchronized void cancel(InstanceReference key) {
		Flip flip = this.flips.remove(key);
		if (flip != null) {
			flip.timer().cancel();
		}
	}

	@Override
	public void changed(RegistrySnapshot snapshot, List<Change> changes) {
		for (Change change : changes) {
			if (change instanceof Change.InstanceRegistered registered) {
				cancel(registered.instance().key());
			}
			else if (change instanceof Change.InstanceDeregistered deregistered) {
				cancel(deregistered.instance().key());
			}
		}
	}

	private static Verdict verdict(HealthStatus status) {
		return (status == HealthStatus.HEALTHY) ? Verdict.HEALTHY : Verdict.UNHEALTHY;
	}

	/**
	 * A change of health that waits for its time.
	 *
	 * @param registration the registration it is for
	 * @param status the new status
	 * @param timer calls it off
	 */
	private record Flip(long registration, HealthStatus status, Scheduler.Timer timer) {

	}

}
