package dev.cloudmap.discovery.actuate.metrics;

import java.util.Locale;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.loadbalancer.outlier.CallOutcome;

/**
 * The meters {@code discovery.client.ejections}, {@code discovery.client.retries} and
 * {@code discovery.client.retries.denied}, by service.
 */
public final class FailureMetrics implements CallListener {

	private final MeterRegistry registry;

	/**
	 * Creates the metrics.
	 * @param registry the registry of the meters
	 */
	public FailureMetrics(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void ejected(ServiceName service) {
		counter(DiscoveryMeter.EJECTIONS, service).register(this.registry).increment();
	}

	@Override
	public void retried(ServiceName service, CallOutcome outcome) {
		counter(DiscoveryMeter.RETRIES, service)
			.tag("outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.register(this.registry)
			.increment();
	}

	@Override
	public void retryDenied(ServiceName service) {
		counter(DiscoveryMeter.RETRIES_DENIED, service).register(this.registry).increment();
	}

	private static Counter.Builder counter(DiscoveryMeter meter, ServiceName service) {
		return meter.counter().tag("service", service.name()).tag("namespace", service.namespace().name());
	}

}
