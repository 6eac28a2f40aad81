package dev.cloudmap.discovery.source.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.InconclusiveLookupException;

/**
 * Asks for a name's records where its aliases (CNAME) lead: as far as an answer tells,
 * and from there on by further queries, since a server need not know the whole way.
 */
final class DnsAliases {

	private static final int MAX_ALIASES = 8;

	private final DnsQueries queries;

	DnsAliases(DnsQueries queries) {
		this.queries = queries;
	}

	/**
	 * Asks for the records of one type of an absolute name or of what it is an alias of.
	 * @return the records; fails with {@link InconclusiveLookupException} if the aliases
	 * lead nowhere
	 */
	CompletionStage<DnsRecords> query(Name name, int type) {
		return follow(List.of(name), type);
	}

	private CompletionStage<DnsRecords> follow(List<Name> way, int type) {
		return this.queries.query(last(way), type).thenCompose((answer) -> {
			List<Name> further = further(way, answer.message(), type);
			List<Record> records = records(answer.message(), last(further), type);
			boolean isEnd = !records.isEmpty() || further.size() == way.size() || answer.isNameUnknown()
					|| answer.hasAuthority(Type.SOA);
			return isEnd ? CompletableFuture.completedFuture(new DnsRecords(last(further), records, answer))
					: follow(further, type);
		});
	}

	private static List<Name> further(List<Name> way, Message answer, int type) {
		List<Name> further = new ArrayList<>(way);
		while (records(answer, last(further), type).isEmpty()) {
			Optional<Name> alias = records(answer, last(further), Type.CNAME).stream()
				.map((record) -> ((CNAMERecord) record).getTarget())
				.findFirst();
			if (alias.isEmpty()) {
				break;
			}
			if (further.contains(alias.get())) {
				throw new InconclusiveLookupException(further.get(0) + " is an alias that leads in a circle in DNS, by "
						+ last(further) + " back to " + alias.get());
			}
			if (further.size() > MAX_ALIASES) {
				throw new InconclusiveLookupException(
						further.get(0) + " leads over more than " + MAX_ALIASES + " aliases in DNS");
			}
			further.add(alias.get());
		}
		return further;
	}

	private static List<Record> records(Message answer, Name owner, int type) {
		return answer.getSection(Section.ANSWER)
			.stream()
			.filter((record) -> record.getType() == type && record.getName().equals(owner))
			.toList();
	}

	private static Name last(List<Name> names) {
		return names.get(names.size() - 1);
	}

}
