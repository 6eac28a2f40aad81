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

import dev.cloudmap.registry.state.Change;
import dev.cloudmap.registry.state.ChangeHealth;
import dev.cloudmap.registry.state.ChangeHealth.Outcome;
import dev.cloudmap.registry.state.ChangeHealth.Verdict;
import dev.cloudmap.registry.state.ChangeListener;
import dev.cloudmap.registry.state.Fault;
import dev.cloudmap.registry.state.HealthStatus;
import dev.cloudmap.registry.state.Instance;
import dev.cloudmap.registry.state.InstanceKey;
import dev.cloudmap.registry.state.JournalException;
import dev.cloudmap.registry.state.Realism;
import dev.cloudmap.registry.state.RegistryException;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.ServiceState;
import dev.cloudmap.registry.state.Snapshot;
import dev.cloudmap.registry.state.Timeline;

/**
 * The health that instances, or someone on their behalf, report. A report may take effect
 * with a delay, as on Cloud Map; a report of the opposite within it cancels it, and
 * repeating a report does not hasten it.
 */
public final class InstanceHealth implements ChangeListener {

	private static final Logger logger = LoggerFactory.getLogger(InstanceHealth.class);

	private final Map<InstanceKey, Flip> flips = new HashMap<>();

	/** Those whose time has come and that the state does not show yet. */
	private final Map<InstanceKey, Flip> underWay = new HashMap<>();

	private final RegistryState state;

	private final Timeline timeline;

	private final Supplier<Realism> realism;

	private final Leases leases;

	private InstanceHealth(RegistryState state, Timeline timeline, Supplier<Realism> realism) {
		this.state = state;
		this.timeline = timeline;
		this.realism = realism;
		this.leases = new Leases(state, timeline);
	}

	/**
	 * Begins to look after the health of all instances.
	 * @param state where the instances are
	 * @param timeline where time comes from
	 * @param realism tells how long a reported change of health takes to have an effect
	 * @return what takes the reports
	 */
	public static InstanceHealth begin(RegistryState state, Timeline timeline, Supplier<Realism> realism) {
		InstanceHealth health = new InstanceHealth(state, timeline, realism);
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
	public CompletableFuture<Outcome> report(InstanceKey key, HealthStatus status) {
		Snapshot snapshot = this.state.snapshot();
		ServiceState service = snapshot.service(key.serviceId());
		Instance instance = snapshot.instance(key);
		if (service.service().customHealth() == null) {
			throw new RegistryException(Fault.CUSTOM_HEALTH_NOT_FOUND,
					"The service '%s' has no HealthCheckCustomConfig, so health cannot be reported for its instances."
						.formatted(service.service().name()));
		}
		if (status == HealthStatus.HEALTHY && this.leases.renew(instance)) {
			// The instance was silent and is back: nothing is gained by hiding it longer.
			cancel(key);
			return submit(instance, Verdict.RENEWED).thenApply((outcome) -> refuseWhenGone(key, outcome));
		}
		Duration delay = this.realism.get().healthDelay();
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
	private Outcome refuseWhenGone(InstanceKey key, Outcome outcome) {
		if (outcome == Outcome.OUTDATED) {
			this.state.snapshot().instance(key);
		}
		return outcome;
	}

	private synchronized CompletableFuture<Outcome> flipLater(InstanceKey key, HealthStatus status, Duration delay) {
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
			Timeline.Alarm alarm = this.timeline.schedule(delay, () -> flip(instance));
			this.flips.put(key, new Flip(instance.registration(), status, alarm));
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

	private synchronized void arrived(InstanceKey key, Flip flip, @Nullable Throwable failure) {
		this.underWay.remove(key, flip);
		if (failure != null) {
			logger.atLevel(JournalException.level(failure))
				.log("That instance {} was reported {} could not be kept: {}", key, flip.status(),
						String.valueOf(failure));
		}
	}

	private synchronized void cancel(InstanceKey key) {
		Flip flip = this.flips.remove(key);
		if (flip != null) {
			flip.alarm().cancel();
		}
	}

	@Override
	public void changed(Snapshot snapshot, List<Change> changes) {
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
	 * @param alarm calls it off
	 */
	private record Flip(long registration, HealthStatus status, Timeline.Alarm alarm) {

	}

}
