package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.registry.state.JournalException;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.ChangeHealth;
import dev.cloudmap.registry.state.command.ChangeHealth.Outcome;
import dev.cloudmap.registry.state.command.ChangeHealth.Verdict;
import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.ChangeListener;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;
import dev.cloudmap.registry.time.Scheduler;

/**
 * Runs the health checks of services with a HealthCheckConfig, as Route 53 does. The
 * status of an instance changes after as many consecutive results as the threshold.
 * <p>
 * The registry connects to the addresses that clients register, including loopback and
 * private networks, and exposes whether a server responds. It sends a GET request for the
 * configured path only, follows no redirects and does not expose responses.
 */
public final class HealthChecker implements ChangeListener, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(HealthChecker.class);

	/** The default interval of checks of an instance. */
	public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

	/** "Every 30 seconds" (API reference, HealthCheckConfig). */
	public static final Duration AWS_INTERVAL = Duration.ofSeconds(30);

	/** The maximum number of concurrent checks. */
	static final int MAX_RUNNING = 64;

	/** The maximum delay of the first check of an instance. */
	private static final Duration FIRST_WITHIN = Duration.ofSeconds(1);

	private final Map<InstanceReference, InstanceCheck> checks = new HashMap<>();

	private final RegistryState state;

	private final Prober prober;

	private final Duration interval;

	private final CheckSchedule schedule;

	private HealthChecker(RegistryState state, Scheduler scheduler, Duration interval, Prober prober) {
		this.state = state;
		this.prober = prober;
		this.interval = interval;
		this.schedule = new CheckSchedule(scheduler, interval, MAX_RUNNING);
	}

	/**
	 * Starts the checks of all instances.
	 * @param state the content of the registry
	 * @param scheduler schedules the checks
	 * @param interval the interval between the starts of the checks of an instance
	 * @param group the event loops of connections
	 * @return the checker, which ends all checks when it is closed
	 */
	public static HealthChecker begin(RegistryState state, Scheduler scheduler, Duration interval,
			EventLoopGroup group) {
		return begin(state, scheduler, interval, new NettyProber(group, NettyProber.Timeouts.OF_ROUTE_53));
	}

	static HealthChecker begin(RegistryState state, Scheduler scheduler, Duration interval, Prober prober) {
		HealthChecker checks = new HealthChecker(state, scheduler, interval, prober);
		state.addListener(checks);
		checks.restore();
		return checks;
	}

	/**
	 * Starts the checks of all registered instances, distributed over the interval.
	 */
	private synchronized void restore() {
		for (ServiceState service : this.state.snapshot().services()) {
			service.instances().values().forEach((instance) -> begin(service.service(), instance, this.interval));
		}
	}

	@Override
	public synchronized void changed(RegistrySnapshot snapshot, List<Change> changes) {
		for (Change change : changes) {
			if (change instanceof Change.InstanceRegistered registered) {
				registered(snapshot, registered.instance());
			}
			else if (change instanceof Change.InstanceDeregistered deregistered) {
				end(deregistered.instance().key());
			}
			else if (change instanceof Change.ServiceUpdated updated) {
				updated(snapshot, updated);
			}
		}
	}

	private void registered(RegistrySnapshot snapshot, Instance instance) {
		InstanceCheck running = this.checks.get(instance.key());
		if (running != null && instance.renews(running.instance)) {
			running.instance = instance;
			return;
		}
		end(instance.key());
		ServiceState service = snapshot.findService(instance.key().serviceId());
		if (service != null) {
			begin(service.service(), instance, firstWithin());
		}
	}

	private void updated(RegistrySnapshot snapshot, Change.ServiceUpdated updated) {
		Service service = updated.service();
		ServiceState state = snapshot.findService(service.id());
		if (state == null || Objects.equals(service.healthCheck(), updated.before().healthCheck())) {
			return;
		}
		for (Instance instance : state.instances().values()) {
			end(instance.key());
			begin(service, instance, firstWithin());
		}
	}

	private Duration firstWithin() {
		return (this.interval.compareTo(FIRST_WITHIN) < 0) ? this.interval : FIRST_WITHIN;
	}

	/**
	 * Starts the checks of an instance after a random delay, so that instances which were
	 * registered together are not checked together.
	 */
	private void begin(Service service, Instance instance, Duration within) {
		HealthCheck config = service.healthCheck();
		if (config == null || !CheckTarget.isChecked(instance) || this.checks.containsKey(instance.key())) {
			return;
		}
		InstanceCheck check = new InstanceCheck(service, config, instance);
		this.checks.put(instance.key(), check);
		this.schedule.add(check, Duration.ofNanos(ThreadLocalRandom.current().nextLong(within.toNanos())));
	}

	private void end(InstanceReference key) {
		InstanceCheck check = this.checks.remove(key);
		if (check != null) {
			this.schedule.remove(check);
		}
	}

	/**
	 * Cancels all checks.
	 */
	@Override
	public void close() {
		this.schedule.close();
	}

	/**
	 * The checks of a registration.
	 */
	private final class InstanceCheck extends CheckSchedule.Check {

		private final Service service;

		private final HealthCheck config;

		/** Replaced by a renewal of the registration. */
		private volatile Instance instance;

		private @Nullable HealthStatus found;

		/** The number of consecutive results with this status. */
		private int times;

		private volatile boolean submitted;

		private InstanceCheck(Service service, HealthCheck config, Instance instance) {
			this.service = service;
			this.config = config;
			this.instance = instance;
		}

		@Override
		CompletableFuture<CheckResult> begin() {
			CheckTarget endpoint = CheckTarget.of(this.service, this.config, this.instance);
			if (endpoint == null) {
				return CompletableFuture.completedFuture(CheckResult.unhealthy("it has no address or no port"));
			}
			if (!endpoint.isHost()) {
				return CompletableFuture.completedFuture(
						CheckResult.unhealthy("it has an address that is not that of a host: " + endpoint.address()));
			}
			return HealthChecker.this.prober.probe(endpoint);
		}

		@Override
		void completed(CheckResult result) {
			this.times = (result.status() == this.found) ? Math.min(this.times + 1, this.config.failureThreshold()) : 1;
			this.found = result.status();
			Instance seen = this.instance;
			// Changes only are submitted, one at a time. The next check repeats a failed
			// submission.
			if (this.times >= this.config.failureThreshold() && !this.submitted && reported(seen) != result.status()) {
				this.submitted = true;
				submit(seen, result);
			}
		}

		private @Nullable HealthStatus reported(Instance seen) {
			ServiceState current = HealthChecker.this.state.snapshot().findService(seen.key().serviceId());
			Instance now = (current != null) ? current.instances().get(seen.id()) : null;
			return (now != null) ? now.reported() : null;
		}

		@SuppressWarnings("FutureReturnValueIgnored") // the callback handles the result
		private void submit(Instance seen, CheckResult result) {
			Verdict verdict = (result.status() == HealthStatus.HEALTHY) ? Verdict.HEALTHY : Verdict.UNHEALTHY;
			ChangeHealth change = new ChangeHealth(seen.key(), seen.registration(), verdict);
			HealthChecker.this.state.submit((transaction) -> apply(change, transaction))
				.whenComplete((outcome, failure) -> {
					this.submitted = false;
					report(result, outcome, failure);
				});
		}

		/**
		 * Changes the health unless the health check of the service was changed in the
		 * meantime.
		 */
		private Outcome apply(ChangeHealth change, WriteTransaction transaction) {
			Service current = transaction.snapshot().service(change.key().serviceId()).service();
			return this.config.equals(current.healthCheck()) ? change.apply(transaction) : Outcome.OUTDATED;
		}

		private void report(CheckResult result, @Nullable Outcome outcome, @Nullable Throwable failure) {
			String id = this.instance.id();
			if (outcome == Outcome.APPLIED) {
				logger.info("Instance {} of service '{}' is {}: {}", id, this.service.name(),
						(result.status() == HealthStatus.HEALTHY) ? "healthy" : "unhealthy", result.reason());
			}
			else if (failure != null && !(failure instanceof RegistryException)) {
				// A rejection means that the service was deleted or the queue is full.
				logger.atLevel(JournalException.level(failure))
					.log("The registry could not store that instance {} of service '{}' is {}: {}", id,
							this.service.name(), result.status(), String.valueOf(failure));
			}
		}

	}

}
