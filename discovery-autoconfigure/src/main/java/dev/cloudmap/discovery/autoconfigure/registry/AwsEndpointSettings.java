package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;

/**
 * The settings for the endpoint of AWS Cloud Map: the property of this library and those
 * of the AWS SDKs.
 */
final class AwsEndpointSettings {

	static final String PROPERTY = "discovery.cloud-map.endpoint";

	/** Settings for Cloud Map only (AWS SDKs and Tools Reference Guide). */
	static final List<String> OF_CLOUD_MAP = List.of("aws.endpointUrlServiceDiscovery",
			"AWS_ENDPOINT_URL_SERVICEDISCOVERY");

	/** All settings, in the order of precedence of the AWS SDK for Java. */
	private static final List<String> IN_ORDER = List.of(OF_CLOUD_MAP.get(0), "aws.endpointUrl", OF_CLOUD_MAP.get(1),
			"AWS_ENDPOINT_URL");

	private AwsEndpointSettings() {
	}

	/**
	 * Returns the endpoint that is set in the environment; null if none is set.
	 */
	static @Nullable URI find(Environment environment) {
		URI ours = ours(environment);
		if (ours != null) {
			return ours;
		}
		String name = firstSet(environment, IN_ORDER);
		return (name != null) ? parse(name, environment.getRequiredProperty(name)) : null;
	}

	/**
	 * Whether an endpoint is set, in the environment or in the AWS profile.
	 */
	static boolean isSet(Environment environment) {
		return ours(environment) != null || firstSet(environment, IN_ORDER) != null
				|| CloudMapClients.configuredEndpoint() != null;
	}

	/**
	 * Returns the first of the given settings that has a value; null if none has.
	 */
	static @Nullable String firstSet(Environment environment, List<String> names) {
		return names.stream().filter((name) -> !environment.getProperty(name, "").isBlank()).findFirst().orElse(null);
	}

	private static @Nullable URI ours(Environment environment) {
		try {
			return Binder.get(environment).bind(PROPERTY, URI.class).orElse(null);
		}
		catch (BindException ex) {
			// the binding of all properties reports it
			return null;
		}
	}

	private static URI parse(String name, String value) {
		try {
			URI endpoint = URI.create(value.trim());
			if (endpoint.getScheme() != null && endpoint.getHost() != null) {
				return endpoint;
			}
		}
		catch (IllegalArgumentException ex) {
			// reported below
		}
		throw new DiscoveryException(
				name + " is '" + value + "': expected the URL of an endpoint, such as http://127.0.0.1:8054",
				"Correct " + name + ", or remove it", null);
	}

}
