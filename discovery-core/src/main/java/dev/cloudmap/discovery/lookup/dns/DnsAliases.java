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
import dev.cloudmap.discovery.lookup.dns.query.Deadline;
import dev.cloudmap.discovery.lookup.dns.query.DnsAnswer;
import dev.cloudmap.discovery.lookup.dns.query.DnsResolver;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * Queries the records of a name and follows its aliases (CNAME): first within the answer,
 * then with additional queries, since an answer may not contain the whole chain.
 * Thread-safe.
 */
final class DnsAliases {

	private static final int MAX_ALIASES = 8;

	/**
	 * The maximum number of records of a name, which is the maximum number of instances
	 * of a service in Cloud Map.
	 */
	private static final int MAX_RECORDS = 1000;

	private static final Logger logger = LoggerFactory.getLogger(DnsAliases.class);

	private final LogLimit logged = new LogLimit();

	private final DnsResolver resolver;

	private final DnsLifetimes lifetimes;

	DnsAliases(DnsResolver resolver, DnsLifetimes lifetimes) {
		this.resolver = resolver;
		this.lifetimes = lifetimes;
	}

	/**
	 * Queries the records of one type of an absolute name or of its alias target.
	 * @return the records; fails with {@link InconclusiveLookupException} if the chain of
	 * aliases is circular or too long
	 */
	CompletionStage<DnsRecords> query(Name name, int type, Deadline deadline) {
		return follow(new Chain(List.of(name), Instant.MAX), type, deadline);
	}

	private CompletionStage<DnsRecords> follow(Chain chain, int type, Deadline deadline) {
		return this.resolver.query(chain.end(), type, deadline).thenCompose((answer) -> {
			Chain extended = extended(chain, answer, type);
			List<Record> records = records(answer.message(), extended.end(), type);
			boolean isEnd = !records.isEmpty() || extended.equals(chain) || answer.isNameUnknown()
					|| answer.hasAuthority(Type.SOA);
			return isEnd ? CompletableFuture.completedFuture(found(extended, records, answer))
					: follow(extended, type, deadline);
		});
	}

	private DnsRecords found(Chain chain, List<Record> records, DnsAnswer answer) {
		Instant end = records.isEmpty() ? this.lifetimes.endOfAbsence(answer) : this.lifetimes.end(answer, records);
		return new DnsRecords(chain.end(), limited(chain.end(), records), answer,
				DnsLifetimes.earlier(chain.validUntil(), end));
	}

	/**
	 * The distinct records in an order that does not depend on the answer. SRV records
	 * are ordered by priority.
	 */
	private List<Record> limited(Name name, List<Record> records) {
		List<Record> each = records.stream().distinct().sorted().toList();
		if (each.size() <= MAX_RECORDS) {
			return each;
		}
		if (this.logged.allows(name)) {
			logger.warn("DNS returned {} {} records of {}: only {} of them are used", each.size(),
					Type.string(each.get(0).getType()), name, MAX_RECORDS);
		}
		return each.subList(0, MAX_RECORDS);
	}

	private Chain extended(Chain chain, DnsAnswer answer, int type) {
		Chain extended = chain;
		while (records(answer.message(), extended.end(), type).isEmpty()) {
			Optional<Record> alias = records(answer.message(), extended.end(), Type.CNAME).stream().findFirst();
			if (alias.isEmpty()) {
				break;
			}
			extended = extended.append((CNAMERecord) alias.get(), this.lifetimes.end(answer, List.of(alias.get())));
		}
		return extended;
	}

	private static List<Record> records(Message answer, Name owner, int type) {
		return answer.getSection(Section.ANSWER)
			.stream()
			.filter((record) -> record.getType() == type && record.getName().equals(owner))
			.toList();
	}

	/**
	 * A chain of aliases.
	 *
	 * @param names the names, starting with the queried one
	 * @param validUntil the earliest expiry of the aliases
	 */
	private record Chain(List<Name> names, Instant validUntil) {

		Name end() {
			return this.names.get(this.names.size() - 1);
		}

		Chain append(CNAMERecord alias, Instant validUntil) {
			Name target = alias.getTarget();
			if (this.names.contains(target)) {
				throw new InconclusiveLookupException(
						this.names.get(0) + " is a circular alias in DNS: " + end() + " refers back to " + target);
			}
			if (this.names.size() > MAX_ALIASES) {
				throw new InconclusiveLookupException(
						this.names.get(0) + " has a chain of more than " + MAX_ALIASES + " aliases in DNS");
			}
			List<Name> extended = new ArrayList<>(this.names);
			extended.add(target);
			return new Chain(extended, DnsLifetimes.earlier(this.validUntil, validUntil));
		}

	}

}
