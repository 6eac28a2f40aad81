package dev.cloudmap.registry.dns.zone;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TextParseException;

import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.Instance;

/**
 * Creates the DNS records of an instance from its attributes.
 */
final class RecordFactory {

	private static final Logger logger = LoggerFactory.getLogger(RecordFactory.class);

	/**
	 * The TTL of the CNAME record of a load balancer, in seconds. Route 53 responds with
	 * its addresses and this TTL.
	 */
	private static final long ALIAS_TTL = 60;

	private static final int SRV_PRIORITY = 1;

	private static final int SRV_WEIGHT = 1;

	private RecordFactory() {
	}

	static @Nullable Record record(Name owner, DnsRecordSettings.TypedRecord entry, Instance instance,
			@Nullable Name target) {
		Map<String, String> attributes = instance.attributes();
		String loadBalancer = attributes.get(AttributeNames.ALIAS);
		if (loadBalancer != null) {
			return cname(owner, ALIAS_TTL, loadBalancer);
		}
		return switch (entry.type()) {
			case A -> (address(attributes.get(AttributeNames.IPV4)) instanceof Inet4Address address)
					? new ARecord(owner, DClass.IN, entry.ttl(), address) : null;
			case AAAA -> (address(attributes.get(AttributeNames.IPV6)) instanceof Inet6Address address)
					? new AAAARecord(owner, DClass.IN, entry.ttl(), address) : null;
			case SRV -> srv(owner, entry.ttl(), attributes.get(AttributeNames.PORT), target);
			case CNAME -> cname(owner, entry.ttl(), attributes.get(AttributeNames.CNAME));
		};
	}

	private static @Nullable Record srv(Name owner, long ttl, @Nullable String port, @Nullable Name target) {
		if (port == null || target == null) {
			return null;
		}
		return new SRVRecord(owner, DClass.IN, ttl, SRV_PRIORITY, SRV_WEIGHT, Integer.parseInt(port), target);
	}

	private static @Nullable Record cname(Name owner, long ttl, @Nullable String alias) {
		if (alias == null) {
			return null;
		}
		try {
			return new CNAMERecord(owner, DClass.IN, ttl, Name.fromString(alias, Name.root));
		}
		catch (TextParseException ex) {
			logger.warn("{} has no CNAME record: '{}' is not a domain name", owner, alias);
			return null;
		}
	}

	/**
	 * Parses a literal address, which is not resolved through DNS.
	 */
	private static @Nullable InetAddress address(@Nullable String literal) {
		if (literal == null) {
			return null;
		}
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("Not an address: " + literal, ex);
		}
	}

}
