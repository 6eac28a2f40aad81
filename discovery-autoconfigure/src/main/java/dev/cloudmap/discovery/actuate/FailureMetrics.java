package dev.cloudmap.discovery.actuate;

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

	static final String EJECTIONS = "discovery.client.ejections";

	static final String RETRIES = "discovery.client.retries";

	static final String DENIED = "discovery.client.retries.denied";

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
		counter(EJECTIONS, "Ejections of instances", service).register(this.registry).increment();
	}

	@Override
	public void retried(ServiceName service, CallOutcome outcome) {
		counter(RETRIES, "Requests that were retried on another instance", service)
			.tag("outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.register(this.registry)
			.increment();
	}

	@Override
	public void retryDenied(ServiceName service) {
		counter(DENIED, "Retries that the retry budget did not allow", service).register(this.registry).increment();
	}

	private static Counter.Builder counter(String name, String description, ServiceName service) {
		return Counter.builder(name)
			.description(description)
			.tag("service", service.name())
			.tag("namespace", service.namespace().name());
	}

}
