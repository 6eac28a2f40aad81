package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registration.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Keeps what the registry holds of this application as it is wanted: one thing after the
 * other, so that a report can't overtake a registration nor come after a deregistration.
 * It knows what is wanted and what is there, and each step brings the one to the other;
 * what fails is tried again until it succeeds or is no longer wanted.
 */
public final class RegistrationActor {

	/**
	 * How often an unhealthy instance that may leave looks whether another one is
	 * healthy.
	 */
	private static final Duration PEERS_INTERVAL = Duration.ofSeconds(10);

	private static final Logger logger = LoggerFactory.getLogger(RegistrationActor.class);

	private final RegistryEntry entry;

	private final UnhealthyPolicy policy;

	private final Executor executor;

	private final Timer timer;

	private final Consumer<RegistrationState> listener;

	private volatile RegistrationState state;

	/** The thread on which a turn is taken; null while none is. */
	private volatile @Nullable Thread thread;

	// What follows is touched on the executor only.

	/** Tells what is to be registered; null if nothing is. */
	private @Nullable Supplier<InstanceRegistration> wanted;

	private Standing standing = Standing.HEALTHY;

	/** Since when there is a reason to deregister the instance. */
	private Instant removableSince = Instant.MAX;

	/** Who waits for the registry to have taken the instance out. */
	private final List<CompletableFuture<Boolean>> leaving = new ArrayList<>();

	private Backoff backoff = Backoff.first();

	private Timer.Scheduled alarm = () -> {
	};

	/** Tells the alarm that counts from one that came too late to be taken back. */
	private long alarms;

	RegistrationActor(RegistryEntry entry, UnhealthyPolicy policy, Executor executor, Timer timer,
			Consumer<RegistrationState> listener) {
		this.entry = entry;
		this.policy = policy;
		this.executor = executor;
		this.timer = timer;
		this.listener = listener;
		this.state = new RegistrationState(Phase.WAITING, timer.now(), null, null, null);
	}

	/**
	 * Creates the actor.
	 * @param registry whom to tell; not null
	 * @param lease the length of the lease, where the registry keeps leases; not null
	 * @param reconcile how often to see whether the registry still holds what it was
	 * told; not null
	 * @param incumbent knows of who else registers this application; null if nobody does
	 * @param policy what becomes of an unhealthy instance; not null
	 * @param executor runs one thing after the other; not null
	 * @param timer for what is to be done later; not null
	 * @param listener is told, on the executor, each change of the state; not null
	 */
	public static RegistrationActor of(Registry registry, Duration lease, Duration reconcile,
			@Nullable Incumbent incumbent, UnhealthyPolicy policy, Executor executor, Timer timer,
			Consumer<RegistrationState> listener) {
		return new RegistrationActor(new RegistryEntry(registry, timer, lease, reconcile, incumbent), policy, executor,
				timer, listener);
	}

	/**
	 * Where the registration stands.
	 */
	public RegistrationState state() {
		return this.state;
	}

	/**
	 * Registers an instance, also one that is registered, and keeps it registered.
	 * @param instance tells what to register; asked again with every step; not null
	 * @return ends with the first attempt: normally if it succeeded, exceptionally if it
	 * failed and will be tried again
	 */
	public CompletableFuture<Void> register(Supplier<InstanceRegistration> instance) {
		return run(() -> {
			this.wanted = instance;
			this.entry.forget();
			enter(Phase.REGISTERING, null, null, null);
			step();
		});
	}

	/** Says, once, that there is nothing to register. */
	public CompletableFuture<Void> refuse(NothingToRegisterException obstacle) {
		return run(() -> enterWaiting(obstacle));
	}

	private void enterWaiting(NothingToRegisterException obstacle) {
		String problem = String.valueOf(obstacle.getMessage());
		if (!problem.equals(this.state.problem())) {
			logger.warn("{}", problem);
		}
		enter(Phase.WAITING, null, null, problem);
	}

