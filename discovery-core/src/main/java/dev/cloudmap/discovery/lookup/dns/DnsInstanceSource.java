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
import dev.cloudmap.discovery.thread.Timer;

/**
 * Looks up through DNS: the SRV records of a service, whose targets' addresses usually
 * come with them in the additional section (RFC 2782); failing that, its A or AAAA
 * records with the port that is configured for the service. Names are absolute.
 */
public final class DnsInstanceSource implements InstanceSource {

	/**
	 * The name by which an instance set says that DNS answered.
	 */
	public static final String SOURCE = "dns";

	/**
	 * How much of a lookup's time DNS may take. The rest is the API's, where that is
	 * asked next.
	 */
	private static final int SHARE_PERCENT = 75;

	private final DnsAliases aliases;

	private final DnsAddresses addresses;

	private final DnsTargets targets;

	private final DnsLifetimes lifetimes;

	private final Duration timeout;

	private final Function<ServiceName, @Nullable Integer> defaultPort;

	/**
	 * Creates the source.
	 * @param servers whom to ask
	 * @param settings how to ask them, and how long their answers hold
	 * @param executor runs what is done with an answer
	 * @param timer tells when an answer came
	 * @param defaultPort the port of a service that has no SRV record, or null itself
	 * @param callable which of the addresses may be called
	 */
	public DnsInstanceSource(DnsServers servers, DnsSettings settings, Executor executor, Timer timer,
			Function<ServiceName, @Nullable Integer> defaultPort, CallableInstances callable) {
		this(new DnsQueries(servers, settings, executor, timer), settings, defaultPort, callable);
	}

	DnsInstanceSource(DnsResolver resolver, DnsSettings settings, Function<ServiceName, @Nullable Integer> defaultPort,
			CallableInstances callable) {
		this.lifetimes = new DnsLifetimes(settings);
		this.aliases = new DnsAliases(resolver, this.lifetimes);
		this.addresses = new DnsAddresses(this.aliases, callable);
		this.targets = new DnsTargets(this.addresses, this.lifetimes);
		this.timeout = settings.lookupTimeout().multipliedBy(SHARE_PERCENT).dividedBy(100);
		this.defaultPort = defaultPort;
	}

	@Override
	public CompletionStage<InstanceSet> lookup(ServiceName service) {
		Name name;
		try {
			name = Name.fromString(service + ".");
		}
		catch (TextParseException ex) {
			return CompletableFuture
				.failedFuture(new InconclusiveLookupException(service + " is no name that DNS could hold"));
		}
		Deadline deadline = Deadline.after(this.timeout);
		return this.aliases.query(name, Type.SRV, deadline)
			.thenCompose((srv) -> srv.records().isEmpty() ? withoutTargets(service, name, srv, deadline)
					: withTargets(service, srv, deadline));
	}

	private CompletionStage<InstanceSet> withTargets(ServiceName service, DnsRecords srv, Deadline deadline) {
		SrvTargets targets = SrvTargets.preferred(srv);
		return this.targets.addresses(service, targets.names(), srv.answer(), deadline)
			.thenApply((found) -> set(service, targets.instances(service, found.addresses()),
					DnsLifetimes.earlier(srv.validUntil(), found.until()), srv.answer(),
					targets.ids(found.unlocated())));
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
			// that there is no SRV record counts only where there is no address either
			return (port == null) ? withoutPort(service, name, deadline) : CompletableFuture.completedFuture(
					set(service, instances(service, found.value(), port), found.until(), srv.answer(), Set.of()));
		});
	}

	/**
	 * Asks for SRV records once more: the first instance may have come with its address
	 * since.
	 */
	private CompletionStage<InstanceSet> withoutPort(ServiceName service, Name name, Deadline deadline) {
		return this.aliases.query(name, Type.SRV, deadline).thenCompose((srv) -> {
			if (srv.records().isEmpty()) {
				throw new InconclusiveLookupException(service
						+ " has addresses in DNS but no SRV record that tells the port: set discovery.lookup.services["
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
