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
 * Processes health that clients report for instances. A change takes effect after the
 * emulated delay. A report of the current health within the delay cancels the change;
 * repeating a report does not shorten the delay.
 */
public final class HealthReports implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(HealthReports.class);

	private final Map<InstanceReference, PendingChange> pending = new HashMap<>();

	/** Changes that are submitted and not visible yet. */
	private final Map<InstanceReference, PendingChange> submitted = new HashMap<>();

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
	 * Starts to process reports and leases.
	 * @param state the content of the registry
	 * @param scheduler delays changes
	 * @param emulation returns the current health delay
	 * @return the reports
	 */
	public static HealthReports begin(RegistryState state, Scheduler scheduler, Supplier<Emulation> emulation) {
		HealthReports health = new HealthReports(state, scheduler, emulation);
		state.addListener(health);
		health.leases.begin();
		return health;
	}

	/**
	 * Processes a report. A report of HEALTHY also renews the lease of the instance.
	 * @param key the instance
	 * @param status HEALTHY or UNHEALTHY
	 * @return completes when the report is stored, scheduled or has no effect
	 * @throws RegistryException if there is no such instance or its service has no custom
	 * health check
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
			// An instance whose lease had expired becomes healthy without delay.
			cancel(key);
			return submit(instance, Verdict.RENEWED).thenApply((outcome) -> requireRegistered(key, outcome));
		}
		Duration delay = this.emulation.get().healthDelay();
		if (!delay.isZero()) {
			return changeLater(key, status, delay);
		}
		cancel(key);
		return submit(instance, verdict(status)).thenApply((outcome) -> requireRegistered(key, outcome));
	}

	private CompletableFuture<Outcome> submit(Instance instance, Verdict verdict) {
		return this.state.submit(new ChangeHealth(instance.key(), instance.registration(), verdict));
	}

	/**
	 * Rejects the report if the instance was deregistered in the meantime.
	 */
	private Outcome requireRegistered(InstanceReference key, Outcome outcome) {
		if (outcome == Outcome.OUTDATED) {
			this.state.snapshot().instance(key);
		}
		return outcome;
	}

	private synchronized CompletableFuture<Outcome> changeLater(InstanceReference key, HealthStatus status,
			Duration delay) {
		// Read with the lock, after earlier changes.
		Instance instance = this.state.snapshot().instance(key);
		PendingChange change = this.pending.get(key);
		if (change != null && change.registration() != instance.registration()) {
			cancel(key);
			change = null;
		}
		if (status == upcoming(instance)) {
			cancel(key);
		}
		else if (change == null) {
			Scheduler.Timer timer = this.scheduler.schedule(delay, () -> change(instance));
			this.pending.put(key, new PendingChange(instance.registration(), status, timer));
		}
		return CompletableFuture.completedFuture(Outcome.APPLIED);
	}

	private HealthStatus upcoming(Instance instance) {
		PendingChange change = this.submitted.get(instance.key());
		return (change != null && change.registration() == instance.registration()) ? change.status()
				: instance.reported();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the callback handles the result
	private synchronized void change(Instance instance) {
		PendingChange change = this.pending.get(instance.key());
		if (change != null && change.registration() == instance.registration()) {
			this.pending.remove(instance.key());
			this.submitted.put(instance.key(), change);
			submit(instance, verdict(change.status()))
				.whenComplete((outcome, failure) -> completed(instance.key(), change, failure));
		}
	}

	private synchronized void completed(InstanceReference key, PendingChange change, @Nullable Throwable failure) {
		this.submitted.remove(key, change);
		if (failure != null) {
			logger.atLevel(JournalException.level(failure))
				.log("The registry could not store that instance {} was reported {}: {}", key, change.status(),
						String.valueOf(failure));
		}
	}

	private synchronized void cancel(InstanceReference key) {
		PendingChange change = this.pending.remove(key);
		if (change != null) {
			change.timer().cancel();
		}
	}

	@Override
	public void changed(RegistrySnapshot snapshot, List<Change> changes) {
		for (Change change : changes) {
			if (change instanceof Change.OfInstance of && !(change instanceof Change.HealthChanged)) {
				cancel(of.instance().key());
			}
		}
	}

	private static Verdict verdict(HealthStatus status) {
		return (status == HealthStatus.HEALTHY) ? Verdict.HEALTHY : Verdict.UNHEALTHY;
	}

	/**
	 * A delayed change of health.
	 *
	 * @param registration the registration of the instance
	 * @param status the new status
	 * @param timer cancels the change
	 */
	private record PendingChange(long registration, HealthStatus status, Scheduler.Timer timer) {

	}

}
