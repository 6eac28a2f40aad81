package dev.cloudmap.discovery.lookup.dns;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;

import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

import dev.cloudmap.discovery.lookup.dns.query.DnsAnswer;
import dev.cloudmap.discovery.lookup.dns.query.DnsSettings;

/**
 * Computes when the records of an answer expire, measured from its receipt.
 */
final class DnsLifetimes {

	/**
	 * The maximum TTL of negative answers. SOA records specify minutes (300 seconds in
	 * Cloud Map's private zones, 900 in public ones), which would delay the first
	 * instance.
	 */
	private static final Duration MAX_NEGATIVE_TTL = Duration.ofSeconds(2);

	/** A TTL with the most significant bit set counts as 0 (RFC 2181, 8). */
	private static final long INVALID_TTL = 1L << 31;

	private final Duration min;

	private final Duration max;

	DnsLifetimes(DnsSettings settings) {
		this.min = settings.minTtl();
		this.max = settings.maxTtl();
	}

	/**
	 * The earliest expiry of some records of an answer; {@link Instant#MAX} if there are
	 * none.
	 */
	Instant end(DnsAnswer answer, Collection<? extends Record> records) {
		return records.stream()
			.map((record) -> answer.received().plus(clamp(record.getTTL())))
			.min(Comparator.naturalOrder())
			.orElse(Instant.MAX);
	}

	/**
	 * The expiry of a negative answer (RFC 2308, 5).
	 */
	Instant endOfAbsence(DnsAnswer answer) {
		Duration ttl = answer.message()
			.getSection(Section.AUTHORITY)
			.stream()
			.filter(SOARecord.class::isInstance)
			.map(SOARecord.class::cast)
			.map((authority) -> clamp(Math.min(valid(authority.getTTL()), valid(authority.getMinimum()))))
			.findFirst()
			.orElse(this.min);
		return earlier(answer.received().plus(ttl), latestEndOfAbsence(answer));
	}

	/**
	 * The latest expiry of a result without instances.
	 */
	Instant latestEndOfAbsence(DnsAnswer answer) {
		return answer.received().plus(MAX_NEGATIVE_TTL);
	}

	private Duration clamp(long ttl) {
		Duration duration = Duration.ofSeconds(valid(ttl));
		if (duration.compareTo(this.min) < 0) {
			return this.min;
		}
		return (duration.compareTo(this.max) > 0) ? this.max : duration;
	}

	private static long valid(long ttl) {
		return (ttl < 0 || ttl >= INVALID_TTL) ? 0 : ttl;
	}

	static Instant earlier(Instant one, Instant other) {
		return one.isBefore(other) ? one : other;
	}

}
