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
 * What DNS could not tell of services while the API could, so that it need not be asked
 * in vain with every lookup. It counts when it was so twice in a row: an instance that
 * has just come may be found by who was asked last. It is forgotten after a while, for
 * DNS may have learnt.
 */
final class DnsFallbackMemory {

	/** How many services are remembered, at most. */
	static final int MAX_SERVICES = 10_000;

	/**
	 * The most instances that Cloud Map puts into one DNS answer: with so many there may
	 * be more.
	 */
	private static final int MAX_DNS_INSTANCES = 8;

	private final Timer timer;

	private final Map<ServiceName, Memory> memories = new ConcurrentHashMap<>();

	/** Those of which the API last told more than DNS ever tells. */
	private final Set<ServiceName> beyondDns = ConcurrentHashMap.newKeySet();

	DnsFallbackMemory(Timer timer) {
		this.timer = timer;
	}

	/**
	 * What DNS could not tell of a service; null if it is worth asking.
	 */
	@Nullable Deficit of(ServiceName service) {
		Memory memory = this.memories.get(service);
		if (memory == null) {
			return null;
		}
		if (memory.isOver(this.timer.now())) {
			this.memories.remove(service, memory);
			return null;
		}
		return memory.confirmed ? memory.deficit : null;
	}

	/**
	 * Remembers how much the API told. This is not forgotten with time: as long as the
	 * API is away, nobody tells more.
	 */
	void note(ServiceName service, InstanceSet fromApi) {
		if (fromApi.instances().size() <= MAX_DNS_INSTANCES) {
			this.beyondDns.remove(service);
		}
		else if (this.beyondDns.size() < MAX_SERVICES) {
			this.beyondDns.add(service);
		}
	}

	/**
	 * Whether what DNS tells is but a part of what the API told before, in whose place it
	 * must not be taken.
	 */
	boolean isPart(ServiceName service, InstanceSet fromDns) {
		return isPerhapsMore(fromDns) && this.beyondDns.contains(service);
	}

	/**
	 * Whether there may be more instances than DNS tells.
	 */
	static boolean isPerhapsMore(InstanceSet fromDns) {
		return fromDns.instances().size() >= MAX_DNS_INSTANCES;
	}

	/**
	 * DNS has told all that there is to tell of a service.
	 */
	void forget(ServiceName service) {
		this.memories.remove(service);
	}

	/**
	 * Remembers what DNS could not tell.
	 * @param fromApi what the API told instead; where that is nothing, DNS may have been
	 * right
	 */
	void remember(ServiceName service, Deficit deficit, InstanceSet fromApi) {
		if (fromApi.isEmpty()) {
			return;
		}
		Instant now = this.timer.now();
		if (this.memories.size() >= MAX_SERVICES) {
			this.memories.values().removeIf((memory) -> memory.isOver(now));
		}
		if (this.memories.size() < MAX_SERVICES) {
			this.memories.compute(service, (name, before) -> new Memory(deficit, now.plus(deficit.duration),
					before != null && before.deficit == deficit && !before.isOver(now)));
		}
	}

	/**
	 * What DNS could not tell, and for how long that is remembered.
	 */
	enum Deficit {

		/** Anything that could be called: no such name, or no port. */
		NOTHING(Duration.ofMinutes(10)),

		/** Whether there are more instances than those it told. */
		PERHAPS_MORE(Duration.ofMinutes(10)),

		/** It was not there. */
		NO_ANSWER(Duration.ofMinutes(1));

		private final Duration duration;

		Deficit(Duration duration) {
			this.duration = duration;
		}

	}

	private record Memory(Deficit deficit, Instant end, boolean confirmed) {

		private boolean isOver(Instant now) {
			// later only when the clock was set back
			return !now.isBefore(this.end) || this.end.isAfter(now.plus(this.deficit.duration));
		}

	}

}
