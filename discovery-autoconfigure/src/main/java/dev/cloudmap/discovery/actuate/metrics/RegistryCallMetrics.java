package dev.cloudmap.discovery.actuate.metrics;

import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import dev.cloudmap.discovery.registry.CallCounts.Count;
import dev.cloudmap.discovery.registry.Registry;

/**
 * The meter {@code discovery.registry.calls}: the calls of each operation of the
 * registry's API, with the {@code outcome} {@code success}, {@code failure}, or
 * {@code refused} if the call budget did not allow the call.
 */
public final class RegistryCallMetrics implements MeterBinder {

	private final Registry registry;

	/**
	 * Creates the metrics.
	 * @param registry the registry
	 */
	public RegistryCallMetrics(Registry registry) {
		this.registry = registry;
	}

	@Override
	public void bindTo(MeterRegistry meters) {
		for (String operation : this.registry.calls().byOperation().keySet()) {
			bind(meters, operation, "success", (count) -> count.calls() - count.failures());
			bind(meters, operation, "failure", Count::failures);
			bind(meters, operation, "refused", Count::refused);
		}
	}

	private void bind(MeterRegistry meters, String operation, String outcome, ToLongFunction<Count> value) {
		DiscoveryMeter.REGISTRY_CALLS.counter(this.registry, (from) -> value.applyAsLong(from.calls().of(operation)))
			.tag("operation", operation)
			.tag("outcome", outcome)
			.register(meters);
	}

}
