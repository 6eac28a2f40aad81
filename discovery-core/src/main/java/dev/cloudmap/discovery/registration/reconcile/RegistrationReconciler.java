package dev.cloudmap.discovery.registration.reconcile;

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
import dev.cloudmap.discovery.registration.health.ReportedHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Wait;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Makes the registry hold this application as desired, and keeps it so. Each pass runs on
 * a single thread: {@link RegistrationPlanner} returns the next action,
 * {@link ActionExecutor} performs it and updates what is observed, until the plan is to
 * wait. A pass that fails is repeated after a back-off. So a report never overtakes a
 * registration, nor follows a deregistration. Thread-safe.
 */
public final class RegistrationReconciler {

	private static final Logger logger = LoggerFactory.getLogger(RegistrationReconciler.class);

	private final ActionExecutor actions;

	private final RegistrationPlanner planner;

	private final Executor executor;

	private final Timer timer;

	private final Consumer<RegistrationState> listener;

	private final RegistrationLog log = new RegistrationLog();

	private final RegistrationHistory history;

	private volatile TimedState current;

	/** The thread that runs a task of the executor; null while none runs. */
	private volatile @Nullable Thread thread;

	// What follows is confined to the executor.

	/** Returns the instance to register; null if nothing is to be registered. */
	private @Nullable Supplier<InstanceRegistration> source;

	private DesiredState desired = DesiredState.NONE;

	/** Callers that wait for the deregistration. */
	private final List<CompletableFuture<Boolean>> deregistrations = new ArrayList<>();

	private Backoff backoff = Backoff.first();

	private Timer.Scheduled nextPass = () -> {
	};

	/** Distinguishes the scheduled pass from one that could not be cancelled in time. */
	private long passes;

	/**
	 * Creates the reconciler of an application that is not registered.
	 * @param registry the registry
	 * @param lease the length of the lease, where the registry supports leases
	 * @param reconcile how often to verify that the registry still holds the instance
	 * @param externalRegistrar what else registers this application; null if nothing does
	 * @param policy what becomes of an unhealthy instance
	 * @param executor runs one task after the other
	 * @param timer schedules passes
	 * @param listener receives, on the executor, each change of the state
	 */
	public RegistrationReconciler(Registry registry, Duration lease, Duration reconcile,
			@Nullable ExternalRegistrar externalRegistrar, UnhealthyPolicy policy, Executor executor, Timer timer,
			Consumer<RegistrationState> listener) {
		this.actions = new ActionExecutor(registry, timer, lease, reconcile, externalRegistrar);
		this.planner = new RegistrationPlanner(policy);
		this.executor = executor;
		this.timer = timer;
		this.listener = listener;
		this.current = new TimedState(new RegistrationState(Phase.WAITING, timer.now(), null, null, null),
				timer.steady());
		this.history = new RegistrationHistory(this.current.state());
	}

	/**
	 * The state of the registration.
	 */
	public RegistrationState state() {
		return this.current.state();
	}

	/**
	 * The state with its age by the monotonic clock.
	 */
	public TimedState timedState() {
		return this.current;
	}

	/**
	 * The last changes of the state, and counts.
	 */
	public RegistrationHistory history() {
		return this.history;
	}

	/**
	 * Registers an instance, even if it is registered, and keeps it registered.
	 * @param instance returns the instance to register; called in each pass
	 * @return ends with the first attempt: normally if it succeeded, exceptionally if it
	 * failed and will be tried again
	 */
	public CompletableFuture<Void> register(Supplier<InstanceRegistration> instance) {
		return run(() -> {
			this.source = instance;
			this.actions.forget();
			enter(Phase.REGISTERING, null, null);
			reconcile();
		});
	}

	/**
	 * Reports that there is nothing to register.
	 */
	public CompletableFuture<Void> refuse(NothingToRegisterException obstacle) {
		return run(() -> enterWaiting(obstacle));
	}

	/**
	 * Updates the registry after a change of the instance, if this application is to be
	 * registered.
	 * @return ends when the registry has accepted the change, or exceptionally if that
	 * failed and will be tried again
	 */
	public CompletableFuture<Void> update() {
		return run(this::reconcileIfWanted);
	}

	/**
	 * Changes the health of the instance.
	 * @return ends when the registry has accepted the change, or exceptionally if that
	 * failed and will be tried again
	 */
	public CompletableFuture<Void> report(ReportedHealth health) {
		return run(() -> {
			this.history.healthChanged(this.desired.health().status(), health.status());
			this.desired = this.desired.with(health, this.timer.steady());
			reconcileIfWanted();
		});
	}

	/**
	 * Deregisters the instance.
	 * @return ends when the registry no longer holds the instance, with whether it may
	 * have held it until then; exceptionally if that failed and there is no point in
	 * waiting for it
	 */
	public CompletableFuture<Boolean> deregister() {
		CompletableFuture<Boolean> deregistration = new CompletableFuture<>();
		var unused = run(() -> {
			this.source = null;
			this.deregistrations.add(deregistration);
			try {
				reconcile();
			}
			catch (RuntimeException | Error ex) {
				logger.debug("Not deregistered yet", ex);
			}
		}).exceptionally((failure) -> {
			deregistration.completeExceptionally(failure);
			return null;
		});
		return deregistration;
	}

