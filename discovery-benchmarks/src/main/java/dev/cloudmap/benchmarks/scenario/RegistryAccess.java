package dev.cloudmap.benchmarks.scenario;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * The configuration for access to the registry.
 *
 * @param endpoint the endpoint of the registry's API
 * @param options properties of each application
 * @param environment variables of each application
 */
record RegistryAccess(URI endpoint, List<String> options, Map<String, String> environment) {

	/**
	 * Returns the configuration of an embedded registry. The first application hosts it,
	 * and the others join it.
	 */
	static RegistryAccess embedded(URI http, int dnsPort) {
		return new RegistryAccess(http, List.of("--discovery.registry=embedded",
				"--discovery.embedded.http-port=" + http.getPort(), "--discovery.embedded.dns-port=" + dnsPort),
				Map.of());
	}

	/**
	 * Returns the configuration of an external registry like AWS Cloud Map, which no
	 * application replaces.
	 */
	static RegistryAccess external(URI http, int dnsPort) {
		return new RegistryAccess(http,
				List.of("--discovery.registry=cloud-map", "--discovery.cloud-map.endpoint=" + http,
						"--discovery.cloud-map.region=us-east-1", "--discovery.cloud-map.create=namespaces",
						"--discovery.cloud-map.vpc=vpc-any", "--discovery.lookup.dns.servers=127.0.0.1:" + dnsPort),
				Map.of("AWS_ACCESS_KEY_ID", "any", "AWS_SECRET_ACCESS_KEY", "any"));
	}

}