	/**
	 * What is to be registered has changed: tells the registry, if this application is to
	 * be registered at all.
	 * @return ends when the registry knows, or exceptionally if it could not be told,
	 * which is tried again
	 */
	public CompletableFuture<Void> update() {
		return run(this::stepIfWanted);
	}

	/**
	 * Says how the instance is from now on.
	 * @param standing how it is; not null
	 * @return ends when the registry knows, or exceptionally if it could not be told,
	 * which is tried again
	 */
	public CompletableFuture<Void> report(Standing standing) {
		return run(() -> {
			if (!standing.mayDeregister()) {
				this.removableSince = Instant.MAX;
			}
			else if (!this.standing.mayDeregister()) {
				this.removableSince = this.timer.steady();
			}
			this.standing = standing;
			stepIfWanted();
		});
	}

	/**
	 * Takes the instance out, and stops trying anything else.
	 * @return ends when the registry no longer holds it, with whether it may have held it
	 * until then; exceptionally if that failed, where there is no point in waiting until
	 * it succeeds
	 */
	public CompletableFuture<Boolean> deregister() {
		CompletableFuture<Boolean> gone = new CompletableFuture<>();
		try {
			this.executor.execute(() -> takeTurn(() -> leave(gone)));
		}
		catch (RejectedExecutionException ex) {
			gone.completeExceptionally(stopping(ex));
		}
		return gone;
	}

	private void leave(CompletableFuture<Boolean> gone) {
		this.wanted = null;
		this.leaving.add(gone);
		try {
			step();
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Not deregistered yet", ex);
		}
	}

	private void stepIfWanted() {
		if (this.wanted != null) {
			step();
		}
	}

	private void step() {
		this.alarm.cancel();
		this.alarms++;
		try {
			if (this.wanted != null) {
				Instant next = bringAbout(this.wanted.get());
				this.backoff = Backoff.first();
				wakeAt(next);
			}
			else {
				takeOut();
			}
		}
		catch (NothingToRegisterException ex) {
			enterWaiting(ex);
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			// an error of a user's bean, too, is no reason to give the instance up
			failed(ex);
			wakeAt(this.timer.steady().plus(this.entry.patience(this.backoff.delay())));
			this.backoff = this.backoff.next();
			throw ex;
		}
	}

	/**
	 * Brings what the registry holds to what is wanted.
	 * @return when there is something to do again
	 */
	private Instant bringAbout(InstanceRegistration instance) {
		boolean held = this.entry.held() != null;
		if (!held && this.state.instance() == null) {
			enter(this.state.phase(), instance, null, this.state.problem());
		}
		if (held || !mayLeave()) {
			this.entry.ensure(instance, this.standing.status());
		}
		if (!mayLeave()) {
			enterHeld(instance, this.standing.complaint());
			return earlier(this.entry.due(), leaveAt());
		}
		if (this.entry.hasHealthyPeers(instance)) {
			this.entry.remove();
			enter(Phase.WITHDRAWN, instance, this.standing.complaint(), null);
		}
		else {
			this.entry.ensure(instance, this.standing.status());
			enterHeld(instance,
					this.standing.complaint() + "; it stays, since no other instance is known to be healthy");
		}
		return earlier(this.entry.due(), this.timer.steady().plus(PEERS_INTERVAL));
	}

	private boolean mayLeave() {
		return !leaveAt().isAfter(this.timer.steady());
	}

	/**
	 * From when on the instance may be taken out for not being healthy.
	 */
	private Instant leaveAt() {
		if (!this.standing.mayDeregister() || this.entry.adoptedFrom() != null) {
			return Instant.MAX;
		}
		return this.entry.keepsHealth() ? this.removableSince.plus(this.policy.patience()) : this.removableSince;
	}

	private void takeOut() {
		InstanceRegistration instance = this.state.instance();
		boolean held = this.entry.remove();
		enter(Phase.DEREGISTERED, instance, null, null);
		this.leaving.forEach((gone) -> gone.complete(held));
		this.leaving.clear();
	}

