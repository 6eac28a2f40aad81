package dev.cloudmap.discovery.loadbalancer.outlier;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejections.Cause;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejections.Out;
import dev.cloudmap.discovery.loadbalancer.outlier.Ejections.Step;
import dev.cloudmap.discovery.loadbalancer.probe.Prober;

/**
 * The statistics of one service's instances, and which of them are ejected. Calls take no
 * lock.
 */
public final class ServiceStatistics {

	private static final Logger logger = LoggerFactory.getLogger(ServiceStatistics.class);

	/** The latency of a failed call counts as so many times the usual one. */
	private static final int FAILURE_FACTOR = 2;

	private static final String ANSWERED = "it has answered";

	private final ServiceName service;

	private final OutlierPolicy policy;

	private final CallListener listener;

	private final Prober prober;

	private final LongSupplier ticker;

	private final Supplier<Instant> clock;

	private final Map<InstanceKey, InstanceStatistics> instances = new ConcurrentHashMap<>();

	private final AtomicReference<Ejections> ejections = new AtomicReference<>(Ejections.NONE);

	/**
	 * Creates empty statistics.
	 * @param service the service
	 * @param policy decides about ejections
	 * @param listener receives the beginning and the end of each attempt, and ejections
	 * @param prober probes ejected instances
	 * @param ticker the monotonic time in nanoseconds
	 * @param clock the wall-clock time
	 */
	public ServiceStatistics(ServiceName service, OutlierPolicy policy, CallListener listener, Prober prober,
			LongSupplier ticker, Supplier<Instant> clock) {
		this.service = service;
		this.policy = policy;
		this.listener = listener;
		this.prober = prober;
		this.ticker = ticker;
		this.clock = clock;
	}

	/**
	 * The monotonic time in nanoseconds.
	 */
	public long now() {
		return this.ticker.getAsLong();
	}

	CallListener listener() {
		return this.listener;
	}

	/**
	 * The ejections: the same object until they change.
	 */
	public Ejections ejections() {
		return Objects.requireNonNull(this.ejections.get());
	}

	/**
	 * Describes the ejected instances.
	 */
	public List<Ejection> reports() {
		return ejections().out().values().stream().map(Out::report).toList();
	}

	/**
	 * Readmits an ejected instance, at the request of an operator.
	 * @param instanceId the id of the instance
	 * @return whether it was ejected
	 */
	public boolean readmit(String instanceId) {
		List<InstanceKey> keys = ejections().out()
			.keySet()
			.stream()
			.filter((key) -> instanceId.equals(key.id()))
			.toList();
		return change((known) -> known.readmit(keys, now()), "its ejection was ended by hand") != null;
	}

	/**
	 * Describes those of the given instances that are ejected and whose trial is not due,
	 * or that could not be reached by a probe.
	 */
	public List<Ejection> reports(Collection<ServiceInstance> among) {
		Map<InstanceKey, Out> out = ejections().out();
		long now = now();
		return among.stream().map(InstanceKey::of).distinct().flatMap((key) -> {
			Out ejected = out.get(key);
			return (ejected != null && (!ejected.isDue(now) || ejected.failedProbes() > 0 || isAwaited(key, now)))
					? Stream.of(ejected.report()) : Stream.empty();
		}).toList();
	}

	/**
	 * Sets the instances of the service. The statistics of others are dropped.
	 */
	public void instances(Collection<ServiceInstance> instances) {
		Set<InstanceKey> keys = new HashSet<>();
		instances.forEach((instance) -> keys.add(InstanceKey.of(instance)));
		keys.forEach(this::of);
		this.instances.entrySet().removeIf((known) -> {
			boolean leaves = !keys.contains(known.getKey());
			if (leaves) {
				known.getValue().retire();
			}
			return leaves;
		});
		long now = now();
		change((known) -> known.among(keys, now, this.policy), "too many others have left");
	}

