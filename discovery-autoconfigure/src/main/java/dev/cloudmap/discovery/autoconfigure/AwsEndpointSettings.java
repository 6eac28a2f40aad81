package dev.cloudmap.discovery.autoconfigure;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapClients;

/**
 * The settings by which users tell the endpoint of AWS Cloud Map: our own property and
 * those of the AWS SDKs.
 */
final class AwsEndpointSettings {

	static final String PROPERTY = "discovery.cloud-map.endpoint";

	/** Of Cloud Map alone (AWS SDKs and Tools Reference Guide). */
	static final List<String> OF_CLOUD_MAP = List.of("aws.endpointUrlServiceDiscovery",
			"AWS_ENDPOINT_URL_SERVICEDISCOVERY");

	/** In the order in which the AWS SDK for Java looks for them. */
	private static final List<String> IN_ORDER = List.of(OF_CLOUD_MAP.get(0), "aws.endpointUrl", OF_CLOUD_MAP.get(1),
			"AWS_ENDPOINT_URL");

	private AwsEndpointSettings() {
	}

	/**
	 * The endpoint that Spring's environment holds; null if it holds none.
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
	 * Whether there is an endpoint, also where only the AWS profile has one.
	 */
	static boolean isSet(Environment environment) {
		return ours(environment) != null || firstSet(environment, IN_ORDER) != null
				|| CloudMapClients.configuredEndpoint() != null;
	}

	/**
	 * The first of these settings that has a value; null if none has.
	 */
	static @Nullable String firstSet(Environment environment, List<String> names) {
		return names.stream().filter((name) -> !environment.getProperty(name, "").isBlank()).findFirst().orElse(null);
	}

	private static @Nullable URI ours(Environment environment) {
		try {
			return Binder.get(environment).bind(PROPERTY, URI.class).orElse(null);
		}
		catch (BindException ex) {
			// the binding of all properties explains it
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
			// told below
		}
		throw new DiscoveryException(
				name + " is '" + value + "': expected the URL of an endpoint, such as http://127.0.0.1:8054",
				"Correct " + name + ", or remove it", null);
	}

}