	private void reconcileIfWanted() {
		if (this.source != null) {
			reconcile();
		}
	}

	private void reconcile() {
		this.nextPass.cancel();
		this.passes++;
		try {
			this.actions.beginPass();
			InstanceRegistration instance = (this.source != null) ? this.source.get() : null;
			this.desired = this.desired.with(instance);
			boolean claimed = !this.actions.observed().claims().isEmpty();
			Instant due = perform();
			if (instance != null) {
				enter(RegistrationState.of(this.desired, this.actions.observed(), this.timer.now()));
			}
			else {
				enter(Phase.DEREGISTERED, state().instance(), null);
				this.deregistrations.forEach((deregistration) -> deregistration.complete(claimed));
				this.deregistrations.clear();
			}
			this.log.succeeded();
			this.backoff = Backoff.first();
			schedule(due);
		}
		catch (NothingToRegisterException ex) {
			enterWaiting(ex);
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			// an error in a user's bean is repeated too: the instance is not given up
			failed(ex);
			schedule(this.timer.steady().plus(this.actions.retryDelay(this.backoff.delay())));
			this.backoff = this.backoff.next();
			throw ex;
		}
	}

	/**
	 * Performs actions until the plan is to wait.
	 * @return until when
	 */
	private Instant perform() {
		Instant now = this.timer.steady();
		RegistrationState before = state();
		if (this.desired.instance() != null && before.instance() == null) {
			enter(before.phase(), this.desired.instance(), before.problem());
		}
		while (true) {
			RegistrationAction action = this.planner.plan(this.desired, this.actions.observed(), now);
			if (action instanceof Wait wait) {
				return wait.until();
			}
			perform(action);
		}
	}

	private void perform(RegistrationAction action) {
		try {
			this.actions.perform(action);
		}
		catch (RuntimeException | Error ex) {
			this.history.failed(action, this.actions.observed().entry());
			throw ex;
		}
	}

	private void failed(Throwable ex) {
		RegistrationState before = state();
		String cause = (ex instanceof DiscoveryException) ? String.valueOf(ex.getMessage()) : ex.toString();
		if (this.source == null) {
			this.log.failed("This application could not be deregistered", cause, ex);
			enter(Phase.DEREGISTERED, before.instance(), cause);
			if (this.actions.observed().isLeased() || !(ex instanceof RegistryUnavailableException)) {
				// the lease will end, or the registry refuses
				this.deregistrations.forEach((deregistration) -> deregistration.completeExceptionally(ex));
				this.deregistrations.clear();
			}
		}
		else if (this.actions.observed().entry() != null) {
			this.log.failed("The registration of this application could not be updated", cause, ex);
			enter(new RegistrationState(before.phase(), before.since(), before.instance(), before.reason(), cause));
		}
		else {
			this.log.failed("This application is not registered", cause, ex);
			enter(Phase.FAILED, before.instance(), cause);
		}
	}

	private void enterWaiting(NothingToRegisterException obstacle) {
		String problem = String.valueOf(obstacle.getMessage());
		this.log.nothingToRegister(problem, state().problem());
		enter(Phase.WAITING, null, problem);
	}

	private void enter(Phase phase, @Nullable InstanceRegistration instance, @Nullable String problem) {
		enter(new RegistrationState(phase, this.timer.now(), instance, null, problem));
	}

	private void enter(RegistrationState state) {
		TimedState before = this.current;
		RegistrationState now = state.after(before.state());
		if (now.equals(before.state())) {
			return;
		}
		this.current = new TimedState(now,
				(now.phase() == before.state().phase()) ? before.since() : this.timer.steady());
		this.history.changed(before.state(), now, this.timer.now());
		this.log.changed(before.state(), now, this.desired.health());
		this.listener.accept(now);
	}

	private void schedule(Instant due) {
		if (due.equals(Instant.MAX)) {
			return;
		}
		long pass = ++this.passes;
		Duration delay = Duration.between(this.timer.steady(), due);
		this.nextPass = this.timer.schedule(() -> {
			var unused = run(() -> {
				if (this.passes == pass) {
					reconcile();
				}
			});
		}, delay.isNegative() ? Duration.ZERO : delay);
	}

	/**
	 * Whether the caller is on the executor's thread, as listeners are: it must not wait
	 * for tasks of the executor.
	 */
	public boolean isOnExecutor() {
		return this.thread == Thread.currentThread();
	}

	/**
	 * Runs a task after all earlier ones.
	 * @return ends when the task has run, or exceptionally if it failed
	 */
	public CompletableFuture<Void> run(Runnable task) {
		try {
			return CompletableFuture.runAsync(() -> {
				Thread before = this.thread;
				this.thread = Thread.currentThread();
				try {
					task.run();
				}
				finally {
					this.thread = before;
				}
			}, this.executor);
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.failedFuture(new DiscoveryException("The application is stopping", ex));
		}
	}

	/**
	 * A state of the registration.
	 *
	 * @param state the state
	 * @param since when its phase began, by the monotonic clock
	 */
	public record TimedState(RegistrationState state, Instant since) {
	}

}
