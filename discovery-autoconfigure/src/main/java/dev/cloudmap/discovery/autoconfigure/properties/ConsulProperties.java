package dev.cloudmap.discovery.autoconfigure.properties;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.cloudmap.discovery.registry.consul.ConsulSettings;

/**
 * Properties below {@code discovery.consul}.
 *
 * @param host Host of Consul's agent.
 * @param port Port of the agent's HTTP API.
 * @param scheme Scheme of the agent's HTTP API. By default, http, or https if ssl.bundle
 * is set.
 * @param token ACL token. By default, none.
 * @param datacenter Datacenter of the services that are looked up. By default, that of
 * the agent.
 * @param domain Consul's DNS domain.
 * @param dnsPort Port of the agent's DNS server.
 * @param check How Consul detects that this application no longer runs. With ttl, the
 * application renews a TTL, which is discovery.registration.lease. With http, the agent
 * calls the application.
 * @param checkInterval Interval and timeout of an HTTP check.
 * @param httpCheckPath Path of an HTTP check. By default, that of Actuator's health
 * endpoint.
 * @param deregisterCriticalAfter Time after which Consul deregisters an instance that is
 * critical, at least one minute.
 * @param consistency Servers that answer lookups.
 * @param timeout Time to connect to the agent, and to wait for its answer.
 * @param allowLoopbackInstances Whether to call instances at loopback addresses although
 * the agent is on another machine.
 * @param ssl TLS of the connection to the agent.
 */
public record ConsulProperties(@DefaultValue("localhost") String host, @DefaultValue("8500") int port,
		@Nullable Scheme scheme, @Nullable String token, @Nullable String datacenter,
		@DefaultValue("consul") String domain, @DefaultValue("8600") int dnsPort,
		@DefaultValue("ttl") ConsulSettings.Check check, @DefaultValue("5s") Duration checkInterval,
		@Nullable String httpCheckPath, @DefaultValue("1m") Duration deregisterCriticalAfter,
		@DefaultValue("stale") ConsulSettings.Consistency consistency, @DefaultValue("2s") Duration timeout,
		@DefaultValue("false") boolean allowLoopbackInstances, @DefaultValue Ssl ssl) {

	/** Treats blank values, for example of unset variables, as absent. */
	public ConsulProperties {
		host = host.isBlank() ? "localhost" : host.trim();
		domain = domain.isBlank() ? ConsulSettings.DEFAULT_DOMAIN : domain.trim();
		token = trimToNull(token);
		datacenter = trimToNull(datacenter);
		httpCheckPath = trimToNull(httpCheckPath);
	}

	private static @Nullable String trimToNull(@Nullable String value) {
		return (value != null && !value.isBlank()) ? value.trim() : null;
	}

	/**
	 * Returns the URI of the agent's HTTP API.
	 */
	public URI agent() {
		Scheme effective = this.scheme;
		if (effective == null) {
			effective = (this.ssl.bundle() != null) ? Scheme.HTTPS : Scheme.HTTP;
		}
		boolean bareIpv6 = this.host.indexOf(':') >= 0 && !this.host.startsWith("[");
		return URI.create(effective.name().toLowerCase(Locale.ROOT) + "://"
				+ (bareIpv6 ? "[" + this.host + "]" : this.host) + ":" + this.port);
	}

	/**
	 * Returns the settings with these properties for an agent.
	 * @param agent the agent's HTTP API
	 * @param token the ACL token, or null
	 * @param datacenter the datacenter of lookups, or null
	 */
	public ConsulSettings settings(URI agent, @Nullable String token, @Nullable String datacenter) {
		return new ConsulSettings(agent, token, datacenter, this.domain, this.check, this.checkInterval,
				this.httpCheckPath, this.deregisterCriticalAfter, this.consistency, this.timeout);
	}

	/** Omits the token. */
	@Override
	public String toString() {
		return "ConsulProperties[host=" + this.host + ", port=" + this.port + ", datacenter=" + this.datacenter
				+ ", domain=" + this.domain + "]";
	}

	/** Schemes of the agent's HTTP API. */
	public enum Scheme {

		/** Without TLS. */
		HTTP,

		/** With TLS. */
		HTTPS

	}

	/**
	 * TLS of the connection to the agent.
	 *
	 * @param bundle SSL bundle (spring.ssl.bundle) with the certificates that are
	 * trusted, and this application's certificate if the agent verifies it. By default,
	 * the certificates that the JVM trusts.
	 */
	public record Ssl(@Nullable String bundle) {

		public Ssl {
			bundle = trimToNull(bundle);
		}

	}

}
