package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.xbill.DNS.Name;
import org.xbill.DNS.SRVRecord;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceId;

/**
 * The targets of a service that are to be called: those of the most preferred priority
 * (RFC 2782).
 *
 * @param owner whose SRV records they are of
 * @param weights the weight of each
 */
record SrvTargets(Name owner, Map<SrvTargets.Target, Integer> weights) {

	/**
	 * The targets of SRV records. One that is the root says that the service is decidedly
	 * not available.
	 * @param found SRV records, and only such
	 */
	static SrvTargets preferred(DnsRecords found) {
		List<SRVRecord> records = found.records().stream().map(SRVRecord.class::cast).toList();
		int priority = records.stream().mapToInt(SRVRecord::getPriority).min().orElse(0);
		Map<Target, Integer> weights = new LinkedHashMap<>();
		records.stream()
			.filter((record) -> record.getPriority() == priority && !record.getTarget().equals(Name.root))
			.forEach((record) -> weights.merge(new Target(record.getTarget(), record.getPort()), record.getWeight(),
					Integer::sum));
		return new SrvTargets(found.name(), weights);
	}

	List<Name> names() {
		return this.weights.keySet().stream().map(Target::name).toList();
	}

	/**
	 * The ids of the instances that some of the targets are.
	 */
	Set<String> ids(Set<Name> names) {
		return this.weights.keySet()
			.stream()
			.filter((target) -> names.contains(target.name()) && target.port() != 0)
			.map((target) -> target.instanceId(this.owner))
			.collect(Collectors.toSet());
	}

	/**
	 * The targets as instances, as far as their addresses are known.
	 */
	List<Instance> instances(ServiceName service, Map<Name, InetAddress> addresses) {
		boolean differ = this.weights.values().stream().distinct().count() > 1;
		List<Instance> instances = new ArrayList<>();
		this.weights.forEach((target, weight) -> {
			InetAddress address = addresses.get(target.name());
			if (address != null && target.port() != 0) {
				instances.add(new Instance(service, target.instanceId(this.owner), address.getHostAddress(),
						target.port(), HealthStatus.UNKNOWN,
						differ ? Map.of(InstanceAttributes.WEIGHT, String.valueOf(weight)) : Map.of()));
			}
		});
		return instances;
	}

	/**
	 * Where a service is to be called.
	 *
	 * @param name the host
	 * @param port the port
	 */
	record Target(Name name, int port) {

		/**
		 * Cloud Map's targets are {@code <instance id>.<service>.<namespace>}; an id with
		 * dots may be one label or several. Other targets, such as those outside of the
		 * service's name or with characters that no id has, are their own id.
		 */
		String instanceId(Name owner) {
			int labels = this.name.labels() - owner.labels();
			String id = (labels >= 1 && this.name.subdomain(owner))
					? IntStream.range(0, labels).mapToObj(this::label).collect(Collectors.joining(".")) : "";
			return InstanceId.isValid(id) ? id : this.name.toString(true) + ":" + this.port;
		}

		private String label(int number) {
			byte[] label = this.name.getLabel(number);
			return new String(label, 1, label[0], StandardCharsets.US_ASCII);
		}

	}

}
