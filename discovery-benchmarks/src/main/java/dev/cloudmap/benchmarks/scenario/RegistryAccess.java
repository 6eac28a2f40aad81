package dev.cloudmap.benchmarks.scenario;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * How applications come to their registry.
 *
 * @param endpoint where its API is; never null
 * @param options properties of each application; never null
 * @param environment variables of each application; never null
 */
record RegistryAccess(URI endpoint, List<String> options, Map<String, String> environment) {

	/**
	 * By hosting or joining it: the first application has it inside.
	 */
	static RegistryAccess hostOrJoin(URI http, int dnsPort) {
		return new RegistryAccess(http, List.of("--discovery.registry=embedded",
				"--discovery.embedded.http-port=" + http.getPort(), "--discovery.embedded.dns-port=" + dnsPort),
				Map.of());
	}

	/**
	 * As to AWS Cloud Map: it is elsewhere, and nobody takes its place.
	 */
	static RegistryAccess elsewhere(URI http, int dnsPort) {
		return new RegistryAccess(http,
				List.of("--discovery.registry=cloud-map", "--discovery.cloud-map.endpoint=" + http,
						"--discovery.cloud-map.region=us-east-1", "--discovery.cloud-map.create=namespaces",
						"--discovery.cloud-map.vpc=vpc-any", "--discovery.lookup.dns.servers=127.0.0.1:" + dnsPort),
				Map.of("AWS_ACCESS_KEY_ID", "any", "AWS_SECRET_ACCESS_KEY", "any"));
	}

}