	/**
	 * The statistics of a current instance, which are created if they are missing.
	 */
	InstanceStatistics of(InstanceKey key) {
		return this.instances.computeIfAbsent(key, (instance) -> new InstanceStatistics(this.policy.window()));
	}

	/**
	 * Grants the trial of an ejected instance to the caller, if it is due. Until that
	 * trial has ended no other one is granted. If the instance must be probed before, the
	 * probe begins, and a later call gets the trial.
	 */
	public boolean tryAgain(InstanceKey key, long now) {
		Step next = isAwaited(key, now) ? null : nextStep(key, now);
		if (next != Step.PROBING) {
			return next == Step.TRIAL;
		}
		this.prober.probe(key.host(), key.port())
			.thenAccept((reachable) -> change((known) -> known.probed(key, reachable, now, now()), ""));
		// the result may be there at once
		Out probed = ejections().out().get(key);
		return probed != null && probed.step() == Step.REACHABLE && nextStep(key, now) == Step.TRIAL;
	}

	/**
	 * Begins the next step of an ejected instance.
	 * @return the step; null if none is due
	 */
	private @Nullable Step nextStep(InstanceKey key, long now) {
		Ejections next = change((known) -> known.tryAgain(key, now), "");
		Out ejected = (next != null) ? next.out().get(key) : null;
		return (ejected != null) ? ejected.step() : null;
	}

	/**
	 * Whether an instance is ejected for silence and calls still wait for its answer: a
	 * trial would only wait, too.
	 */
	private boolean isAwaited(InstanceKey key, long now) {
		Out ejected = ejections().out().get(key);
		InstanceStatistics statistics = this.instances.get(key);
		return ejected != null && statistics != null && ejected.cause() == Cause.SILENCE
				&& now - ejected.since() < this.policy.maxEjection().toNanos() && statistics.inFlight(now) > 0;
	}

	/**
	 * A call of an instance begins, and an answer is expected soon.
	 * @return whether the instance is ejected, because it has not answered earlier calls
	 */
	boolean begin(Candidate candidate, long now) {
		InstanceKey key = candidate.key();
		InstanceStatistics statistics = candidate.statistics();
		statistics.begin(now);
		statistics.await(now);
		abandonUnansweredTrials(now);
		String reason = statistics.silent(now, this.policy);
		if (reason == null || ejections().out().containsKey(key)
				|| !doOthersAnswer(statistics, statistics.waiting(now), now)
				|| !eject(candidate, now, Cause.SILENCE, reason)) {
			return false;
		}
		// an answer that came just before does not see the ejection
		boolean ejected = statistics.silent(now, this.policy) != null
				|| change((known) -> known.heard(key, now), ANSWERED) == null;
		if (ejected) {
			statistics.abandonAll();
		}
		return ejected;
	}

	/**
	 * A call of an instance waits that can be sent to another one.
	 * @param began the time at which it began
	 * @param abandon ends the call
	 */
	void await(Candidate candidate, long began, Runnable abandon) {
		candidate.statistics().await(abandon);
		// the instance may have been ejected just before, or by this call
		Out ejected = ejections().out().get(candidate.key());
		if (ejected != null && ejected.cause() == Cause.SILENCE && began - ejected.since() <= 0) {
			candidate.statistics().abandon(abandon);
		}
	}

	/**
	 * Abandons trials that are not answered, while other instances answer.
	 */
	private void abandonUnansweredTrials(long now) {
		Map<InstanceKey, Out> out = ejections().out();
		if (out.isEmpty()) {
			return;
		}
		out.forEach((key, ejected) -> {
			InstanceStatistics statistics = this.instances.get(key);
			long waiting = now - ejected.at();
			if (statistics != null && ejected.step() == Step.TRIAL && waiting >= statistics.trialLimit(this.policy)
					&& doOthersAnswer(statistics, waiting, now)) {
				statistics.abandonAll();
			}
		});
	}

