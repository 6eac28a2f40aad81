package dev.cloudmap.discovery.registry.consul;

import java.net.URI;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.thread.Durations;

/**
 * How Consul is used.
 *
 * @param agent the HTTP API of an agent, as {@code http://host:port} or
 * {@code https://host:port}
 * @param token the ACL token; null for none
 * @param datacenter the datacenter of lookups; null for the agent's own
 * @param domain the DNS domain of Consul, {@code consul} by default
 * @param check how Consul finds that this application does not run any more. The TTL is
 * the lease of the registration
 * @param checkInterval the interval and timeout of an HTTP check
 * @param httpCheckPath the path of an HTTP check; null for Actuator's health endpoint
 * @param deregisterCriticalAfter how long an instance may be critical before Consul
 * deregisters it, at least {@link #MIN_DEREGISTER_AFTER}
 * @param consistency which servers answer lookups
 * @param timeout the time for connecting to the agent, and for its answer
 */
public record ConsulSettings(URI agent, @Nullable String token, @Nullable String datacenter, String domain, Check check,
		Duration checkInterval, @Nullable String httpCheckPath, Duration deregisterCriticalAfter,
		Consistency consistency, Duration timeout) {

	/** The default port of an agent's HTTP API. */
	public static final int DEFAULT_PORT = 8500;

	/** The default DNS domain. */
	public static final String DEFAULT_DOMAIN = "consul";

	/** Consul's minimum. It deregisters up to 30 seconds later. */
	public static final Duration MIN_DEREGISTER_AFTER = Duration.ofMinutes(1);

	private static final Duration DEFAULT_CHECK_INTERVAL = Duration.ofSeconds(5);

	private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(2);

	/**
	 * Validates the settings.
	 * @throws DiscoveryException if the URI is not that of an agent, or a duration is too
	 * short
	 */
	public ConsulSettings {
		if (agent.getHost() == null || !("http".equals(agent.getScheme()) || "https".equals(agent.getScheme()))) {
			throw new DiscoveryException(
					"Consul's agent is '" + agent + "': expected http://host:port or https://host:port",
					"Correct discovery.consul.host, .port and .scheme", null);
		}
		if (deregisterCriticalAfter.compareTo(MIN_DEREGISTER_AFTER) < 0) {
			throw new DiscoveryException(
					"discovery.consul.deregister-critical-after is " + deregisterCriticalAfter.toSeconds()
							+ "s: expected " + MIN_DEREGISTER_AFTER.toSeconds() + "s or more, Consul's minimum",
					"Correct discovery.consul.deregister-critical-after", null);
		}
		Durations.requireLongEnough("discovery.consul.timeout", timeout);
		Durations.requireLongEnough("discovery.consul.check-interval", checkInterval);
	}

	/**
	 * The default settings for an agent.
	 * @param agent the agent's HTTP API
	 */
	public static ConsulSettings of(URI agent) {
		return new ConsulSettings(agent, null, null, DEFAULT_DOMAIN, Check.TTL, DEFAULT_CHECK_INTERVAL, null,
				MIN_DEREGISTER_AFTER, Consistency.STALE, DEFAULT_TIMEOUT);
	}

	/**
	 * The namespace of Consul's services, as in its DNS: {@code service.<domain>}, or
	 * {@code service.<datacenter>.<domain>} where a datacenter is set.
	 */
	public Namespace namespace() {
		return new Namespace(
				ConsulNames.LABEL + "." + ((this.datacenter != null) ? this.datacenter + "." : "") + this.domain);
	}

	/** Without the token, so that no log contains it. */
	@Override
	public String toString() {
		return "ConsulSettings[agent=" + this.agent + ", token=" + ((this.token != null) ? "(hidden)" : "none")
				+ ", datacenter=" + this.datacenter + ", domain=" + this.domain + ", check=" + this.check + "]";
	}

	/**
	 * How Consul finds that an application does not run any more.
	 */
	public enum Check {

		/** The application renews a TTL, so that the agent needs no connection to it. */
		TTL,

		/** The agent calls the application. */
		HTTP

	}

	/**
	 * Which servers answer lookups (Consul API, consistency modes).
	 */
	public enum Consistency {

		/** The leader; it may be replaced without noticing it for a moment. */
		DEFAULT,

		/** Any server, also while there is no leader. */
		STALE,

		/** The leader, after it has verified that it is one. */
		CONSISTENT

	}

}
