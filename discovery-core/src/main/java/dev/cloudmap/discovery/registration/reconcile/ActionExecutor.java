package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.NoCustomHealthException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Entry;
import dev.cloudmap.discovery.registration.reconcile.ObservedState.Fact;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Correct;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Deregister;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.FindHealthyPeer;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Register;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Renew;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.ReportHealth;
import dev.cloudmap.discovery.registration.reconcile.RegistrationAction.Verify;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Performs actions on the registry, and keeps what it observes of the result. Is used by
 * one thread at a time.
 */
final class ActionExecutor {

	private static final int RENEWALS_PER_LEASE = 3;

	/**
	 * The longest time between two renewals, however long the lease: a registry that lost
	 * its data holds all instances again before callers drop them.
	 */
	private static final Duration MAX_RENEWAL_INTERVAL = Duration.ofSeconds(4);

	private static final LookupFilter HEALTHY = new LookupFilter(Map.of(), Map.of(), LookupFilter.Health.HEALTHY);

	private static final Logger logger = LoggerFactory.getLogger(ActionExecutor.class);

	private final Registry registry;

	private final Timer timer;

	private final Duration renewalInterval;

	private final Duration verificationInterval;

	private final @Nullable ExternalRegistrar externalRegistrar;

	/** What the registry has accepted; null if nothing. */
	private @Nullable Entry entry;

	/** The entries that the registry may hold. */
	private final List<InstanceRegistration> claims = new ArrayList<>();

	private @Nullable String registrarName;

	private Instant externalCheckAt = Instant.MIN;

	private final Set<Fact> facts = EnumSet.noneOf(Fact.class);

	/** Whether the registry was found to have lost the instance in this pass. */
	private boolean lost;

	/** Whether it was logged that the registry does not let this application read. */
	private boolean unreadable;

	/**
	 * Creates an executor for an application that is not registered.
	 * @param registry the registry
	 * @param timer the clock
	 * @param lease the length of the lease, where the registry supports leases
	 * @param verificationInterval how often to read the instance back
	 * @param externalRegistrar what else registers this application; null if nothing does
	 */
	ActionExecutor(Registry registry, Timer timer, Duration lease, Duration verificationInterval,
			@Nullable ExternalRegistrar externalRegistrar) {
		this.registry = registry;
		this.timer = timer;
		this.renewalInterval = Durations.shorter(lease.dividedBy(RENEWALS_PER_LEASE), MAX_RENEWAL_INTERVAL);
		this.verificationInterval = verificationInterval;
		this.externalRegistrar = externalRegistrar;
	}

	/**
	 * What the registry holds.
	 */
	ObservedState observed() {
		return new ObservedState(this.entry, this.claims, this.registrarName, this.externalCheckAt, this.facts);
	}

	/**
	 * Begins a pass of the reconciler.
	 */
	void beginPass() {
		this.lost = false;
		this.facts.retainAll(Set.of(Fact.STORES_NO_HEALTH));
		observeLeases();
	}

	/**
	 * The capabilities of a registry may become known with its first answer.
	 */
	private void observeLeases() {
		if (this.registry.info().can(Capability.LEASES)) {
			this.facts.add(Fact.LEASES);
		}
	}

	/**
	 * Makes the planner register the instance again.
	 */
	void forget() {
		this.entry = null;
		this.externalCheckAt = Instant.MIN;
	}

	/**
	 * When to repeat a failed action: soon where the registry supports leases, since it
	 * may have lost its data.
	 */
	Duration retryDelay(Duration backoff) {
		return observed().isLeased() ? Durations.shorter(backoff, this.renewalInterval) : backoff;
	}

	/**
	 * Performs an action.
	 * @throws DiscoveryException if the registry refuses it or can't be reached
	 */
	void perform(RegistrationAction action) {
		try {
			if (action instanceof Register register) {
				register(register.instance(), register.health());
			}
			else if (action instanceof Correct correct) {
				correct(correct.instance(), correct.health());
			}
			else if (action instanceof ReportHealth report) {
				report(report.instance(), report.health());
			}
			else if (action instanceof Renew renew) {
				this.registry.register(initially(renew.instance(), renew.health()));
				this.entry = entry().reported(entry().health(), later(this.renewalInterval));
			}
			else if (action instanceof Verify verify) {
				verify(verify.instance());
			}
			else if (action instanceof FindHealthyPeer find) {
				this.facts.add(hasHealthyPeer(find.instance()) ? Fact.HEALTHY_PEER : Fact.NO_HEALTHY_PEER);
			}
			else if (action instanceof Deregister deregister) {
				deregister(deregister.instance());
			}
		}
		catch (NotRegisteredException ex) {
			if (this.lost || this.entry == null) {
				throw ex;
			}
			InstanceRegistration instance = this.entry.instance();
			logger.info("The registry no longer holds {} of {}", instance.instanceId(), instance.service());
			this.lost = true;
			forget();
		}
		observeLeases();
	}

	private void register(InstanceRegistration instance, HealthStatus health) {
		if (adopt(instance)) {
			return;
		}
		claim(instance);
		this.registry.register(initially(instance, health));
		logger.info("Registered {} of {} with {}", instance.instanceId(), instance.service(), this.registry.info());
		this.entry = entry(instance, instance, health);
	}

