package dev.cloudmap.discovery.source.dns;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.source.InstanceSource;
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

	private final DnsAliases aliases;

	private final DnsAddresses addresses;

	private final DnsTargets targets;

	private final DnsLifetimes lifetimes;

	private final Function<ServiceName, @Nullable Integer> defaultPort;

	/**
	 * Creates the source.
	 * @param servers whom to ask; not null
	 * @param settings how to ask them, and how long their answers hold; not null
	 * @param executor runs what is done with an answer; not null
	 * @param timer tells when an answer came; not null
	 * @param defaultPort the port of a service that has no SRV record, or null; not null
	 * itself
	 */
	public DnsInstanceSource(DnsServers servers, DnsSettings settings, Executor executor, Timer timer,
			Function<ServiceName, @Nullable Integer> defaultPort) {
		this(new DnsQueries(servers, settings, executor, timer), settings, defaultPort);
	}

	DnsInstanceSource(DnsResolver resolver, DnsSettings settings,
			Function<ServiceName, @Nullable Integer> defaultPort) {
		this.lifetimes = new DnsLifetimes(settings);
		this.aliases = new DnsAliases(resolver, this.lifetimes);
		this.addresses = new DnsAddresses(this.aliases);
		this.targets = new DnsTargets(this.addresses, this.lifetimes);
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
		return this.aliases.query(name, Type.SRV)
			.thenCompose((srv) -> find(service, name, srv).thenApply((found) -> set(service, found, srv.answer())));
	}

	private CompletionStage<Valid<List<Instance>>> find(ServiceName service, Name name, DnsRecords srv) {
		if (!srv.records().isEmpty()) {
			SrvTargets targets = SrvTargets.preferred(srv);
			return this.targets.addresses(service, targets.names(), srv.answer())
				.thenApply((addresses) -> new Valid<>(targets.instances(service, addresses.value()),
						DnsLifetimes.earlier(srv.validUntil(), addresses.until())));
		}
		if (srv.answer().isNameUnknown()) {
			return CompletableFuture.completedFuture(new Valid<>(List.of(), srv.validUntil()));
		}
		// that there is no SRV record counts only where there is no address either
		return this.addresses.of(service, name)
			.thenApply((addresses) -> addresses.value().isEmpty()
					? new Valid<>(List.of(), DnsLifetimes.earlier(srv.validUntil(), addresses.until()))
					: new Valid<>(instances(service, addresses.value()), addresses.until()));
	}

	private InstanceSet set(ServiceName service, Valid<List<Instance>> found, DnsAnswer first) {
		Instant end = found.value().isEmpty()
				? DnsLifetimes.earlier(found.until(), this.lifetimes.latestEndOfAbsence(first)) : found.until();
		return new InstanceSet(service, found.value(), SOURCE, end);
	}

	private List<Instance> instances(ServiceName service, List<InetAddress> addresses) {
		Integer port = this.defaultPort.apply(service);
		if (port == null) {
			throw new InconclusiveLookupException(service
					+ " has addresses in DNS but no SRV record that tells the port: set discovery.lookup.services."
					+ service.name() + ".port");
		}
		return addresses.stream()
			.map((address) -> new Instance(service, address.getHostAddress() + ":" + port, address.getHostAddress(),
					port, HealthStatus.UNKNOWN, Map.of()))
			.toList();
	}

}
