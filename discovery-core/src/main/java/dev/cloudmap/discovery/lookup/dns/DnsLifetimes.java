package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;

import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/**
 * Until when what an answer tells may be taken for true, counted from its receipt.
 */
final class DnsLifetimes {

	/**
	 * How long nothing is taken for the truth at most: SOA records speak of minutes (300
	 * seconds in Cloud Map's private zones, 900 in public ones), and an instance that has
	 * just come is not to wait for that.
	 */
	private static final Duration LONGEST_ABSENCE = Duration.ofSeconds(2);

	/** A TTL from here on has its top bit set, and counts as 0 (RFC 2181, 8). */
	private static final long INVALID_TTL = 1L << 31;

	private final Duration min;

	private final Duration max;

	DnsLifetimes(DnsSettings settings) {
		this.min = settings.minTtl();
		this.max = settings.maxTtl();
	}

	/**
	 * The earliest end of some records of an answer; {@link Instant#MAX} if there are
	 * none.
	 */
	Instant end(DnsAnswer answer, Collection<? extends Record> records) {
		return records.stream()
			.map((record) -> answer.received().plus(clamp(record.getTTL())))
			.min(Comparator.naturalOrder())
			.orElse(Instant.MAX);
	}

	/**
	 * Until when it holds that there is no such record (RFC 2308, 5).
	 */
	Instant endOfAbsence(DnsAnswer answer) {
		Duration told = answer.message()
			.getSection(Section.AUTHORITY)
			.stream()
			.filter(SOARecord.class::isInstance)
			.map(SOARecord.class::cast)
			.map((authority) -> clamp(Math.min(valid(authority.getTTL()), valid(authority.getMinimum()))))
			.findFirst()
			.orElse(this.min);
		return earlier(answer.received().plus(told), latestEndOfAbsence(answer));
	}

	/**
	 * Until when it can hold at most that there is nothing to call.
	 */
	Instant latestEndOfAbsence(DnsAnswer answer) {
		return answer.received().plus(LONGEST_ABSENCE);
	}

	private Duration clamp(long ttl) {
		Duration told = Duration.ofSeconds(valid(ttl));
		if (told.compareTo(this.min) < 0) {
			return this.min;
		}
		return (told.compareTo(this.max) > 0) ? this.max : told;
	}

	private static long valid(long ttl) {
		return (ttl < 0 || ttl >= INVALID_TTL) ? 0 : ttl;
	}

	static Instant earlier(Instant one, Instant other) {
		return one.isBefore(other) ? one : other;
	}

}
