package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InstanceSet.Detail;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.dns.query.Deadline;
import dev.cloudmap.discovery.lookup.dns.query.DnsAnswer;
import dev.cloudmap.discovery.lookup.dns.query.DnsQueries;
import dev.cloudmap.discovery.lookup.dns.query.DnsResolver;
import dev.cloudmap.discovery.lookup.dns.query.DnsServers;
import dev.cloudmap.discovery.lookup.dns.query.DnsSettings;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Looks services up through DNS: the SRV records of a service, with the addresses of
 * their targets from the additional section if present (RFC 2782); without SRV records,
 * the A or AAAA records with the configured port of the service. Names are absolute.
 * Thread-safe.
 */
public final class DnsInstanceSource implements InstanceSource {

	/**
	 * The name of this source in an instance set.
	 */
	public static final String SOURCE = "dns";

	/**
	 * The share of the lookup timeout for DNS. The rest is for the API.
	 */
	private static final int SHARE_PERCENT = 75;

	private final DnsAliases aliases;

	private final DnsAddresses addresses;

	private final DnsTargets targets;

	private final DnsLifetimes lifetimes;

	private final Duration timeout;

	private final Function<ServiceName, @Nullable Integer> defaultPort;

	private final DnsConvention convention;

	/**
	 * Creates the source.
	 * @param servers the DNS servers
	 * @param settings transport, timeouts and TTL limits
	 * @param executor processes answers
	 * @param timer the clock for TTLs
	 * @param defaultPort the port of a service without SRV records, or null
	 * @param callable removes addresses that must not be called
	 * @param convention how the registry publishes services in DNS
	 */
	public DnsInstanceSource(DnsServers servers, DnsSettings settings, Executor executor, Timer timer,
			Function<ServiceName, @Nullable Integer> defaultPort, CallableInstances callable,
			DnsConvention convention) {
		this(new DnsQueries(servers, settings, executor, timer), settings, defaultPort, callable, convention);
	}

	/**
	 * Creates a source for {@link DnsConvention#CLOUD_MAP}.
	 * @param servers the DNS servers
	 * @param settings transport, timeouts and TTL limits
	 * @param executor processes answers
	 * @param timer the clock for TTLs
	 * @param defaultPort the port of a service without SRV records, or null
	 * @param callable removes addresses that must not be called
	 */
	public DnsInstanceSource(DnsServers servers, DnsSettings settings, Executor executor, Timer timer,
			Function<ServiceName, @Nullable Integer> defaultPort, CallableInstances callable) {
		this(servers, settings, executor, timer, defaultPort, callable, DnsConvention.CLOUD_MAP);
	}

	/**
	 * Creates a source that queries a resolver for {@link DnsConvention#CLOUD_MAP}.
	 * @param resolver sends queries
	 * @param settings the timeout and TTL limits
	 * @param defaultPort the port of a service without SRV records, or null
	 * @param callable removes addresses that must not be called
	 */
	public DnsInstanceSource(DnsResolver resolver, DnsSettings settings,
			Function<ServiceName, @Nullable Integer> defaultPort, CallableInstances callable) {
		this(resolver, settings, defaultPort, callable, DnsConvention.CLOUD_MAP);
	}

	private DnsInstanceSource(DnsResolver resolver, DnsSettings settings,
			Function<ServiceName, @Nullable Integer> defaultPort, CallableInstances callable,
			DnsConvention convention) {
		this.lifetimes = new DnsLifetimes(settings);
		this.aliases = new DnsAliases(resolver, this.lifetimes);
		this.addresses = new DnsAddresses(this.aliases, callable);
		this.targets = new DnsTargets(this.addresses, this.lifetimes, convention);
		this.timeout = settings.lookupTimeout().multipliedBy(SHARE_PERCENT).dividedBy(100);
		this.defaultPort = defaultPort;
		this.convention = convention;
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		Name name;
		try {
			name = Name.fromString(this.convention.name(service) + ".");
		}
		catch (TextParseException ex) {
			return CompletableFuture
				.failedFuture(new InconclusiveLookupException(service + " is not a valid name in DNS"));
		}
		Deadline deadline = Deadline.after(this.timeout);
		return this.aliases.query(name, Type.SRV, deadline)
			.thenCompose((srv) -> srv.records().isEmpty() ? withoutTargets(service, name, srv, deadline)
					: withTargets(service, srv, deadline));
	}

	private CompletionStage<InstanceSet> withTargets(ServiceName service, DnsRecords srv, Deadline deadline) {
		SrvTargets targets = SrvTargets.preferred(srv);
		return this.targets.addresses(service, targets.names(), srv.answer(), deadline)
			.thenApply((found) -> set(service, targets.instances(service, found.addresses(), this.convention),
					DnsLifetimes.earlier(srv.validUntil(), found.until()), srv.answer(),
					targets.ids(found.unlocated(), this.convention)));
	}

	private CompletionStage<InstanceSet> withoutTargets(ServiceName service, Name name, DnsRecords srv,
			Deadline deadline) {
		if (srv.answer().isNameUnknown()) {
			return CompletableFuture.completedFuture(set(service, List.of(), srv.validUntil(), srv.answer(), Set.of()));
		}
		return this.addresses.of(service, name, deadline).thenCompose((found) -> {
			if (found.value().isEmpty()) {
				return CompletableFuture.completedFuture(set(service, List.of(),
						DnsLifetimes.earlier(srv.validUntil(), found.until()), srv.answer(), Set.of()));
			}
			Integer port = this.defaultPort.apply(service);
			// the expiry of the missing SRV records matters only without addresses
			return (port == null) ? withoutPort(service, name, deadline) : CompletableFuture.completedFuture(
					set(service, instances(service, found.value(), port), found.until(), srv.answer(), Set.of()));
		});
	}

	/**
	 * Queries SRV records once more, since the first instance may have been registered
	 * between the two queries.
	 */
	private CompletionStage<InstanceSet> withoutPort(ServiceName service, Name name, Deadline deadline) {
		return this.aliases.query(name, Type.SRV, deadline).thenCompose((srv) -> {
			if (srv.records().isEmpty()) {
				throw new InconclusiveLookupException(
						service + " has addresses in DNS but no SRV record with a port: set discovery.lookup.services["
								+ service + "].port");
			}
			return withTargets(service, srv, deadline);
		});
	}

	private InstanceSet set(ServiceName service, List<Instance> instances, Instant until, DnsAnswer first,
			Set<String> unlocated) {
		Instant end = instances.isEmpty() ? DnsLifetimes.earlier(until, this.lifetimes.latestEndOfAbsence(first))
				: until;
		return new InstanceSet(service, instances, SOURCE, end, unlocated, Detail.ADDRESSES);
	}

	private static List<Instance> instances(ServiceName service, List<InetAddress> addresses, int port) {
		return addresses.stream()
			.map((address) -> new Instance(service, address.getHostAddress() + ":" + port, address.getHostAddress(),
					port, HealthStatus.UNKNOWN, Map.of()))
			.toList();
	}

}
