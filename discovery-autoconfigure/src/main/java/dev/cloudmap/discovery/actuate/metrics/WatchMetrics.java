package dev.cloudmap.discovery.actuate.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import dev.cloudmap.discovery.change.ChangeSignal;

/**
 * The meter {@code discovery.watch.reconnects}.
 */
public final class WatchMetrics implements MeterBinder {

	private final ChangeSignal signal;

	/**
	 * Creates the metrics.
	 * @param signal the source of change notifications
	 */
	public WatchMetrics(ChangeSignal signal) {
		this.signal = signal;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		DiscoveryMeter.WATCH_RECONNECTS.counter(this.signal, ChangeSignal::reconnects).register(registry);
	}

}
