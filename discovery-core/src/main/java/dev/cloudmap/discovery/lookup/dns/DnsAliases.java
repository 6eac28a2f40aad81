package dev.cloudmap.discovery.lookup.dns;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import dev.cloudmap.discovery.InconclusiveLookupException;
import dev.cloudmap.discovery.lookup.LogOnce;

/**
 * Asks for a name's records where its aliases (CNAME) lead: as far as an answer tells,
 * and from there on by further queries, since a server need not know the whole way.
 */
final class DnsAliases {

	private static final int MAX_ALIASES = 8;

	/**
	 * How many records of a name are taken: as many instances as a service of Cloud Map
	 * may have.
	 */
	private static final int MAX_RECORDS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(DnsAliases.class);

	private final LogOnce<Name> told = new LogOnce<>();

	private final DnsResolver resolver;

	private final DnsLifetimes lifetimes;

	DnsAliases(DnsResolver resolver, DnsLifetimes lifetimes) {
		this.resolver = resolver;
		this.lifetimes = lifetimes;
	}

	/**
	 * Asks for the records of one type of an absolute name or of what it is an alias of.
	 * @param deadline until when the records are of use
	 * @return the records; fails with {@link InconclusiveLookupException} if the aliases
	 * lead nowhere
	 */
	CompletionStage<DnsRecords> query(Name name, int type, Deadline deadline) {
		return follow(new Way(List.of(name), Instant.MAX), type, deadline);
	}

	private CompletionStage<DnsRecords> follow(Way way, int type, Deadline deadline) {
		return this.resolver.query(way.end(), type, deadline).thenCompose((answer) -> {
			Way further = further(way, answer, type);
			List<Record> records = records(answer.message(), further.end(), type);
			boolean isEnd = !records.isEmpty() || further.equals(way) || answer.isNameUnknown()
					|| answer.hasAuthority(Type.SOA);
			return isEnd ? CompletableFuture.completedFuture(found(further, records, answer))
					: follow(further, type, deadline);
		});
	}

	private DnsRecords found(Way way, List<Record> records, DnsAnswer answer) {
		Instant end = records.isEmpty() ? this.lifetimes.endOfAbsence(answer) : this.lifetimes.end(answer, records);
		return new DnsRecords(way.end(), some(way.end(), records), answer, DnsLifetimes.earlier(way.validUntil(), end));
	}

	/**
	 * Each record once, in an order that does not depend on the answer's, which in SRV
	 * records begins with the most preferred.
	 */
	private List<Record> some(Name name, List<Record> records) {
		List<Record> each = records.stream().distinct().sorted().toList();
		if (each.size() <= MAX_RECORDS) {
			return each;
		}
		if (this.told.isNew(name)) {
			logger.warn("DNS gives {} {} records of {}: only {} of them are used", each.size(),
					Type.string(each.get(0).getType()), name, MAX_RECORDS);
		}
		return each.subList(0, MAX_RECORDS);
	}

	private Way further(Way way, DnsAnswer answer, int type) {
		Way further = way;
		while (records(answer.message(), further.end(), type).isEmpty()) {
			Optional<Record> alias = records(answer.message(), further.end(), Type.CNAME).stream().findFirst();
			if (alias.isEmpty()) {
				break;
			}
			further = further.by((CNAMERecord) alias.get(), this.lifetimes.end(answer, List.of(alias.get())));
		}
		return further;
	}

	private static List<Record> records(Message answer, Name owner, int type) {
		return answer.getSection(Section.ANSWER)
			.stream()
			.filter((record) -> record.getType() == type && record.getName().equals(owner))
			.toList();
	}

	/**
	 * Over which names a name led so far.
	 *
	 * @param names the names, at first the one that was asked for
	 * @param validUntil the earliest end of the aliases between them
	 */
	private record Way(List<Name> names, Instant validUntil) {

		Name end() {
			return this.names.get(this.names.size() - 1);
		}

		Way by(CNAMERecord alias, Instant validUntil) {
			Name target = alias.getTarget();
			if (this.names.contains(target)) {
				throw new InconclusiveLookupException(this.names.get(0)
						+ " is an alias that leads in a circle in DNS, by " + end() + " back to " + target);
			}
			if (this.names.size() > MAX_ALIASES) {
				throw new InconclusiveLookupException(
						this.names.get(0) + " leads over more than " + MAX_ALIASES + " aliases in DNS");
			}
			List<Name> further = new ArrayList<>(this.names);
			further.add(target);
			return new Way(further, DnsLifetimes.earlier(this.validUntil, validUntil));
		}

	}

}
