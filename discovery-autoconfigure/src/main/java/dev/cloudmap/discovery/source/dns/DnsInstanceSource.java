package dev.cloudmap.discovery.source.dns;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.source.InstanceSource;

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

	private final DnsQueries queries;

	private final Function<ServiceName, @Nullable Integer> defaultPort;

	/**
	 * Creates the source.
	 * @param servers whom to ask; not null
	 * @param transport how to ask them; not null
	 * @param timeout how long to wait for each server's answer; not null
	 * @param executor runs what is done with an answer; not null
	 * @param defaultPort the port of a service that has no SRV record, or null; not null
	 * itself
	 */
	public DnsInstanceSource(DnsServers servers, DnsTransport transport, Duration timeout, Executor executor,
			Function<ServiceName, @Nullable Integer> defaultPort) {
		this.queries = new DnsQueries(servers, transport, timeout, executor);
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
		return this.queries.query(name, Type.SRV).thenCompose((answer) -> {
			List<SRVRecord> records = records(answer, Section.ANSWER, SRVRecord.class);
			if (!records.isEmpty()) {
				List<SRVRecord> preferred = preferred(records);
				return addresses(preferred, answer)
					.thenApply((addresses) -> instances(service, name, preferred, addresses));
			}
			if (answer.getRcode() == Rcode.NXDOMAIN) {
				return CompletableFuture.completedFuture(new InstanceSet(service, List.of(), SOURCE));
			}
			return addresses(name).thenApply((addresses) -> instances(service, addresses));
		});
	}

	/**
	 * The records of the most preferred priority; a target that is the root says that the
	 * service is decidedly not available (RFC 2782).
	 */
	private static List<SRVRecord> preferred(List<SRVRecord> records) {
		int priority = records.stream().mapToInt(SRVRecord::getPriority).min().orElse(0);
		return records.stream()
			.filter((record) -> record.getPriority() == priority && !record.getTarget().equals(Name.root))
			.toList();
	}

	/**
	 * The address of each target: from the additional section, and for those it leaves
	 * out, asked for once each.
	 */
	private CompletionStage<Map<Name, InetAddress>> addresses(List<SRVRecord> records, Message answer) {
		Map<Name, InetAddress> known = new LinkedHashMap<>();
		addressRecords(answer, Section.ADDITIONAL).forEach((owner) -> known.putIfAbsent(owner.name(), owner.address()));
		CompletionStage<Map<Name, InetAddress>> result = CompletableFuture.completedFuture(known);
		for (Name target : records.stream().map(SRVRecord::getTarget).distinct().toList()) {
			if (!known.containsKey(target)) {
				result = result.thenCombine(addresses(target), (addresses, found) -> {
					found.stream().findFirst().ifPresent((address) -> addresses.put(target, address));
					return addresses;
				});
			}
		}
		return result;
	}

	/**
	 * The addresses of a name: IPv4 if it has any, else IPv6.
	 */
	private CompletionStage<List<InetAddress>> addresses(Name name) {
		return this.queries.query(name, Type.A).thenCompose((answer) -> {
			List<InetAddress> found = addressRecords(answer, Section.ANSWER).map(Owner::address).toList();
			if (!found.isEmpty() || answer.getRcode() == Rcode.NXDOMAIN) {
				return CompletableFuture.completedFuture(found);
			}
			return this.queries.query(name, Type.AAAA)
				.thenApply((ipv6) -> addressRecords(ipv6, Section.ANSWER).map(Owner::address).toList());
		});
	}

	private static InstanceSet instances(ServiceName service, Name name, List<SRVRecord> records,
			Map<Name, InetAddress> addresses) {
		List<Instance> instances = new ArrayList<>();
		for (SRVRecord record : records) {
			InetAddress address = addresses.get(record.getTarget());
			if (address != null && record.getPort() != 0) {
				instances.add(instance(service, instanceId(record, name), address, record.getPort()));
			}
		}
		return new InstanceSet(service, instances, SOURCE);
	}

	private InstanceSet instances(ServiceName service, List<InetAddress> addresses) {
		if (addresses.isEmpty()) {
			return new InstanceSet(service, List.of(), SOURCE);
		}
		Integer port = this.defaultPort.apply(service);
		if (port == null) {
			throw new InconclusiveLookupException(service
					+ " has addresses in DNS but no SRV record that tells the port: set discovery.lookup.services."
					+ service.name() + ".port");
		}
		return new InstanceSet(service,
				addresses.stream()
					.map((address) -> instance(service, address.getHostAddress() + ":" + port, address, port))
					.toList(),
				SOURCE);
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

	private static Stream<Owner> addressRecords(Message answer, int section) {
		return answer.getSection(section)
			.stream()
			.flatMap((record) -> address(record).map((address) -> new Owner(record.getName(), address)).stream())
			.sorted(Comparator.comparing((owner) -> owner.address().getAddress().length));
	}

	private static Optional<InetAddress> address(Record record) {
		if (record instanceof ARecord ipv4) {
			return Optional.of(ipv4.getAddress());
		}
		return (record instanceof AAAARecord ipv6) ? Optional.of(ipv6.getAddress()) : Optional.empty();
	}

	private static <R extends Record> List<R> records(Message answer, int section, Class<R> type) {
		return answer.getSection(section).stream().filter(type::isInstance).map(type::cast).toList();
	}

	private record Owner(Name name, InetAddress address) {
	}

}
