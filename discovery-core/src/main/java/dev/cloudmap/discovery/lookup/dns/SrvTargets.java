package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.xbill.DNS.Name;
import org.xbill.DNS.SRVRecord;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.ServiceName;

/**
 * The targets of a service with the most preferred priority (RFC 2782).
 *
 * @param owner the owner of the SRV records
 * @param weights the weights by target
 */
record SrvTargets(Name owner, Map<SrvTargets.Target, Integer> weights) {

	/**
	 * Selects the targets of SRV records. A target that is the root means that the
	 * service is not available.
	 * @param found records that are all SRV records
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
	 * The instance ids of some targets.
	 */
	Set<String> ids(Set<Name> names, DnsConvention convention) {
		return this.weights.keySet()
			.stream()
			.filter((target) -> names.contains(target.name()) && target.port() != 0)
			.map((target) -> convention.instanceId(this.owner, target.name(), target.port(), null))
			.collect(Collectors.toSet());
	}

	/**
	 * The instances of the targets whose addresses are known.
	 */
	List<Instance> instances(ServiceName service, Map<Name, InetAddress> addresses, DnsConvention convention) {
		boolean differ = this.weights.values().stream().distinct().count() > 1;
		List<Instance> instances = new ArrayList<>();
		this.weights.forEach((target, weight) -> {
			InetAddress address = addresses.get(target.name());
			if (address != null && target.port() != 0) {
				String id = convention.instanceId(this.owner, target.name(), target.port(), address);
				instances.add(new Instance(service, id, address.getHostAddress(), target.port(), HealthStatus.UNKNOWN,
						differ ? Map.of(InstanceAttributes.WEIGHT, String.valueOf(weight)) : Map.of()));
			}
		});
		return instances;
	}

	/**
	 * A target of an SRV record.
	 */
	record Target(Name name, int port) {
	}

}
