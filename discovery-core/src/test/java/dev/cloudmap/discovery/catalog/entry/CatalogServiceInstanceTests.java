package dev.cloudmap.discovery.catalog.entry;

import java.net.URI;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.client.loadbalancer.LoadBalancerUriTools;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogServiceInstanceTests {

	@Test
	void addsBracketsToIpv6Hosts() {
		CatalogServiceInstance instance = instance("fd00:0:0:0:0:0:0:1", Map.of());
		assertThat(instance.getHost()).isEqualTo("[fd00:0:0:0:0:0:0:1]");
		assertThat(instance.getUri()).isEqualTo(URI.create("http://[fd00:0:0:0:0:0:0:1]:8080"));
	}

	@Test
	void callsSecureInstancesByHttps() {
		CatalogServiceInstance instance = instance("10.0.0.1", Map.of("secure", "true"));
		assertThat(instance.isSecure()).isTrue();
		assertThat(instance.getUri()).isEqualTo(URI.create("https://10.0.0.1:8080"));
	}

	@ParameterizedTest
	@CsvSource({ "http, true, https", "https, true, https", "ws, true, wss", "http, false, http", "https, false, https",
			"wss, false, wss", "https, , https", "http, , http", "ws, , ws" })
	void keepsTheSchemeUnlessTheInstanceIsSecure(String scheme, String secure, String called) {
		CatalogServiceInstance instance = instance("10.0.0.1", (secure != null) ? Map.of("secure", secure) : Map.of());
		assertThat(LoadBalancerUriTools.reconstructURI(instance, URI.create(scheme + "://worker:5000/path?a=%20")))
			.isEqualTo(URI.create(called + "://10.0.0.1:8080/path?a=%20"));
	}

	@Test
	void providesTheZoneForTheLoadBalancer() {
		assertThat(instance("10.0.0.1", Map.of("AVAILABILITY_ZONE", "eu-central-1a", "color", "blue")).getMetadata())
			.containsEntry("zone", "eu-central-1a")
			.containsEntry("AVAILABILITY_ZONE", "eu-central-1a")
			.containsEntry("color", "blue");
	}

	@Test
	void equalInstancesAreEqual() {
		assertThat(instance("10.0.0.1", Map.of("a", "b"))).isEqualTo(instance("10.0.0.1", Map.of("a", "b")))
			.hasSameHashCodeAs(instance("10.0.0.1", Map.of("a", "b")))
			.isNotEqualTo(instance("10.0.0.2", Map.of("a", "b")));
	}

	private static CatalogServiceInstance instance(String host, Map<String, String> attributes) {
		return new CatalogServiceInstance(new Instance(new ServiceName(new Namespace("corp"), "worker"), "i-1", host,
				8080, HealthStatus.HEALTHY, attributes));
	}

}
