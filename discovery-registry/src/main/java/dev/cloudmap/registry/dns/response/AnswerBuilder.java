package dev.cloudmap.registry.dns.response;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.Type;

import dev.cloudmap.registry.dns.zone.NamespaceZone;
import dev.cloudmap.registry.dns.zone.Zones;

/**
 * The answer to one question as it comes together: from the zones as far as aliases stay
 * in them, then from upstreams if there are any. For one thread at a time.
 */
public final class AnswerBuilder {

	/** How many aliases are followed, so that a circle of them comes to an end. */
	static final int MAX_ALIASES = 8;

	private final Zones zones;

	private final int type;

	private final Set<Name> followed = new HashSet<>();

	private final List<Record> records = new ArrayList<>();

	private List<Record> authority = List.of();

	private List<Record> additional = List.of();

	private int rcode = Rcode.NOERROR;

	private boolean authoritative;

	private boolean truncated;

	private @Nullable Name outside;

	private AnswerBuilder(Zones zones, int type) {
		this.zones = zones;
		this.type = type;
	}

	/**
	 * Returns what the zones have.
	 */
	static AnswerBuilder of(Record question, Zones zones) {
		AnswerBuilder answer = new AnswerBuilder(zones, question.getType());
		answer.follow(question.getName());
		// It is the first name that counts (RFC 1035, section 4.1.1).
		answer.authoritative = !question.getName().equals(answer.outside);
		return answer;
	}

	/**
	 * Returns the name at which the answer leaves all zones, or null when it does not.
	 */
	public @Nullable Name outside() {
		return this.outside;
	}

	/**
	 * Returns whether the name that was asked for is in a zone.
	 */
	boolean isAuthoritative() {
		return this.authoritative;
	}

	public int type() {
		return this.type;
	}

	int rcode() {
		return this.rcode;
	}

	/**
	 * Adds what a name has, and what its aliases stand for as far as that is in a zone,
	 * for who asks this server may have no other to ask.
	 */
	private void follow(@Nullable Name first) {
		Name name = first;
		while (name != null && this.followed.size() <= MAX_ALIASES && this.followed.add(name)) {
			NamespaceZone zone = this.zones.find(name);
			if (zone == null) {
				this.outside = name;
				return;
			}
			name = add(zone, name);
		}
	}

	/**
	 * Adds what a zone has for a name.
	 * @return what the name is an alias of, or null
	 */
	private @Nullable Name add(NamespaceZone zone, Name name) {
		List<Record> found = zone.find(name, this.type);
		if (found == null || found.isEmpty()) {
			// Of a chain of aliases the last one's counts (RFC 6604).
			this.rcode = (found != null || this.zones.isAboveZone(name)) ? Rcode.NOERROR : Rcode.NXDOMAIN;
			this.authority = List.of(zone.soa());
			return null;
		}
		this.records.addAll(found);
		this.additional = additional(zone, found);
		boolean follows = this.type != Type.CNAME && this.type != Type.ANY
				&& found.get(found.size() - 1) instanceof CNAMERecord;
		return follows ? ((CNAMERecord) found.get(found.size() - 1)).getTarget() : null;
	}

	/**
	 * Returns the addresses of the instances that SRV records name, which spares the
	 * client a query for each.
	 */
	private static List<Record> additional(NamespaceZone zone, List<Record> answer) {
		Set<Record> additional = new LinkedHashSet<>();
		for (Record entry : answer) {
			List<Record> addresses = (entry instanceof SRVRecord srv) ? zone.findTarget(srv.getTarget()) : null;
			if (addresses != null) {
				additional.addAll(addresses);
			}
		}
		return List.copyOf(additional);
	}

	/**
	 * Adds what an upstream says of the name outside. An alias may lead back into a zone:
	 * what upstreams say of names there does not count.
	 */
	public void add(Message upstream) {
		Name asked = this.outside;
		this.outside = null;
		if (upstream.getHeader().getFlag(Flags.TC)) {
			this.truncated = true;
			return;
		}
		List<Record> found = outsideOnly(upstream, Section.ANSWER);
		this.records.addAll(found);
		Name back = (this.type != Type.CNAME && this.type != Type.ANY) ? wayBack(asked, found) : null;
		if (back != null) {
			follow(back);
			return;
		}
		this.rcode = upstream.getRcode();
		this.authority = outsideOnly(upstream, Section.AUTHORITY);
		this.additional = outsideOnly(upstream, Section.ADDITIONAL);
	}

	private List<Record> outsideOnly(Message upstream, int section) {
		return upstream.getSection(section)
			.stream()
			// These are between that server and this one.
			.filter((entry) -> !(entry instanceof OPTRecord || entry instanceof TSIGRecord))
			.filter((entry) -> this.zones.find(entry.getName()) == null)
			.toList();
	}

	/**
	 * Returns the name in a zone to which aliases lead, or null.
	 */
	private @Nullable Name wayBack(@Nullable Name from, List<Record> found) {
		Map<Name, Name> aliases = new HashMap<>();
		for (Record entry : found) {
			if (entry instanceof CNAMERecord alias) {
				aliases.put(alias.getName(), alias.getTarget());
			}
		}
		Name name = from;
		// Each alias once, for they may go round in a circle.
		while (name != null && this.zones.find(name) == null) {
			name = aliases.remove(name);
		}
		return name;
	}

	/**
	 * Sets TC and leaves the records out; the client repeats the query over TCP (RFC
	 * 1035, section 4.2.1).
	 */
	void truncate() {
		this.truncated = true;
		this.outside = null;
		this.rcode = Rcode.NOERROR;
	}

	/**
	 * Puts the answer into a response.
	 */
	void addTo(Message response) {
		if (this.authoritative) {
			response.getHeader().setFlag(Flags.AA);
		}
		if (this.truncated) {
			response.getHeader().setFlag(Flags.TC);
			return;
		}
		this.records.forEach((entry) -> response.addRecord(entry, Section.ANSWER));
		this.authority.forEach((entry) -> response.addRecord(entry, Section.AUTHORITY));
		this.additional.forEach((entry) -> response.addRecord(entry, Section.ADDITIONAL));
	}

}
