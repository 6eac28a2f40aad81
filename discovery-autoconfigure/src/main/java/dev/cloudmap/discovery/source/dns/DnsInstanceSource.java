package dev.cloudmap.discovery.source.dns;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
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
		return this.aliases.query(name, Type.SRV).thenCompose((found) -> {
			if (!found.records().isEmpty()) {
				List<SRVRecord> preferred = preferred(found.records());
				return this.targets
					.addresses(service, preferred.stream().map(SRVRecord::getTarget).toList(), found.answer())
					.thenApply((addresses) -> new Valid<>(
							instances(service, found.name(), preferred, addresses.value()), addresses.until()))
					.thenApply((instances) -> set(service, instances, found));
			}
			if (found.answer().isNameUnknown()) {
				return CompletableFuture
					.completedFuture(set(service, new Valid<>(List.of(), found.validUntil()), found));
			}
			return this.addresses.of(service, name)
				.thenApply((addresses) -> new Valid<>(instances(service, addresses.value()), addresses.until()))
				.thenApply((instances) -> set(service, instances, found));
		});
	}

	/**
	 * That there are no SRV records counts only where there is nothing else either.
	 */
	private InstanceSet set(ServiceName service, Valid<List<Instance>> instances, DnsRecords srv) {
		boolean isByAddress = srv.records().isEmpty() && !instances.value().isEmpty();
		Instant end = isByAddress ? instances.until() : DnsLifetimes.earlier(instances.until(), srv.validUntil());
		if (instances.value().isEmpty()) {
			end = DnsLifetimes.earlier(end, this.lifetimes.latestEndOfAbsence(srv.answer()));
		}
		return new InstanceSet(service, instances.value(), SOURCE, end);
	}

	/**
	 * The records of the most preferred priority; a target that is the root says that the
	 * service is decidedly not available (RFC 2782).
	 */
	private static List<SRVRecord> preferred(List<Record> found) {
		List<SRVRecord> records = found.stream().map(SRVRecord.class::cast).toList();
		int priority = records.stream().mapToInt(SRVRecord::getPriority).min().orElse(0);
		return records.stream()
			.filter((record) -> record.getPriority() == priority && !record.getTarget().equals(Name.root))
			.toList();
	}

	private static List<Instance> instances(ServiceName service, Name name, List<SRVRecord> records,
			Map<Name, InetAddress> addresses) {
		List<Instance> instances = new ArrayList<>();
		for (SRVRecord record : records) {
			InetAddress address = addresses.get(record.getTarget());
			if (address != null && record.getPort() != 0) {
				instances.add(instance(service, instanceId(record, name), address, record.getPort()));
			}
		}
		return instances;
	}

	private List<Instance> instances(ServiceName service, List<InetAddress> addresses) {
		if (addresses.isEmpty()) {
			return List.of();
		}
		Integer port = this.defaultPort.apply(service);
		if (port == null) {
			throw new InconclusiveLookupException(service
					+ " has addresses in DNS but no SRV record that tells the port: set discovery.lookup.services."
					+ service.name() + ".port");
		}
		return addresses.stream()
			.map((address) -> instance(service, address.getHostAddress() + ":" + port, address, port))
			.toList();
	}

	private static Instance instance(ServiceName service, String id, InetAddress address, int port) {
		return new Instance(service, id, address.getHostAddress(), port, HealthStatus.UNKNOWN, Map.of());
	}

	/**
	 * Cloud Map's SRV targets are {@code <instance id>.<service>.<namespace>}: the first
	 * label is the id. Other targets are their own id.
	 */
	private static String instanceId(SRVRecord record, Name service) {
		Name target = record.getTarget();
		if (target.subdomain(service) && target.labels() == service.labels() + 1) {
			byte[] label = target.getLabel(0);
			return new String(label, 1, label[0], StandardCharsets.US_ASCII);
		}
		return target.toString(true) + ":" + record.getPort();
	}

}
