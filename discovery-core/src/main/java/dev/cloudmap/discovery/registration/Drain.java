package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;

/**
 * How long an application serves requests after it was deregistered, for callers that
 * have not noticed it yet.
 *
 * @param configured the time that the user has set; null for a derived one
 * @param ttl how long resolvers may cache the service's DNS records
 * @param refresh how often callers repeat their lookup
 */
public record Drain(@Nullable Duration configured, Duration ttl, Duration refresh) {

	/** No drain, for any registry. */
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
	 * The length of the drain.
	 * @param registry where the application was registered
	 */
	Duration length(RegistryInfo registry) {
		if (this.configured != null) {
			return this.configured;
		}
		return notifiesCallers(registry) ? this.refresh : this.ttl.plus(this.refresh);
	}

	/**
	 * Whether the length follows from how callers notice changes, so that there is no
	 * drain where there are no callers.
	 */
	boolean isDerived() {
		return this.configured == null;
	}

	/**
	 * A warning if the deregistration and the drain may take longer than Spring waits
	 * before it stops the web server.
	 * @param registry where the application was registered
	 * @param phaseTimeout how long Spring waits
	 * @return the warning; empty if there is enough time
	 */
	public Optional<String> flaw(RegistryInfo registry, Duration phaseTimeout) {
		Duration length = length(registry);
		Duration whole = length.plus(GracefulDeregistration.DEREGISTRATION_TIMEOUT);
		if (length.isZero() || whole.compareTo(phaseTimeout) <= 0) {
			return Optional.empty();
		}
		return Optional.of("Stopping may take " + whole.toMillis() + " ms, of which callers are served for "
				+ length.toMillis() + " ms (" + reason(registry) + ") after up to "
				+ GracefulDeregistration.DEREGISTRATION_TIMEOUT.toMillis()
				+ " ms for the deregistration, but Spring stops the web" + " server after " + phaseTimeout.toMillis()
				+ " ms");
	}

	/**
	 * The reason for the length, for messages.
	 * @param registry where the application was registered
	 */
	String reason(RegistryInfo registry) {
		if (this.configured != null) {
			return "discovery.registration.drain";
		}
		return notifiesCallers(registry)
				? "callers are notified, or repeat their lookup within discovery.lookup.refresh of "
						+ this.refresh.toMillis() + " ms; discovery.registration.drain sets it otherwise"
				: "DNS may give the old answer for a TTL of " + this.ttl.toSeconds()
						+ " s, and callers repeat their lookup every " + this.refresh.toMillis()
						+ " ms; discovery.registration.drain sets it otherwise";
	}

	/**
	 * Whether callers are notified of changes. The DNS server of such a registry is not
	 * cached.
	 */
	private static boolean notifiesCallers(RegistryInfo registry) {
		return registry.can(Capability.WATCH);
	}

}
