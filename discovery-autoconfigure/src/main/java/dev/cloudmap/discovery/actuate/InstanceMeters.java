package dev.cloudmap.discovery.actuate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;

/**
 * The meters of the calls of one instance.
 */
final class InstanceMeters {

	static final String REQUESTS = "discovery.client.requests";

	static final String ACTIVE = "discovery.client.requests.active";

	private final MeterRegistry registry;

	private final Tags tags;

	private final LongAdder active = new LongAdder();

	private final Gauge gauge;

	private final Map<String, Timer> requests = new ConcurrentHashMap<>();

	private boolean removed;

	/**
	 * Registers the meters.
	 * @param registry where; not null
	 * @param service the instance's service; not null
	 * @param instance the instance's id, or what stands for several; not null
	 */
	InstanceMeters(MeterRegistry registry, ServiceName service, String instance) {
		this.registry = registry;
		this.tags = Tags.of("service", service.name(), "namespace", service.namespace().name(), "instance", instance);
		this.gauge = Gauge.builder(ACTIVE, this.active, LongAdder::sum)
			.description("Load-balanced requests under way")
			.tags(this.tags)
			.register(registry);
	}

	void began() {
		this.active.increment();
	}

	void ended() {
		this.active.decrement();
	}

	/**
	 * A request has ended.
	 * @param outcome how; not null
	 * @param nanos how long it took
	 */
	void record(String outcome, long nanos) {
		Timer timer = this.requests.get(outcome);
		if (timer == null) {
			timer = register(outcome);
		}
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	private synchronized @Nullable Timer register(String outcome) {
		return this.removed ? null
				: this.requests.computeIfAbsent(outcome,
						(key) -> Timer.builder(REQUESTS)
							.description("Load-balanced requests, and how long their answers took")
							.tags(this.tags)
							.tag("outcome", key)
							.register(this.registry));
	}

	/**
	 * Takes the meters out. Requests that end from now on are not recorded.
	 */
	synchronized void remove() {
		this.removed = true;
		this.registry.remove(this.gauge);
		this.requests.values().forEach(this.registry::remove);
	}

}
