package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.NoCustomHealthException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.thread.Backoff;
import dev.cloudmap.discovery.thread.Durations;
import dev.cloudmap.discovery.thread.Timer;

/**
 * This application's entry in the registry: what the registry holds as far as we know,
 * and the calls that make it hold what it should. Is used by one thread at a time. Each
 * call may fail with {@link DiscoveryException}, and then nothing is known to have
 * changed.
 */
final class RegistryEntry {

	/** A lease is renewed this many times within its length. */
	private static final int RENEWALS_PER_LEASE = 3;

	/**
	 * However long the lease, the registry hears of everyone as often as this: one that
	 * came back empty knows all again before callers believe that they are gone
	 * ({@code catalog.MassLossGuard}).
	 */
	private static final Duration LATEST_RENEWAL = Duration.ofSeconds(4);

	private static final LookupFilter HEALTHY_ONES = new LookupFilter(Map.of(), Map.of(), LookupFilter.Health.HEALTHY);

	private static final Logger logger = LoggerFactory.getLogger(RegistryEntry.class);

	private final Registry registry;

	private final Timer timer;

	private final Duration renewal;

	private final Duration verification;

	private final @Nullable Incumbent incumbent;

	/** What the registry has accepted; null if that is nothing. */
	private @Nullable InstanceRegistration held;

	/** What was wanted when it was accepted. */
	private @Nullable InstanceRegistration wanted;

	/** What the registry may hold, since it has been told to. */
	private @Nullable InstanceRegistration claimed;

	private HealthStatus health = HealthStatus.HEALTHY;

	private boolean adopted;

	private boolean keepsHealth = true;

	private boolean complained;

	/** What was found, and corrected, last; null if nothing ever was. */
	private @Nullable Map<String, String> corrected;

	private Instant renewAt = Instant.MAX;

	private Instant verifyAt = Instant.MAX;

	/**
	 * Creates the entry of an application that is not registered.
	 * @param registry the registry
	 * @param timer tells the time
	 * @param lease the length of the lease, where the registry keeps leases
	 * @param verification how often to see whether the registry still holds what it was
	 * told
	 * @param incumbent knows of who else registers this application; null if nobody does
	 */
	RegistryEntry(Registry registry, Timer timer, Duration lease, Duration verification,
			@Nullable Incumbent incumbent) {
		this.registry = registry;
		this.timer = timer;
		this.renewal = Durations.shorter(lease.dividedBy(RENEWALS_PER_LEASE), LATEST_RENEWAL);
		this.verification = verification;
		this.incumbent = incumbent;
	}

	/**
	 * What the registry holds; null if that is nothing.
	 */
	@Nullable InstanceRegistration held() {
		return this.held;
	}

	/**
	 * Who else has registered this application; null if nobody has.
	 */
	@Nullable String adoptedFrom() {
		return (this.adopted && this.incumbent != null) ? this.incumbent.name() : null;
	}

	/**
	 * Whether the registry can be told that the instance is not healthy.
	 */
	boolean keepsHealth() {
		return this.keepsHealth;
	}

	/**
	 * Whether the registry takes the instance out by itself when nobody renews it.
	 */
	boolean isLeased() {
		return !this.adopted && this.registry.info().can(Capability.LEASES);
	}

	/**
	 * When {@link #ensure} has something to do again though nothing else is wanted.
	 */
	Instant due() {
		Instant renewal = isLeased() ? this.renewAt : Instant.MAX;
		return renewal.isBefore(this.verifyAt) ? renewal : this.verifyAt;
	}

	/**
	 * How long to wait, at most, before what failed is tried again: a registry that keeps
	 * leases has perhaps forgotten everything when it comes back.
	 */
	Duration patience(Duration usual) {
		return isLeased() ? Durations.shorter(usual, this.renewal) : usual;
	}

	/**
	 * Sees to it that the registry holds an instance, renews its lease when that is due,
	 * and now and then looks whether it is still there as it should be.
	 * @param instance the instance
	 * @param health how it is
	 */
	void ensure(InstanceRegistration instance, HealthStatus health) {
		InstanceRegistration held = this.held;
		if (held == null || !instance.equals(this.wanted)) {
			register(instance, health);
			return;
		}
		Instant now = this.timer.steady();
		try {
			if (this.health != health) {
				report(held, health);
			}
			else if (isLeased() && !this.renewAt.isAfter(now)) {
				renew(held);
			}
			if (!this.verifyAt.isAfter(now)) {
				verify(instance, held);
			}
		}
		catch (NotRegisteredException ex) {
			logger.info("The registry no longer holds {} of {}: registering it again", instance.instanceId(),
					instance.service());
			forget();
			register(instance, health);
		}
	}

	/**
	 * Has the registry take the instance out, if it may hold one.
	 * @return whether it may have held one until now
	 */
	boolean remove() {
		InstanceRegistration claimed = this.claimed;
		if (claimed != null) {
			this.registry.deregister(claimed.service(), claimed.instanceId());
			logger.info("Deregistered {} of {}", claimed.instanceId(), claimed.service());
		}
		forget();
		this.claimed = null;
		return claimed != null;
	}

	/**
	 * Forgets what the registry holds, so that it is told again.
	 */
	void forget() {
		this.held = null;
		this.wanted = null;
		this.renewAt = Instant.MAX;
		this.verifyAt = Instant.MAX;
	}

	/**
	 * Whether another instance of the service is healthy, as far as the registry knows.
	 */
	boolean hasHealthyPeers(InstanceRegistration instance) {
		return this.registry.discover(instance.service(), HEALTHY_ONES)
			.instances()
			.stream()
			.anyMatch((other) -> !other.id().equals(instance.instanceId()));
	}

