package dev.cloudmap.discovery.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.ServiceAttributeNames;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.ServiceAttributes;
import dev.cloudmap.discovery.loadbalancer.call.CallSettings;

/**
 * How services are called: as is set here, and as their owners have set it for all their
 * callers by attributes of the services. Worked out anew only when those change.
 */
final class SharedCallSettings implements Function<ServiceName, CallSettings> {

	/** What owners can set, by the attribute: what follows discovery.load-balancer. */
	private static final Map<String, String> OWNERS = Map.of(ServiceAttributeNames.CONNECT_TIMEOUT, "timeout.connect",
			ServiceAttributeNames.REQUEST_TIMEOUT, "timeout.request", ServiceAttributeNames.IDLE_TIMEOUT,
			"timeout.idle", ServiceAttributeNames.MAX_RETRIES, "retry.max-retries");

	/**
	 * With further services all are worked out anew: names may come from who knows where,
	 * and neither fill the memory nor keep the others from being remembered.
	 */
	private static final int MAX_KNOWN = 1000;

	private static final Logger logger = LoggerFactory.getLogger(SharedCallSettings.class);

	private final LoadBalancerSettings settings;

	private final ServiceAttributes attributes;

	private final Environment environment;

	private final boolean usual;

	private final Map<ServiceName, Known> known = new ConcurrentHashMap<>();

	/**
	 * Creates it.
	 * @param settings what is set here; not null
	 * @param attributes knows what owners have set; not null
	 * @param environment where it is set; not null
	 * @param usual whether calls are sent again where nothing is said of that
	 */
	SharedCallSettings(LoadBalancerSettings settings, ServiceAttributes attributes, Environment environment,
			boolean usual) {
		this.settings = settings;
		this.attributes = attributes;
		this.environment = environment;
		this.usual = usual;
	}

	@Override
	@SuppressWarnings("ReferenceEquality")
	public CallSettings apply(ServiceName service) {
		Map<String, String> attributes = this.attributes.of(service);
		Known last = this.known.get(service);
		if (last != null && last.attributes() == attributes) {
			return last.settings();
		}
		CallSettings settings = workOut(service, attributes);
		if (last == null && this.known.size() >= MAX_KNOWN) {
			this.known.clear();
		}
		this.known.put(service, new Known(attributes, settings));
		return settings;
	}

	private CallSettings workOut(ServiceName service, Map<String, String> attributes) {
		Map<String, String> owners = new LinkedHashMap<>();
		OWNERS.forEach((attribute, setting) -> {
			String value = attributes.get(attribute);
			if (value != null) {
				owners.put(setting, value);
			}
		});
		try {
			if (!owners.isEmpty()) {
				return this.settings.of(service, owners, this.environment).calls(this.usual);
			}
		}
		catch (RuntimeException ex) {
			logger.warn("Service {} has attributes that make no sense, and are passed over: expected durations and"
					+ " numbers in {}, found {}", service, OWNERS.keySet(), attributes, ex);
		}
		return this.settings.of(service).calls(this.usual);
	}

	private record Known(Map<String, String> attributes, CallSettings settings) {
	}

}
