package dev.cloudmap.discovery.actuate.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.loadbalancer.outlier.InFlight;

/**
 * The meters of calls to one instance.
 */
final class InstanceMeters {

	private final MeterRegistry registry;

	private final Tags tags;

	private final InFlight active = new InFlight();

	private final Gauge gauge;

	private final Map<String, Timer> requests = new ConcurrentHashMap<>();

	private boolean removed;

	/**
	 * Registers the meters.
	 * @param registry registers the meters
	 * @param service the service of the instance
	 * @param instance the id of the instance
	 * @param ticker the monotonic time in nanoseconds
	 */
	InstanceMeters(MeterRegistry registry, ServiceName service, String instance, LongSupplier ticker) {
		this.registry = registry;
		this.tags = Tags.of("service", service.name(), "namespace", service.namespace().name(), "instance", instance);
		this.gauge = DiscoveryMeter.REQUESTS_ACTIVE.gauge(() -> this.active.count(ticker.getAsLong()))
			.tags(this.tags)
			.register(registry);
	}

	void began(long now) {
		this.active.begin(now);
	}

	/**
	 * A request has ended. Times are nanoseconds of the monotonic clock.
	 */
	void ended(String outcome, long began, long ended) {
		this.active.end(began);
		Timer timer = this.requests.get(outcome);
		if (timer == null) {
			timer = register(outcome);
		}
		if (timer != null) {
			timer.record(ended - began, TimeUnit.NANOSECONDS);
		}
	}

	private synchronized @Nullable Timer register(String outcome) {
		return this.removed ? null : this.requests.computeIfAbsent(outcome,
				(key) -> DiscoveryMeter.REQUESTS.timer().tags(this.tags).tag("outcome", key).register(this.registry));
	}

	/**
	 * Removes the meters. Requests that end from now on are not recorded.
	 */
	synchronized void remove() {
		this.removed = true;
		this.registry.remove(this.gauge);
		this.requests.values().forEach(this.registry::remove);
	}

}
