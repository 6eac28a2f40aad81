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
 * Builds the answer to a question from the zones, and from upstream servers when an alias
 * points out of all zones. Used by one thread at a time.
 */
public final class AnswerBuilder {

	/** The maximum number of aliases that are followed. */
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
	 * Builds the answer of the zones.
	 */
	static AnswerBuilder of(Record question, Zones zones) {
		AnswerBuilder answer = new AnswerBuilder(zones, question.getType());
		answer.follow(question.getName());
		// The first name decides (RFC 1035, section 4.1.1).
		answer.authoritative = !question.getName().equals(answer.outside);
		return answer;
	}

	/**
	 * Returns the name outside of all zones that is still to be looked up, or null.
	 * @return the name, or null
	 */
	public @Nullable Name outside() {
		return this.outside;
	}

	/**
	 * Returns whether the name of the question is in a zone.
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
	 * Adds the records of a name and of its aliases within the zones.
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
	 * Adds the records of a name in a zone.
	 * @return the target if the name is an alias, or null
	 */
	private @Nullable Name add(NamespaceZone zone, Name name) {
		List<Record> found = zone.find(name, this.type);
		if (found == null || found.isEmpty()) {
			// The last alias of a chain decides (RFC 6604).
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
	 * Returns the addresses of the targets of SRV records.
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
	 * Adds the answer of an upstream server. Its records of names within the zones are
	 * ignored, because an alias can point back into a zone.
	 * @param upstream the answer
	 */
	public void add(Message upstream) {
		Name queried = this.outside;
		this.outside = null;
		if (upstream.getHeader().getFlag(Flags.TC)) {
			this.truncated = true;
			return;
		}
		List<Record> found = outsideOnly(upstream, Section.ANSWER);
		this.records.addAll(found);
		Name back = (this.type != Type.CNAME && this.type != Type.ANY) ? findAliasIntoZones(queried, found) : null;
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
			// These concern the connection to the upstream server.
			.filter((entry) -> !(entry instanceof OPTRecord || entry instanceof TSIGRecord))
			.filter((entry) -> this.zones.find(entry.getName()) == null)
			.toList();
	}

	/**
	 * Follows aliases to a name in a zone.
	 * @return the name, or null
	 */
	private @Nullable Name findAliasIntoZones(@Nullable Name from, List<Record> found) {
		Map<Name, Name> aliases = new HashMap<>();
		for (Record entry : found) {
			if (entry instanceof CNAMERecord alias) {
				aliases.put(alias.getName(), alias.getTarget());
			}
		}
		Name name = from;
		// Each alias once, because they can form a loop.
		while (name != null && this.zones.find(name) == null) {
			name = aliases.remove(name);
		}
		return name;
	}

	/**
	 * Removes all records and sets the flag TC: the client repeats the query over TCP
	 * (RFC 1035, section 4.2.1).
	 */
	void truncate() {
		this.truncated = true;
		this.outside = null;
		this.rcode = Rcode.NOERROR;
	}

	/**
	 * Adds the answer to a response.
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