	private void failed(Throwable ex) {
		RegistrationState before = this.state;
		boolean held = this.entry.held() != null;
		String problem = (ex instanceof DiscoveryException) ? String.valueOf(ex.getMessage()) : ex.toString();
		if (this.wanted == null) {
			warnOnce("This application could not be deregistered", problem, ex);
			enter(Phase.DEREGISTERED, before.instance(), null, problem);
			if (this.entry.isLeased() || !(ex instanceof RegistryUnavailableException)) {
				// it ends with its lease, or will not be let go
				this.leaving.forEach((gone) -> gone.completeExceptionally(ex));
				this.leaving.clear();
			}
		}
		else if (held) {
			warnOnce("The registry can't be told how this application is", problem, ex);
			enter(before.phase(), before.instance(), before.reason(), problem);
		}
		else {
			warnOnce("This application is not registered", problem, ex);
			enter(Phase.FAILED, before.instance(), null, problem);
		}
	}

	/**
	 * Where the failure is none of ours, it is told from where it came.
	 */
	private void warnOnce(String what, String problem, Throwable ex) {
		if (this.state.problem() == null) {
			logger.warn("{}, which will be tried again: {}", what, problem,
					(ex instanceof DiscoveryException) ? null : ex);
		}
	}

	private void enterHeld(InstanceRegistration instance, @Nullable String complaint) {
		InstanceRegistration held = this.entry.held();
		String adoptedFrom = this.entry.adoptedFrom();
		if (held == null) {
			enter(Phase.WAITING, instance, adoptedFrom + " registers this application, and has taken it out", null);
		}
		else {
			String reason = (complaint == null && adoptedFrom != null) ? "registered by " + adoptedFrom : complaint;
			boolean reportable = this.entry.keepsHealth() || this.standing.mayDeregister();
			if (complaint != null && !reportable) {
				reason = complaint + "; callers are not told, since service " + held.service() + " keeps no health";
			}
			enter((this.standing.isHealthy() || !reportable) ? Phase.REGISTERED : Phase.OUT_OF_SERVICE, held, reason,
					null);
		}
	}

	private void enter(Phase phase, @Nullable InstanceRegistration instance, @Nullable String reason,
			@Nullable String problem) {
		RegistrationState before = this.state;
		RegistrationState now = new RegistrationState(phase,
				(before.phase() == phase) ? before.since() : this.timer.now(), instance, reason, problem);
		if (now.equals(before)) {
			return;
		}
		this.state = now;
		RegistrationLog.changed(before, now, this.standing);
		this.listener.accept(now);
	}

	private void wakeAt(Instant due) {
		if (due.equals(Instant.MAX)) {
			return;
		}
		long number = ++this.alarms;
		Duration delay = Duration.between(this.timer.steady(), due);
		this.alarm = this.timer.schedule(() -> {
			var unused = run(() -> {
				if (this.alarms == number) {
					step();
				}
			});
		}, delay.isNegative() ? Duration.ZERO : delay);
	}

	/**
	 * Whether it is the caller who is taking a turn, as listeners do: then nobody may
	 * wait here for what comes after.
	 */
	public boolean isTakingTurn() {
		return this.thread == Thread.currentThread();
	}

	/**
	 * Runs something when all that was asked for before is done.
	 * @return ends when it has run, or exceptionally if it failed
	 */
	public CompletableFuture<Void> run(Runnable turn) {
		try {
			return CompletableFuture.runAsync(() -> takeTurn(turn), this.executor);
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.failedFuture(stopping(ex));
		}
	}

	private void takeTurn(Runnable turn) {
		Thread before = this.thread;
		this.thread = Thread.currentThread();
		try {
			turn.run();
		}
		finally {
			this.thread = before;
		}
	}

	private static DiscoveryException stopping(RejectedExecutionException ex) {
		return new DiscoveryException("The application is stopping", ex);
	}

	private static Instant earlier(Instant one, Instant other) {
		return one.isBefore(other) ? one : other;
	}

}
