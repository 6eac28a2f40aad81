package dev.cloudmap.discovery.loadbalancer;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
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
import dev.cloudmap.discovery.loadbalancer.Ejections.Cause;
import dev.cloudmap.discovery.loadbalancer.Ejections.Out;

/**
 * What this application's calls of one service have shown, and which of its instances are
 * ejected for that. Calls take no lock.
 */
final class ServiceStatistics {

	private static final Logger logger = LoggerFactory.getLogger(ServiceStatistics.class);

	/** A call that failed counts as so many that were answered. */
	private static final int FAILURE_FACTOR = 2;

	private static final String ANSWERS = "is called again: it answers";

	private final ServiceName service;

	private final BalancingSettings settings;

	private final OutlierPolicy policy;

	private final LongSupplier ticker;

	private final Supplier<Instant> clock;

	private final Map<InstanceKey, InstanceStatistics> instances = new ConcurrentHashMap<>();

	private final AtomicReference<Ejections> ejections = new AtomicReference<>(Ejections.NONE);

	/** Held by who makes candidates of a list, of which there may be several. */
	private final Lock lists = new ReentrantLock();

	ServiceStatistics(ServiceName service, BalancingSettings settings, LongSupplier ticker, Supplier<Instant> clock) {
		this.service = service;
		this.settings = settings;
		this.policy = settings.outlier();
		this.ticker = ticker;
		this.clock = clock;
	}

	/**
	 * The time in nanoseconds, from no moment in particular.
	 */
	long now() {
		return this.ticker.getAsLong();
	}

	ServiceName name() {
		return this.service;
	}

	BalancingSettings settings() {
		return this.settings;
	}

	/**
	 * Which instances are ejected. The same until that changes.
	 */
	Ejections ejections() {
		return Objects.requireNonNull(this.ejections.get());
	}

	/**
	 * What is told of those that are ejected.
	 */
	List<Ejection> told() {
		return ejections().out().values().stream().map(Out::told).toList();
	}

	/**
	 * What is told of those of some instances that are ejected still, though nobody may
	 * have called since.
	 */
	List<Ejection> told(Collection<ServiceInstance> among) {
		Map<InstanceKey, Out> out = ejections().out();
		long now = now();
		return among.stream().map(InstanceKey::of).distinct().flatMap((key) -> {
			Out ejected = out.get(key);
			return (ejected != null && (!ejected.isDue(now) || isAwaited(key, now))) ? Stream.of(ejected.told())
					: Stream.empty();
		}).toList();
	}

	/**
	 * What is to be held while a list is read, told and made use of, so that nobody tells
	 * an older one meanwhile.
	 */
	Lock lists() {
		return this.lists;
	}

	/**
	 * The service has these instances from now on. Those that have left are forgotten.
	 * @return logs who is called again for that, and is to be run when no lock is held;
	 * null if nobody is
	 */
	@Nullable Runnable instances(Collection<ServiceInstance> instances) {
		Set<InstanceKey> keys = new HashSet<>();
		instances.forEach((instance) -> keys.add(InstanceKey.of(instance)));
		keys.forEach(this::of);
		this.instances.keySet().retainAll(keys);
		long now = now();
		Step step = take((known) -> known.among(keys, now, this.policy));
		return (step != null) ? () -> tell(step, "is called again: too many others have left") : null;
	}

	/**
	 * Returns the statistics of a current instance, which are created if they are
	 * missing.
	 */
	InstanceStatistics of(InstanceKey key) {
		return this.instances.computeIfAbsent(key, (instance) -> new InstanceStatistics(this.policy.window(), now()));
	}

	/**
	 * Returns the statistics of the instance of a call; null if that instance has left,
	 * though another one with the same id and address may have come since.
	 */
	private @Nullable InstanceStatistics of(InstanceKey key, long started) {
		InstanceStatistics known = this.instances.get(key);
		return (known == null || known.isLaterThan(started)) ? null : known;
	}

	/**
	 * Whether anything is kept of an instance.
	 */
	boolean isKnown(InstanceKey key) {
		return this.instances.containsKey(key);
	}

	/**
	 * Whether an ejected instance's trial is due, and is the caller's to make: nobody
	 * else is told so until it has ended.
	 */
	boolean tryAgain(InstanceKey key, long now) {
		return !isAwaited(key, now) && change((known) -> known.tryAgain(key, now), "") != null;
	}

	/**
	 * Whether an instance is silent, and calls wait for it that will tell when it is not:
	 * another one would only wait too.
	 */
	private boolean isAwaited(InstanceKey key, long now) {
		Out ejected = ejections().out().get(key);
		InstanceStatistics statistics = this.instances.get(key);
		return ejected != null && statistics != null && ejected.cause() == Cause.SILENCE
				&& now - ejected.since() < this.policy.maxEjection().toNanos() && statistics.inFlight(now) > 0;
	}

