package dev.cloudmap.registry.dns;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;

/**
 * A part of the names for which the registry has authority.
 */
interface Zone {

	/** The name server of all zones: the registry is found by its port, not by a name. */
	Name NAME_SERVER = Name.fromConstantString("localhost.");

	Name HOSTMASTER = Name.fromConstantString("hostmaster.localhost.");

	/** In seconds, as the following. */
	long SOA_REFRESH = 7200;

	long SOA_RETRY = 900;

	long SOA_EXPIRE = 1_209_600;

	long NS_TTL = 300;

	long SERIAL_MASK = 0xFFFF_FFFFL;

	/**
	 * Returns the name that all others of the zone end with.
	 */
	Name apex();

	/**
	 * Returns the record that goes with an answer saying that there is nothing.
	 */
	SOARecord soa();

	/**
	 * Returns what the zone has for a name and a type.
	 * @param name a name in the zone
	 * @param type a type, or ANY for all records of the name
	 * @return the records, none of them for a name that exists; null for a name that does
	 * not
	 */
	@Nullable List<Record> find(Name name, int type);

	/**
	 * Returns the addresses of the name that an SRV record points to.
	 * @return the addresses, or null when the name is none of an instance
	 */
	@Nullable List<Record> findTarget(Name name);

	/**
	 * Returns a zone's SOA record.
	 * @param apex the zone's name
	 * @param negativeTtl for how many seconds it may be kept that there is nothing
	 * @param revision the registry's revision that changed the zone last
	 */
	static SOARecord soa(Name apex, long negativeTtl, long revision) {
		return new SOARecord(apex, DClass.IN, negativeTtl, NAME_SERVER, HOSTMASTER, revision & SERIAL_MASK, SOA_REFRESH,
				SOA_RETRY, SOA_EXPIRE, negativeTtl);
	}

	/**
	 * Returns a zone's NS record.
	 * @param apex the zone's name
	 */
	static NSRecord ns(Name apex) {
		return new NSRecord(apex, DClass.IN, NS_TTL, NAME_SERVER);
	}

}
