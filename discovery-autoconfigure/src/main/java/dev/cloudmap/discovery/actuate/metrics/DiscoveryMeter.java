package dev.cloudmap.discovery.actuate.metrics;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The meters of this library. The table in {@code docs/observability.md} is generated
 * from them.
 */
enum DiscoveryMeter {

	/** Duration of each attempt of a call. */
	REQUESTS("discovery.client.requests", Meter.Type.TIMER, "seconds",
			"Duration of each attempt of a load-balanced request. Meters of an instance that was deregistered are"
					+ " removed",
			"service", "namespace", "instance", "outcome"),

	/** Requests in flight. */
	REQUESTS_ACTIVE("discovery.client.requests.active", Meter.Type.GAUGE, null, "Load-balanced requests in flight",
			"service", "namespace", "instance"),

	/** Retries. */
	RETRIES("discovery.client.retries", Meter.Type.COUNTER, "retries",
			"Requests that were retried on another instance, by the outcome before", "service", "namespace", "outcome"),

	/** Retries that the budget did not allow. */
	RETRIES_DENIED("discovery.client.retries.denied", Meter.Type.COUNTER, null,
			"Retries that the retry budget did not allow", "service", "namespace"),

	/** Ejections. */
	EJECTIONS("discovery.client.ejections", Meter.Type.COUNTER, "ejections", "Ejections of instances", "service",
			"namespace"),

	/** Lookups of services. */
	LOOKUPS("discovery.lookups", Meter.Type.TIMER, "seconds", "Duration of lookups of services through DNS or the API",
			"source", "outcome"),

	/** Size of a list. */
	CATALOG_INSTANCES("discovery.catalog.instances", Meter.Type.GAUGE, "instances",
			"Instances in the list of a watched service", "service", "namespace"),

	/** Age of a list. */
	CATALOG_AGE("discovery.catalog.age", Meter.Type.GAUGE, "seconds",
			"Time since a lookup last confirmed the list of a watched service", "service", "namespace"),

	/** Whether a list is stale. */
	CATALOG_STALE("discovery.catalog.stale", Meter.Type.GAUGE, null,
			"1 if the list of a watched service is an older one, because the last lookup failed, and 0 otherwise",
			"service", "namespace"),

	/** Calls of the registry's API. */
	REGISTRY_CALLS("discovery.registry.calls", Meter.Type.COUNTER, "calls", "Calls of the registry's API", "operation",
			"outcome"),

	/** Reconnections of watches. */
	WATCH_RECONNECTS("discovery.watch.reconnects", Meter.Type.COUNTER, "reconnects",
			"Interruptions of the registry's change notifications that have ended"),

	/** State of the registration. */
	REGISTRATION_STATE("discovery.registration.state", Meter.Type.GAUGE, null,
			"1 for the current state of the registration, and 0 for the others", "state"),

	/** Changes of the registration's state. */
	REGISTRATION_TRANSITIONS("discovery.registration.transitions", Meter.Type.COUNTER, "transitions",
			"Changes of the registration to a state", "state"),

	/** Changes of the health of this application. */
	HEALTH_TRANSITIONS("discovery.registration.health.transitions", Meter.Type.COUNTER, "transitions",
			"Changes of this application's health, as reported to the registry", "health"),

	/** Failed renewals. */
	RENEWAL_FAILURES("discovery.registration.renewal.failures", Meter.Type.COUNTER, "failures",
			"Renewals of the lease that have failed");

	private final String name;

	private final Meter.Type type;

	private final @Nullable String unit;

	private final String description;

	private final String tags;

	DiscoveryMeter(String name, Meter.Type type, @Nullable String unit, String description, String... tags) {
		this.name = name;
		this.type = type;
		this.unit = unit;
		this.description = description;
		this.tags = String.join(",", tags);
	}

	/**
	 * The name of the meter.
	 */
	String meterName() {
		return this.name;
	}

	Meter.Type type() {
		return this.type;
	}

	/**
	 * The base unit; null if a unit would only repeat the name.
	 */
	@Nullable String unit() {
		return this.unit;
	}

	String description() {
		return this.description;
	}

	/**
	 * The keys of its tags.
	 */
	List<String> tags() {
		return List.of(StringUtils.commaDelimitedListToStringArray(this.tags));
	}

	Timer.Builder timer() {
		return Timer.builder(this.name).description(this.description);
	}

	Counter.Builder counter() {
		return Counter.builder(this.name).description(this.description).baseUnit(this.unit);
	}

	<T> FunctionCounter.Builder<T> counter(T source, ToDoubleFunction<T> count) {
		return FunctionCounter.builder(this.name, source, count).description(this.description).baseUnit(this.unit);
	}

	Gauge.Builder<Supplier<Number>> gauge(Supplier<Number> value) {
		return Gauge.builder(this.name, value).description(this.description).baseUnit(this.unit);
	}

}