	/**
	 * A call of an instance begins that is told of when it ends, however long that is: it
	 * may be answered without.
	 */
	void beginLasting(ServiceInstance instance, long now) {
		InstanceStatistics statistics = of(InstanceKey.of(instance), now);
		if (statistics != null) {
			statistics.begin(now);
		}
	}

	/**
	 * A call of an instance begins.
	 * @return whether the instance is ejected, for those before it that wait
	 */
	boolean begin(ServiceInstance instance, long now) {
		InstanceKey key = InstanceKey.of(instance);
		InstanceStatistics statistics = of(key, now);
		if (statistics == null) {
			return false;
		}
		statistics.begin(now);
		statistics.await(now);
		String reason = statistics.silent(now, this.policy);
		if (reason == null || ejections().out().containsKey(key) || !doOthersAnswer(statistics, now)
				|| !eject(instance, key, now, Cause.SILENCE, reason)) {
			return false;
		}
		// an answer that came just before does not see the ejection
		return statistics.silent(now, this.policy) != null || change((known) -> known.heard(key, now), ANSWERS) == null;
	}

	/**
	 * Whether others answer what is asked while an instance is silent. If not, it may be
	 * this application that did not listen, for want of a processor or collecting
	 * garbage: who goes on after that may begin calls before answers that have long come
	 * are read. So answers count to calls of the second half of that time.
	 */
	@SuppressWarnings("ReferenceEquality")
	private boolean doOthersAnswer(InstanceStatistics silent, long now) {
		long since = now - silent.waiting(now) / 2;
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
	boolean end(ServiceInstance instance, CallOutcome outcome, long started, long now) {
		InstanceKey key = InstanceKey.of(instance);
		InstanceStatistics statistics = of(key, started);
		if (statistics == null) {
			return false;
		}
		statistics.end(outcome, started, now, outcome.isFailure() ? failureNanos() : 0);
		if (!outcome.isOfInstance() && now - started < this.policy.silence().toNanos()) {
			statistics.giveUp();
		}
		Ejections known = ejections();
		if (known.out().containsKey(key)) {
			IntFunction<Ejection> anew = (times) -> ejection(instance, "its trial was " + outcome, times);
			Ejections next = change((current) -> current.ended(key, outcome, started, now, anew), ANSWERS);
			return next != null && outcome.isFailure() && next.out().containsKey(key);
		}
		if (known.isBeforeReadmission(key, started)) {
			return false;
		}
		String reason = statistics.judge(outcome, now, this.policy);
		if (reason == null) {
			return false;
		}
		boolean ejected = eject(instance, key, now, Cause.FAILURES, reason);
		if (ejected) {
			statistics.forget();
		}
		return ejected;
	}

	/**
	 * As how long a call counts at least that failed: longer than one that is answered,
	 * by whichever instance.
	 */
	private long failureNanos() {
		long slowest = 0;
		for (InstanceStatistics statistics : this.instances.values()) {
			slowest = Math.max(slowest, statistics.usual());
		}
		return Math.max(InstanceStatistics.FAILURE_NANOS, FAILURE_FACTOR * slowest);
	}

	private boolean eject(ServiceInstance instance, InstanceKey key, long now, Cause cause, String reason) {
		IntFunction<Ejection> first = (times) -> ejection(instance, "of its calls " + reason, times);
		return change((current) -> current.eject(key, now, this.policy, cause, first), "") != null;
	}

	private Ejection ejection(ServiceInstance instance, String reason, int times) {
		return new Ejection(instance.getInstanceId() + " at " + instance.getUri(), reason, this.clock.get(),
				this.policy.duration(times), times);
	}

	/**
	 * Takes a step, and logs which instances it ejects or readmits.
	 * @return the ejections after it; null if it changes nothing
	 */
	private @Nullable Ejections change(UnaryOperator<Ejections> change, String returned) {
		Step step = take(change);
		if (step == null) {
			return null;
		}
		tell(step, returned);
		return step.after();
	}

	/**
	 * Takes a step.
	 * @return what it changes; null if that is nothing
	 */
	@SuppressWarnings("ReferenceEquality")
	private @Nullable Step take(UnaryOperator<Ejections> change) {
		while (true) {
			Ejections known = ejections();
			Ejections next = change.apply(known);
			if (next == known) {
				return null;
			}
			if (this.ejections.compareAndSet(known, next)) {
				return new Step(known, next);
			}
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private void tell(Step step, String returned) {
		Map<InstanceKey, Out> before = step.before().out();
		Map<InstanceKey, Out> after = step.after().out();
		before.forEach((key, out) -> {
			if (!after.containsKey(key) && step.after().members().contains(key)) {
				logger.info("{} of {} {}", out.told().instance(), this.service, returned);
			}
		});
		after.forEach((key, out) -> {
			Out known = before.get(key);
			if (known == null || known.told() != out.told()) {
				logger.warn("{} of {} is not called for {} ms: {}", out.told().instance(), this.service,
						out.told().duration().toMillis(), out.told().reason());
			}
		});
	}

	private record Step(Ejections before, Ejections after) {
	}

}
