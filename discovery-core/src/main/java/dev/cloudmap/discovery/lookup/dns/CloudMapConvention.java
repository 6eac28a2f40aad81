package dev.cloudmap.discovery.lookup.dns;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.InstanceId;

/**
 * The convention of AWS Cloud Map: targets of SRV records are
 * {@code <instance id>.<service>.<namespace>}.
 */
final class CloudMapConvention implements DnsConvention {

	/** Cloud Map's routing policy {@code MULTIVALUE}. */
	private static final int MAX_INSTANCES = 8;

	@Override
	public DnsTransport transport() {
		return DnsTransport.UDP;
	}

	@Override
	public int maxInstances() {
		return MAX_INSTANCES;
	}

	@Override
	public String name(ServiceName service) {
		return service.toString();
	}

	@Override
	public @Nullable InetAddress address(Name target) {
		return null;
	}

	/**
	 * Returns the id that the target contains, which is one label or several. For any
	 * other target the id is its name and port.
	 */
	@Override
	public String instanceId(Name owner, Name target, int port, @Nullable InetAddress address) {
		int labels = target.labels() - owner.labels();
		String id = (labels >= 1 && target.subdomain(owner)) ? IntStream.range(0, labels)
			.mapToObj((number) -> label(target, number))
			.collect(Collectors.joining(".")) : "";
		return InstanceId.isValid(id) ? id : target.toString(true) + ":" + port;
	}

	private static String label(Name name, int number) {
		byte[] label = name.getLabel(number);
		return new String(label, 1, label[0], StandardCharsets.US_ASCII);
	}

}