	private void register(InstanceRegistration instance, HealthStatus health) {
		if (this.incumbent != null && adopt(instance, health, this.incumbent)) {
			return;
		}
		InstanceRegistration before = this.claimed;
		this.claimed = instance;
		this.registry.register(asItIs(instance, health));
		logger.info("Registered {} of {} with {}", instance.instanceId(), instance.service(), this.registry.info());
		accepted(instance, instance, health);
		replace(before, instance);
	}

	private void replace(@Nullable InstanceRegistration before, InstanceRegistration now) {
		if (before != null && !isSameEntry(before, now)) {
			this.registry.deregister(before.service(), before.instanceId());
		}
	}

	/**
	 * Takes on what somebody else has registered. What was taken on once stays his: it is
	 * not registered when he has taken it out.
	 * @return whether there is nothing to register
	 */
	private boolean adopt(InstanceRegistration instance, HealthStatus health, Incumbent incumbent) {
		String id = incumbent.instanceId(instance.service());
		if (id != null) {
			InstanceRegistration own = instance.withId(id);
			if (!this.adopted) {
				logger.info("{} has registered {} of {} already: it is left as it is", incumbent.name(), id,
						instance.service());
			}
			InstanceRegistration before = this.claimed;
			this.adopted = true;
			this.claimed = own;
			accepted(instance, own, HealthStatus.HEALTHY);
			replace(before, own);
			if (health != HealthStatus.HEALTHY) {
				report(own, health);
			}
		}
		else if (this.adopted) {
			forget();
			this.claimed = null;
			this.verifyAt = later(this.verification);
		}
		return this.adopted;
	}

	private void accepted(InstanceRegistration wanted, InstanceRegistration held, HealthStatus health) {
		this.wanted = wanted;
		this.held = held;
		this.health = health;
		this.renewAt = later(this.renewal);
		this.verifyAt = later(this.verification);
	}

	/**
	 * Renews the lease: by the report that the instance is healthy, or, since no other
	 * report does, by registering it once more as it is.
	 */
	private void renew(InstanceRegistration held) {
		if (this.health == HealthStatus.HEALTHY && this.keepsHealth) {
			report(held, this.health);
		}
		else {
			this.registry.register(asItIs(held, this.health));
		}
		this.renewAt = later(this.renewal);
	}

	private void report(InstanceRegistration held, HealthStatus health) {
		try {
			if (this.keepsHealth) {
				this.registry.reportHealth(held.service(), held.instanceId(), health);
			}
		}
		catch (NoCustomHealthException ex) {
			this.keepsHealth = false;
			logger.info("Service {} keeps no health: an unhealthy instance is deregistered instead", held.service());
		}
		this.health = health;
		if (health == HealthStatus.HEALTHY) {
			this.renewAt = later(this.renewal);
		}
	}

	private void verify(InstanceRegistration wanted, InstanceRegistration held) {
		Map<String, String> found = look(held);
		if (found != null && !this.adopted) {
			if (isAsRegistered(held, found)) {
				this.corrected = null;
			}
			else if (!found.equals(this.corrected)) {
				correct(wanted, held);
				this.corrected = found;
			}
		}
		this.verifyAt = later(this.verification);
	}

	/**
	 * With what the instance is registered; null if that can't be seen.
	 * @throws NotRegisteredException if it is not
	 */
	private @Nullable Map<String, String> look(InstanceRegistration held) {
		try {
			return this.registry.attributes(held.service(), held.instanceId())
				.orElseThrow(() -> new NotRegisteredException("There is no " + held.instanceId(), null));
		}
		catch (NotRegisteredException ex) {
			throw ex;
		}
		catch (RegistryUnavailableException ex) {
			logger.debug("It was not seen whether {} is still registered", held.instanceId(), ex);
		}
		catch (DiscoveryException ex) {
			if (!this.complained) {
				this.complained = true;
				logger.warn("It can't be seen whether {} of {} stays registered: {}", held.instanceId(), held.service(),
						ex.getMessage());
			}
		}
		return null;
	}

	/**
	 * Registers again what was overwritten, unless by who registers this application too;
	 * but not over and over where the registry keeps it otherwise by itself.
	 */
	private void correct(InstanceRegistration wanted, InstanceRegistration held) {
		if (this.incumbent != null && adopt(wanted, this.health, this.incumbent)) {
			return;
		}
		logger.info("{} of {} is registered otherwise than it was: correcting it", held.instanceId(), held.service());
		this.registry.register(asItIs(held, this.health));
	}

	private InstanceRegistration asItIs(InstanceRegistration instance, HealthStatus health) {
		return (health == HealthStatus.HEALTHY || !this.keepsHealth) ? instance : instance.initially(health);
	}

	/**
	 * Moved by chance, so that those who were registered together don't stay together;
	 * never later, since a lease counts on it.
	 */
	private Instant later(Duration delay) {
		Duration moved = Durations.shorter(Backoff.jittered(delay), delay);
		return this.timer.steady().plus(moved);
	}

	private static boolean isSameEntry(InstanceRegistration one, InstanceRegistration other) {
		ServiceName service = one.service();
		return service.equals(other.service()) && one.instanceId().equals(other.instanceId());
	}

	private static boolean isAsRegistered(InstanceRegistration instance, Map<String, String> found) {
		Map<String, String> rest = new HashMap<>(found);
		rest.remove(InstanceAttributes.INIT_HEALTH_STATUS);
		return rest.equals(instance.allAttributes());
	}

}
