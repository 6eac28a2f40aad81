package dev.cloudmap.discovery.actuate.metrics;

import java.time.Duration;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.lookup.LookupListener;

/**
 * The meter {@code discovery.lookups}: the duration of lookups by the source that
 * answered and the {@code outcome} {@code success}, {@code empty} (no instances),
 * {@code unavailable}, {@code denied} or {@code failure}. Lookups before the meter
 * registry is ready are not recorded.
 */
public final class LookupMetrics implements LookupListener, MeterBinder {

	private static final String NO_SOURCE = "none";

	private volatile @Nullable MeterRegistry registry;

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void succeeded(InstanceSet set, Duration duration) {
		record(set.source(), set.isEmpty() ? "empty" : "success", duration);
	}

	@Override
	public void failed(ServiceName service, Throwable failure, Duration duration) {
		String outcome = (failure instanceof RegistryUnavailableException) ? "unavailable"
				: ((failure instanceof AccessDeniedException) ? "denied" : "failure");
		record(NO_SOURCE, outcome, duration);
	}

	private void record(String source, String outcome, Duration duration) {
		MeterRegistry registry = this.registry;
		if (registry != null) {
			DiscoveryMeter.LOOKUPS.timer()
				.tag("source", source)
				.tag("outcome", outcome)
				.register(registry)
				.record(duration);
		}
	}

}
