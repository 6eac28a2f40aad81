package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.JournalException;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.ChangeHealth;
import dev.cloudmap.registry.state.command.ChangeHealth.Outcome;
import dev.cloudmap.registry.state.command.ChangeHealth.Verdict;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Monitors leases: an instance that does not renew its lease becomes unhealthy, and is
 * deregistered after three times the lease. Not part of Cloud Map.
 */
final class LeaseMonitor implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(LeaseMonitor.class);

	/** The multiple of the lease after which an instance is deregistered. */
	private static final int EXPIRY_FACTOR = 3;

	private final Map<InstanceReference, Lease> leases = new ConcurrentHashMap<>();

	private final RegistryState state;

	private final Scheduler scheduler;

	LeaseMonitor(RegistryState state, Scheduler scheduler) {
		this.state = state;
		this.scheduler = scheduler;
	}

	/**
	 * Starts to monitor. All leases start anew, because instances could not renew them
	 * while the registry was stopped.
	 */
	synchronized void begin() {
		// Adding the listener first misses no change; duplicates are harmless.
		this.state.addListener(this);
		for (ServiceState service : this.state.snapshot().services()) {
			service.instances().values().forEach(this::registered);
		}
	}

	/**
	 * Renews the lease of an instance.
	 * @return whether the lease had expired
	 */
	boolean renew(Instance instance) {
		Lease lease = this.leases.get(instance.key());
		boolean wasLapsed = lease != null && lease.renew();
		// Also if an earlier renewal could not be stored.
		return wasLapsed || instance.standing() == Instance.Standing.LAPSED;
	}

	@Override
	public synchronized void changed(RegistrySnapshot snapshot, List<Change> changes) {
		for (Change change : changes) {
			if (change instanceof Change.InstanceRegistered registered) {
				registered(registered.instance());
			}
			else if (change instanceof Change.InstanceDeregistered deregistered) {
				replace(deregistered.instance().key(), null);
			}
		}
	}

	private void registered(Instance instance) {
		Duration term = instance.lease();
		if (term == null) {
			replace(instance.key(), null);
			return;
		}
		Lease lease = new Lease(instance, term);
		replace(instance.key(), lease);
		lease.watch();
	}

	private void replace(InstanceReference key, @Nullable Lease lease) {
		Lease previous = (lease != null) ? this.leases.put(key, lease) : this.leases.remove(key);
		if (previous != null) {
			previous.end();
		}
	}

	/**
	 * The lease of a registration. A renewal only updates the time, which the timer
	 * reads.
	 */
	private final class Lease {

		private final InstanceReference key;

		private final long registration;

		private final Duration term;

		private long renewedAt;

		private boolean lapsed;

		private boolean ended;

		private Scheduler.@Nullable Timer timer;

		private Lease(Instance instance, Duration term) {
			this.key = instance.key();
			this.registration = instance.registration();
			this.term = term;
			this.lapsed = instance.standing() == Instance.Standing.LAPSED;
			this.renewedAt = LeaseMonitor.this.scheduler.nanoTime();
		}

		private synchronized boolean renew() {
			boolean wasLapsed = this.lapsed;
			this.renewedAt = LeaseMonitor.this.scheduler.nanoTime();
			this.lapsed = false;
			if (wasLapsed) {
				watch();
			}
			return wasLapsed;
		}

		private synchronized void end() {
			this.ended = true;
			if (this.timer != null) {
				this.timer.cancel();
			}
		}

		private synchronized void watch() {
			if (this.ended) {
				return;
			}
			if (this.timer != null) {
				this.timer.cancel();
			}
			this.timer = LeaseMonitor.this.scheduler.schedule(untilDue(), this::check);
		}

		private Duration untilDue() {
			Duration due = this.lapsed ? this.term.multipliedBy(EXPIRY_FACTOR) : this.term;
			return due.minusNanos(LeaseMonitor.this.scheduler.nanoTime() - this.renewedAt);
		}

		private synchronized void check() {
			if (this.ended) {
				return;
			}
			if (untilDue().compareTo(Duration.ZERO) > 0) {
				watch();
			}
			else if (!this.lapsed) {
				this.lapsed = true;
				submit(Verdict.LAPSED);
				watch();
			}
			else {
				submit(Verdict.EXPIRED);
				// Retries if the change cannot be stored.
				this.timer = LeaseMonitor.this.scheduler.schedule(this.term, this::check);
			}
		}

		@SuppressWarnings("FutureReturnValueIgnored") // the callback handles the result
		private void submit(Verdict verdict) {
			LeaseMonitor.this.state.submit(new ChangeHealth(this.key, this.registration, verdict))
				.whenComplete((outcome, failure) -> report(verdict, outcome, failure));
		}

		private void report(Verdict verdict, @Nullable Outcome outcome, @Nullable Throwable failure) {
			String consequence = (verdict == Verdict.LAPSED) ? "unhealthy" : "deregistered";
			long elapsed = this.term.toSeconds() * ((verdict == Verdict.LAPSED) ? 1 : EXPIRY_FACTOR);
			if (failure != null) {
				logger.atLevel(JournalException.level(failure))
					.log("Instance {} of service {} did not renew its lease for {} s, but the registry could not store that it is {}: {}",
							this.key.instanceId(), this.key.serviceId(), elapsed, consequence, String.valueOf(failure));
			}
			else if (outcome == Outcome.APPLIED) {
				logger.info("Instance {} of service {} is {}: its lease of {} s was not renewed for {} s",
						this.key.instanceId(), this.key.serviceId(), consequence, this.term.toSeconds(), elapsed);
			}
		}

	}

}
