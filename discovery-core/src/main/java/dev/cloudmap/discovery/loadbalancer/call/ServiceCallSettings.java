package dev.cloudmap.discovery.loadbalancer.call;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.attribute.ServiceAttributes;

/**
 * The settings of the calls of each service: those of this application, and those that
 * the owner of a service shares with all callers by attributes of the service. They are
 * computed again only when the attributes change. Thread-safe.
 */
public final class ServiceCallSettings implements Function<ServiceName, CallSettings> {

	/** The prefix of attributes. */
	private static final String PREFIX = "discovery.";

	/**
	 * The properties below discovery.load-balancer that an owner can set by attributes.
	 */
	private static final List<String> SHARED = List.of("timeout.connect", "timeout.request", "timeout.idle",
			"retry.max-retries");

	/**
	 * Names may come from outside: more services than these empty the cache, so that
	 * memory stays bounded.
	 */
	private static final int MAX_SERVICES = 1000;

	private static final Logger logger = LoggerFactory.getLogger(ServiceCallSettings.class);

	private final Function<ServiceName, CallSettings> own;

	private final BiFunction<ServiceName, Map<String, String>, CallSettings> withShared;

	private final ServiceAttributes attributes;

	private final Map<ServiceName, Computed> computed = new ConcurrentHashMap<>();

	/**
	 * Creates an instance.
	 * @param own returns the settings of this application for a service
	 * @param withShared returns the settings of a service with values that its owner
	 * shares, by property below {@code discovery.load-balancer}; throws a
	 * {@code RuntimeException} if a value is invalid
	 * @param attributes the attributes of services
	 */
	public ServiceCallSettings(Function<ServiceName, CallSettings> own,
			BiFunction<ServiceName, Map<String, String>, CallSettings> withShared, ServiceAttributes attributes) {
		this.own = own;
		this.withShared = withShared;
		this.attributes = attributes;
	}

	@Override
	@SuppressWarnings("ReferenceEquality")
	public CallSettings apply(ServiceName service) {
		Map<String, String> attributes = this.attributes.of(service);
		Computed last = this.computed.get(service);
		if (last != null && last.attributes() == attributes) {
			return last.settings();
		}
		CallSettings settings = compute(service, attributes);
		if (last == null && this.computed.size() >= MAX_SERVICES) {
			this.computed.clear();
		}
		this.computed.put(service, new Computed(attributes, settings));
		return settings;
	}

	private CallSettings compute(ServiceName service, Map<String, String> attributes) {
		Map<String, String> shared = new LinkedHashMap<>();
		SHARED.forEach((property) -> {
			String value = attributes.get(PREFIX + property);
			if (value != null) {
				shared.put(property, value);
			}
		});
		try {
			if (!shared.isEmpty()) {
				return this.withShared.apply(service, shared);
			}
		}
		catch (RuntimeException ex) {
			logger.warn("Service {} has invalid attributes, which are ignored: expected durations and numbers in {},"
					+ " found {}", service, SHARED.stream().map(PREFIX::concat).toList(), attributes, ex);
		}
		return this.own.apply(service);
	}

	private record Computed(Map<String, String> attributes, CallSettings settings) {
	}

}
