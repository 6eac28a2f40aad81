package dev.cloudmap.registry.state.rule;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;

/**
 * Finds DNS records that Route 53 rejects after Cloud Map has accepted the instance: a
 * second multivalue answer record with the same name, type and value. Weighted records
 * can have the same value, and SRV records have different values.
 */
public final class RecordConflicts {

	private RecordConflicts() {
	}

	/**
	 * Finds another instance of the service with the same address.
	 * @param snapshot the state
	 * @param key the instance
	 * @param attributes its attributes
	 * @return the error message, or null
	 */
	public static @Nullable String find(RegistrySnapshot snapshot, InstanceReference key,
			Map<String, String> attributes) {
		Service service = snapshot.service(key.serviceId()).service();
		DnsRecordSettings dns = service.dns();
		if (dns == null || dns.routingPolicy() != RoutingPolicy.MULTIVALUE) {
			return null;
		}
		for (RecordType type : List.of(RecordType.A, RecordType.AAAA)) {
			String attribute = (type == RecordType.A) ? AttributeNames.IPV4 : AttributeNames.IPV6;
			String value = dns.has(type) ? attributes.get(attribute) : null;
			Instance holder = (value != null) ? findHolder(snapshot, key, attribute, value) : null;
			if (holder != null) {
				return ("RRSet with DNS name %s.%s., type %s, SetIdentifier %s cannot be created because a multivalue "
						+ "answer RRSet with the same name, type and value %s already exists: that of the instance %s. "
						+ "Register each instance of the service with an address of its own, such as 127.0.1.2 on one "
						+ "machine.")
					.formatted(service.name(), snapshot.namespace(service.namespaceId()).name(), type, key.instanceId(),
							value, holder.id());
			}
		}
		return null;
	}

	private static @Nullable Instance findHolder(RegistrySnapshot snapshot, InstanceReference key, String attribute,
			String value) {
		String wanted = canonical(value);
		for (Instance other : snapshot.service(key.serviceId()).instances().values()) {
			String held = other.attributes().get(attribute);
			if (held != null && !other.key().equals(key) && canonical(held).equals(wanted)) {
				return other;
			}
		}
		return null;
	}

	/**
	 * Returns the canonical text of an address.
	 */
	private static String canonical(String address) {
		try {
			// Always a literal address, which is not resolved through DNS.
			return Objects.requireNonNull(InetAddress.getByName(address).getHostAddress());
		}
		catch (UnknownHostException ex) {
			return address;
		}
	}

}
