package dev.cloudmap.discovery.lookup;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Records the services for which DNS is insufficient while the API is not, so that DNS is
 * not queried at every lookup. A deficit counts after two consecutive occurrences, since
 * a new instance may appear between two queries. It expires, since the DNS records may
 * change. Only services with instances are recorded, so that made-up names need no
 * memory. Thread-safe.
 */
final class DnsFallbackMemory {

	private final Timer timer;

	private final int maxDnsInstances;

	private final Map<ServiceName, Entry> entries = new ConcurrentHashMap<>();

	/**
	 * The services with more instances in the last API result than fit in a DNS answer.
	 */
	private final Set<ServiceName> largeServices = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the memory.
	 * @param timer the clock
	 * @param maxDnsInstances the maximum number of instances in a DNS answer, which may
	 * be incomplete if it has this size
	 */
	DnsFallbackMemory(Timer timer, int maxDnsInstances) {
		this.timer = timer;
		this.maxDnsInstances = maxDnsInstances;
	}

	/**
	 * Returns the confirmed deficit of a service; null if DNS should be queried.
	 */
	@Nullable Deficit deficit(ServiceName service) {
		Entry entry = this.entries.get(service);
		if (entry == null) {
			return null;
		}
		if (entry.isOver(this.timer.steady())) {
			this.entries.remove(service, entry);
			return null;
		}
		return entry.confirmed ? entry.deficit : null;
	}

	/**
	 * Records the size of an API result. This does not expire: while the API is
	 * unavailable, no source has more recent data.
	 */
	void recordApiResult(ServiceName service, InstanceSet fromApi) {
		if (fromApi.instances().size() <= this.maxDnsInstances) {
			this.largeServices.remove(service);
		}
		else {
			this.largeServices.add(service);
		}
	}

	/**
	 * Whether a DNS result is only a part of the earlier API result, which it must not
	 * replace.
	 */
	boolean isIncomplete(ServiceName service, InstanceSet fromDns) {
		return isPerhapsTruncated(fromDns) && this.largeServices.contains(service);
	}

	/**
	 * Whether there may be more instances than in a DNS result.
	 */
	boolean isPerhapsTruncated(InstanceSet fromDns) {
		return fromDns.instances().size() >= this.maxDnsInstances;
	}

	/**
	 * Clears the deficit of a service.
	 */
	void clear(ServiceName service) {
		this.entries.remove(service);
	}

	/**
	 * Records a deficit of DNS.
	 * @param fromApi the result of the API; if it is empty, the DNS result may be correct
	 */
	void recordDeficit(ServiceName service, Deficit deficit, InstanceSet fromApi) {
		if (!fromApi.isEmpty()) {
			Instant now = this.timer.steady();
			this.entries.compute(service, (name, before) -> new Entry(deficit, now.plus(deficit.duration),
					before != null && before.deficit == deficit && !before.isOver(now)));
		}
	}

	/**
	 * A reason why DNS is insufficient, and how long it is recorded.
	 */
	enum Deficit {

		/** DNS has no name or no port. */
		NOTHING(Duration.ofMinutes(10)),

		/** DNS may have omitted instances. */
		PERHAPS_TRUNCATED(Duration.ofMinutes(10)),

		/** DNS did not respond. */
		NO_ANSWER(Duration.ofMinutes(1));

		private final Duration duration;

		Deficit(Duration duration) {
			this.duration = duration;
		}

	}

	private record Entry(Deficit deficit, Instant end, boolean confirmed) {

		private boolean isOver(Instant now) {
			return !now.isBefore(this.end);
		}

	}

}
