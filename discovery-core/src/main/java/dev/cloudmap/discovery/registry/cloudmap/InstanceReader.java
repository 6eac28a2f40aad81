package dev.cloudmap.discovery.registry.cloudmap;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.cloudmap.call.Answers;
import dev.cloudmap.discovery.thread.LogLimit;

/**
 * Converts instances in answers of {@code DiscoverInstances}.
 */
final class InstanceReader {

	private static final int MAX_PORT = 65_535;

	/** The maximum number of attributes of an instance. Cloud Map allows 30. */
	static final int MAX_ATTRIBUTES = 100;

	private static final Logger logger = LoggerFactory.getLogger(InstanceReader.class);

	private final Function<ServiceName, @Nullable Integer> defaultPort;

	private final LogLimit logLimit = new LogLimit();

	/**
	 * Creates the reader.
	 * @param defaultPort returns the port of a service whose instances have no port
	 * attribute, or null
	 */
	InstanceReader(Function<ServiceName, @Nullable Integer> defaultPort) {
		this.defaultPort = defaultPort;
	}

	/**
	 * Reads an instance.
	 * @return the instance; null if it can't be called
	 */
	@Nullable Instance read(ServiceName service, @Nullable HttpInstanceSummary summary) {
		if (summary == null || !isComplete(summary)) {
			warnOfFragment(service, summary);
			return null;
		}
		Map<String, String> attributes = withoutNulls(summary.attributes());
		String ipv4 = attributes.remove(InstanceAttributes.IPV4);
		String ipv6 = canonical(attributes.remove(InstanceAttributes.IPV6));
		String name = attributes.remove(InstanceAttributes.CNAME);
		String host = (ipv4 != null) ? ipv4 : ((ipv6 != null) ? ipv6 : name);
		String registeredPort = attributes.remove(InstanceAttributes.PORT);
		Integer port = (registeredPort != null) ? parsePort(registeredPort) : this.defaultPort.apply(service);
		if (host == null || !canBePartOfUri(host) || port == null) {
			warnOnce(service, summary);
			return null;
		}
		attributes.keySet().removeIf((key) -> key.startsWith(InstanceAttributes.RESERVED_PREFIX));
		return new Instance(service, summary.instanceId(), host, port, health(summary), attributes);
	}

	private static boolean isComplete(HttpInstanceSummary summary) {
		return summary.instanceId() != null && summary.hasAttributes() && summary.attributes().size() <= MAX_ATTRIBUTES;
	}

	/**
	 * Returns a copy of the attributes without null values.
	 */
	static Map<String, String> withoutNulls(Map<String, @Nullable String> attributes) {
		Map<String, String> copy = new LinkedHashMap<>(attributes);
		copy.values().removeIf(Objects::isNull);
		return copy;
	}

	/**
	 * Returns whether a host is valid in a URI. The registry does not check the host of a
	 * service without DNS.
	 */
	private static boolean canBePartOfUri(String host) {
		try {
			String authority = new URI("http://" + ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + "/")
				.getAuthority();
			return authority != null;
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	private void warnOfFragment(ServiceName service, @Nullable HttpInstanceSummary summary) {
		String id = (summary != null) ? String.valueOf(summary.instanceId()) : "null";
		if (this.logLimit.allows(service + "/" + id)) {
			logger.warn(
					"Instance {} of {} is not used: expected InstanceId and Attributes with up to {} entries, found {}."
							+ " Other instances of the same answer are used",
					id, service, MAX_ATTRIBUTES, found(summary));
		}
	}

	private static String found(@Nullable HttpInstanceSummary summary) {
		if (summary == null) {
			return "null";
		}
		return (summary.hasAttributes() ? summary.attributes().size() + " attributes" : "no Attributes")
				+ ((summary.instanceId() != null) ? "" : " and no InstanceId");
	}

	private void warnOnce(ServiceName service, HttpInstanceSummary summary) {
		if (this.logLimit.allows(service + "/" + summary.instanceId())) {
			logger.warn(
					"Instance {} of {} can't be called: expected an address and a port, found {}."
							+ " Register it with a port, or set discovery.lookup.services[{}].port",
					summary.instanceId(), service, summary.attributes(), service);
		}
	}

	/**
	 * Returns an IPv6 address in the form that DNS lookups return, so that both sources
	 * yield equal instances.
	 */
	private static @Nullable String canonical(@Nullable String ipv6) {
		try {
			return (ipv6 != null && ipv6.indexOf(':') >= 0) ? InetAddress.getByName(ipv6).getHostAddress() : ipv6;
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Returns the port in an attribute, or null if the value is not a valid port. The
	 * registry does not check the port of a service without DNS.
	 */
	private static @Nullable Integer parsePort(String value) {
		try {
			int port = Integer.parseInt(value);
			return (port >= 1 && port <= MAX_PORT) ? port : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	/**
	 * Returns the health of an instance. Answers contain it only for a service with a
	 * health check.
	 */
	private static HealthStatus health(HttpInstanceSummary summary) {
		return switch (String.valueOf(summary.healthStatusAsString())) {
			case "HEALTHY" -> HealthStatus.HEALTHY;
			case "UNHEALTHY" -> HealthStatus.UNHEALTHY;
			default -> HealthStatus.UNKNOWN;
		};
	}

}