	/**
	 * Whether another instance has answered a call of the second half of the time for
	 * which an instance is silent. If not, this application may have been paused, and
	 * answers that arrived meanwhile are not read yet.
	 */
	@SuppressWarnings("ReferenceEquality")
	private boolean doOthersAnswer(InstanceStatistics silent, long nanos, long now) {
		long since = now - nanos / 2;
		for (InstanceStatistics other : this.instances.values()) {
			if (other != silent && other.hasAnsweredSince(since)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * A call of an instance has ended.
	 * @return whether the instance is ejected for it
	 */
	boolean end(Candidate candidate, CallOutcome outcome, long began, long now) {
		InstanceKey key = candidate.key();
		InstanceStatistics statistics = candidate.statistics();
		if (statistics.isRetired()) {
			return false;
		}
		statistics.end(outcome, began, now, outcome.isFailure() ? failureNanos() : 0);
		if (!outcome.isOfInstance() && now - began < this.policy.silence().toNanos()) {
			statistics.giveUp();
		}
		Ejections known = ejections();
		if (known.out().containsKey(key)) {
			BiFunction<Integer, Cause, Ejection> anew = (times, cause) -> ejection(candidate.instance(),
					"its trial was " + outcome, times, cause);
			Ejections next = change((current) -> current.ended(key, outcome, began, now, anew), ANSWERED);
			return next != null && outcome.isFailure() && next.out().containsKey(key);
		}
		if (known.isBeforeReadmission(key, began)) {
			return false;
		}
		String reason = statistics.judge(outcome, now, this.policy);
		boolean ejected = reason != null && eject(candidate, now, Cause.of(outcome), reason);
		if (ejected) {
			statistics.forget();
		}
		return ejected;
	}

	/**
	 * The latency that a failed call counts for at least: longer than the usual one of
	 * every instance.
	 */
	private long failureNanos() {
		long slowest = 0;
		for (InstanceStatistics statistics : this.instances.values()) {
			slowest = Math.max(slowest, statistics.usual());
		}
		return Math.max(InstanceStatistics.FAILURE_NANOS, FAILURE_FACTOR * slowest);
	}

	private boolean eject(Candidate candidate, long now, Cause cause, String reason) {
		IntFunction<Ejection> first = (times) -> ejection(candidate.instance(), "of its calls " + reason, times, cause);
		return !candidate.statistics().isRetired()
				&& change((current) -> current.eject(candidate.key(), now, this.policy, cause, first), "") != null;
	}

	private Ejection ejection(ServiceInstance instance, String reason, int times, Cause cause) {
		return new Ejection(instance.getInstanceId() + " at " + instance.getUri(), reason, this.clock.get(),
				this.policy.duration(times, cause), times);
	}

	/**
	 * Changes the ejections, and logs which instances are ejected or readmitted.
	 * @param readmission the reason of readmissions
	 * @return the ejections after the change; null if nothing changes
	 */
	@SuppressWarnings("ReferenceEquality")
	private @Nullable Ejections change(UnaryOperator<Ejections> change, String readmission) {
		while (true) {
			Ejections known = ejections();
			Ejections next = change.apply(known);
			if (next == known) {
				return null;
			}
			if (this.ejections.compareAndSet(known, next)) {
				log(known, next, readmission);
				return next;
			}
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private void log(Ejections before, Ejections after, String readmission) {
		before.out().forEach((key, out) -> {
			if (!after.out().containsKey(key) && after.members().contains(key)) {
				logger.info("{} of {} is readmitted: {}", out.report().instance(), this.service, readmission);
			}
		});
		after.out().forEach((key, out) -> {
			Out known = before.out().get(key);
			if (known == null || known.report() != out.report()) {
				logger.warn("{} of {} is ejected for {} ms: {}", out.report().instance(), this.service,
						out.report().duration().toMillis(), out.report().reason());
			}
		});
	}

}
