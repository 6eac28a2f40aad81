package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;

/**
 * How long an application goes on serving after it was deregistered, so that callers that
 * have not heard of it yet are served.
 *
 * @param configured the time that the user has set; null for one that is derived
 * @param ttl for how long resolvers may keep the service's DNS records; never null
 * @param refresh how often callers look again; never null
 */
public record Drain(@Nullable Duration configured, Duration ttl, Duration refresh) {

	/** No time at all, whatever the registry. */
	public static final Drain NONE = new Drain(Duration.ZERO, Duration.ZERO, Duration.ZERO);

	/**
	 * Validates the time.
	 * @throws DiscoveryException if it is negative
	 */
	public Drain {
		if (configured != null && configured.isNegative()) {
			throw new DiscoveryException(
					"discovery.registration.drain is " + configured.toMillis() + "ms: expected 0s or more",
					"Correct discovery.registration.drain, or leave it out for a time derived from the DNS TTL", null);
		}
	}

	/**
	 * The time.
	 * @param registry where the application was registered; not null
	 */
	Duration length(RegistryInfo registry) {
		if (this.configured != null) {
			return this.configured;
		}
		return isTold(registry) ? this.refresh : this.ttl.plus(this.refresh);
	}

	/**
	 * Whether the time follows from how callers learn of changes, so that it is of no use
	 * where there are no callers.
	 */
	boolean isDerived() {
		return this.configured == null;
	}

	/**
	 * What is wrong if Spring waits no longer than a while for what is stopped before the
	 * web server: to leave the registry takes some of it.
	 * @param registry where the application was registered; not null
	 * @param phaseTimeout how long Spring waits; not null
	 * @return found and expected, for people; empty if nothing is wrong
	 */
	public Optional<String> flaw(RegistryInfo registry, Duration phaseTimeout) {
		Duration length = length(registry);
		Duration whole = length.plus(Departure.DEREGISTRATION_TIMEOUT);
		if (length.isZero() || whole.compareTo(phaseTimeout) <= 0) {
			return Optional.empty();
		}
		return Optional.of("Stopping may take " + whole.toMillis() + " ms, of which callers are served for "
				+ length.toMillis() + " ms (" + reason(registry) + ") after up to "
				+ Departure.DEREGISTRATION_TIMEOUT.toMillis() + " ms to leave the registry, but Spring stops the web"
				+ " server after " + phaseTimeout.toMillis() + " ms");
	}

	/**
	 * Why it is that long, for people.
	 * @param registry where the application was registered; not null
	 */
	String reason(RegistryInfo registry) {
		if (this.configured != null) {
			return "discovery.registration.drain";
		}
		return isTold(registry)
				? "callers are told, or look again within discovery.lookup.refresh of " + this.refresh.toMillis()
						+ " ms; discovery.registration.drain sets it otherwise"
				: "DNS may give the old answer for a TTL of " + this.ttl.toSeconds()
						+ " s, and callers look again every " + this.refresh.toMillis()
						+ " ms; discovery.registration.drain sets it otherwise";
	}

	/**
	 * A registry that tells its changes has a DNS server of its own that nobody caches.
	 */
	private static boolean isTold(RegistryInfo registry) {
		return registry.can(Capability.WATCH);
	}

}
