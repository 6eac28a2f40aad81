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
import dev.cloudmap.registry.state.command.ApplyCheckResult;
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
import dev.cloudmap.registry.time.Scheduler;

/**
 * Carries out the checks over the network that services ask for with a HealthCheckConfig,
 * in place of Route 53. An instance is healthy until as many checks in a row as the
 * threshold says have failed, and again when as many have passed.
 * <p>
 * The registry so connects to the addresses that its clients name, from where it runs,
 * and tells them whether something answers there. It refuses no address, for checking
 * instances on this machine and in private networks is what it is for: who may register
 * instances should be chosen with that in mind. It sends nothing but a GET of the
 * configured path, follows no redirect and shows nobody what was answered; and without a
 * HealthCheckConfig it connects nowhere.
 */
public final class HealthChecker implements ChangeListener, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(HealthChecker.class);

	/**
	 * How often an instance is checked unless told otherwise. Each of Route 53's checkers
	 * takes 30 seconds, but they are many, and a laptop has one.
	 */
	public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

	/**
	 * How often one of Route 53's checkers checks an instance: "every 30 seconds" (API
	 * reference, HealthCheckConfig).
	 */
	public static final Duration AWS_INTERVAL = Duration.ofSeconds(30);

	/** How many checks are under way at a time; the others wait for their turn. */
	static final int MAX_RUNNING = 64;

	/** Within how long a new instance is checked first. */
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
	 * Begins to check all instances of services that have a check.
	 * @param state where the instances are
	 * @param scheduler where time comes from
	 * @param interval how long after the start of an instance's check the next one starts
	 * @param group whose threads make the connections
	 * @return what ends all checks when it is closed
	 */
	public static HealthChecker begin(RegistryState state, Scheduler scheduler, Duration interval,
			EventLoopGroup group) {
		return begin(state, scheduler, interval, new NettyProber(group, NettyProber.Deadlines.OF_ROUTE_53));
	}

	static HealthChecker begin(RegistryState state, Scheduler scheduler, Duration interval, Prober prober) {
		HealthChecker checks = new HealthChecker(state, scheduler, interval, prober);
		state.addListener(checks);
		checks.restore();
		return checks;
	}

	/**
	 * Begins with what is registered already, which is spread over the interval.
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
	 * Begins at a random moment, so that what came together is not checked together ever
	 * after.
	 */
	private void begin(Service service, Instance instance, Duration within) {
		HealthCheck config = service.healthCheck();
		if (config == null || !CheckTarget.isChecked(instance) || this.checks.containsKey(instance.key())) {
			return;
		}
		InstanceCheck check = new InstanceCheck(service, config, instance);
		this.checks.put(instance.key(), check);
		check.entry = this.schedule.add(check,
				Duration.ofNanos(ThreadLocalRandom.current().nextLong(within.toNanos())));
	}

	private void end(InstanceReference key) {
		InstanceCheck check = this.checks.remove(key);
		if (check != null && check.entry != null) {
			this.schedule.remove(check.entry);
		}
	}

	/**
	 * Ends all checks, those too that are under way.
	 */
	@Override
	public void close() {
		this.schedule.close();
	}

	/**
	 * The checks of one registration.
	 */
	private final class InstanceCheck implements CheckSchedule.Check {

		private final Service service;

		private final HealthCheck config;

		/** The registration that counts: a renewal of it changes nothing else. */
		private volatile Instance instance;

		private CheckSchedule.@Nullable Entry entry;

		private @Nullable HealthStatus found;

		/** How many checks in a row have found that. */
		private int times;

		private volatile boolean submitted;

		private InstanceCheck(Service service, HealthCheck config, Instance instance) {
			this.service = service;
			this.config = config;
			this.instance = instance;
		}

		@Override
		public CompletableFuture<CheckResult> begin() {
			CheckTarget endpoint = CheckTarget.of(this.service, this.config, this.instance);
			if (endpoint == null) {
				return CompletableFuture
					.completedFuture(CheckResult.unhealthy("it was registered without an address or without a port"));
			}
			if (!endpoint.isHost()) {
				return CompletableFuture
					.completedFuture(CheckResult.unhealthy("there can be no host at " + endpoint.address()));
			}
			return HealthChecker.this.prober.probe(endpoint);
		}

		@Override
		public void found(CheckResult finding) {
			this.times = (finding.status() == this.found) ? Math.min(this.times + 1, this.config.failureThreshold())
					: 1;
			this.found = finding.status();
			Instance seen = this.instance;
			// Nothing is written while nothing changes, and only once while the writer is
			// busy. What could not be kept is tried again with the next check.
			if (this.times >= this.config.failureThreshold() && !this.submitted && reported(seen) != finding.status()) {
				this.submitted = true;
				submit(seen, finding);
			}
		}

		private @Nullable HealthStatus reported(Instance seen) {
			ServiceState current = HealthChecker.this.state.snapshot().findService(seen.key().serviceId());
			Instance now = (current != null) ? current.instances().get(seen.id()) : null;
			return (now != null) ? now.reported() : null;
		}

		@SuppressWarnings("FutureReturnValueIgnored") // what matters is in the callback
		private void submit(Instance seen, CheckResult finding) {
			Verdict verdict = (finding.status() == HealthStatus.HEALTHY) ? Verdict.HEALTHY : Verdict.UNHEALTHY;
			ChangeHealth change = new ChangeHealth(seen.key(), seen.registration(), verdict);
			HealthChecker.this.state.submit(new ApplyCheckResult(this.config, change))
				.whenComplete((outcome, failure) -> {
					this.submitted = false;
					report(finding, outcome, failure);
				});
		}

		private void report(CheckResult finding, @Nullable Outcome outcome, @Nullable Throwable failure) {
			String id = this.instance.id();
			if (outcome == Outcome.APPLIED) {
				logger.info("Instance {} of service '{}' is {}: {}", id, this.service.name(),
						(finding.status() == HealthStatus.HEALTHY) ? "healthy" : "unhealthy", finding.reason());
			}
			else if (failure != null && !(failure instanceof RegistryException)) {
				// A refusal means that the service has gone meanwhile, or that the writer
				// has more to do than it can: the next check tells.
				logger.atLevel(JournalException.level(failure))
					.log("That instance {} of service '{}' is {} could not be kept: {}", id, this.service.name(),
							finding.status(), String.valueOf(failure));
			}
		}

	}

}