	/**
	 * Uses what an external registrar has registered. An application that it has
	 * registered once is never registered by this library.
	 * @return whether there is nothing to register
	 */
	private boolean adopt(InstanceRegistration instance) {
		if (this.externalRegistrar == null) {
			return false;
		}
		String name = this.externalRegistrar.name();
		String id = this.externalRegistrar.instanceId(instance.service());
		boolean adopted = this.registrarName != null;
		if (id != null) {
			if (!adopted) {
				logger.info("{} has registered {} of {}: this instance is used", name, id, instance.service());
			}
			this.registrarName = name;
			this.externalCheckAt = Instant.MIN;
			this.entry = entry(instance, instance.withId(id), HealthStatus.HEALTHY);
			claim(this.entry.instance());
			return true;
		}
		if (adopted) {
			this.entry = null;
			this.claims.clear();
			this.externalCheckAt = later(this.verificationInterval);
		}
		return adopted;
	}

	private void correct(InstanceRegistration instance, HealthStatus health) {
		if (adopt(instance)) {
			return;
		}
		logger.info("{} of {} has other attributes than registered: correcting it", instance.instanceId(),
				instance.service());
		this.registry.register(initially(instance, health));
		this.entry = entry().compared(entry().verifyAt(), null, entry().deviation());
	}

	private void report(InstanceRegistration instance, HealthStatus health) {
		try {
			this.registry.reportHealth(instance.service(), instance.instanceId(), health);
			this.entry = entry().reported(health,
					(health == HealthStatus.HEALTHY) ? later(this.renewalInterval) : entry().renewAt());
		}
		catch (NoCustomHealthException ex) {
			logger.info("Service {} stores no health: an unhealthy instance is deregistered instead",
					instance.service());
			this.facts.add(Fact.STORES_NO_HEALTH);
		}
	}

	private void verify(InstanceRegistration instance) {
		Map<String, String> found = read(instance);
		Instant next = later(this.verificationInterval);
		if (found == null || this.registrarName != null) {
			this.entry = entry().compared(next, entry().deviation(), entry().corrected());
		}
		else if (isAsRegistered(instance, found)) {
			this.entry = entry().compared(next, null, null);
		}
		else {
			this.entry = entry().compared(next, found, entry().corrected());
		}
	}

	/**
	 * The attributes that the registry holds; null if they can't be read.
	 * @throws NotRegisteredException if the registry does not hold the instance
	 */
	private @Nullable Map<String, String> read(InstanceRegistration instance) {
		try {
			return this.registry.attributes(instance.service(), instance.instanceId())
				.orElseThrow(() -> new NotRegisteredException("There is no " + instance.instanceId(), null));
		}
		catch (NotRegisteredException ex) {
			throw ex;
		}
		catch (RegistryUnavailableException ex) {
			logger.debug("The registration of {} could not be read back", instance.instanceId(), ex);
		}
		catch (DiscoveryException ex) {
			if (!this.unreadable) {
				this.unreadable = true;
				logger.warn("It can't be verified that {} of {} stays registered: {}", instance.instanceId(),
						instance.service(), ex.getMessage());
			}
		}
		return null;
	}

	private boolean hasHealthyPeer(InstanceRegistration instance) {
		return this.registry.discover(instance.service(), HEALTHY)
			.instances()
			.stream()
			.anyMatch((other) -> !other.id().equals(instance.instanceId()));
	}

	private void deregister(InstanceRegistration instance) {
		this.registry.deregister(instance.service(), instance.instanceId());
		logger.info("Deregistered {} of {}", instance.instanceId(), instance.service());
		removeClaim(instance);
		if (this.entry != null && ObservedState.isSameEntry(this.entry.instance(), instance)) {
			this.entry = null;
		}
	}

	private void claim(InstanceRegistration instance) {
		removeClaim(instance);
		this.claims.add(instance);
	}

	private void removeClaim(InstanceRegistration instance) {
		this.claims.removeIf((claim) -> ObservedState.isSameEntry(claim, instance));
	}

	/**
	 * An instance that is unhealthy from the beginning, where the registry can store
	 * that.
	 */
	private InstanceRegistration initially(InstanceRegistration instance, HealthStatus health) {
		return (health == HealthStatus.HEALTHY || this.facts.contains(Fact.STORES_NO_HEALTH)) ? instance
				: instance.initially(health);
	}

	private Entry entry(InstanceRegistration desired, InstanceRegistration instance, HealthStatus health) {
		return new Entry(desired, instance, health, later(this.renewalInterval), later(this.verificationInterval), null,
				null);
	}

	private Entry entry() {
		return Objects.requireNonNull(this.entry, "Nothing is registered");
	}

	/**
	 * With jitter, so that instances that were registered together do not call together;
	 * never later, since the lease must not end.
	 */
	private Instant later(Duration delay) {
		return this.timer.steady().plus(Durations.shorter(Backoff.jittered(delay), delay));
	}

	private static boolean isAsRegistered(InstanceRegistration instance, Map<String, String> found) {
		Map<String, String> rest = new HashMap<>(found);
		rest.remove(InstanceAttributes.INIT_HEALTH_STATUS);
		return rest.equals(instance.allAttributes());
	}

}
