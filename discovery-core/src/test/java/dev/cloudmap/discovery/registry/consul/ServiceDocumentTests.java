package dev.cloudmap.discovery.registry.consul;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.StringUtils;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.JsonObjects;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.consul.ConsulSettings.Check;

import static org.assertj.core.api.Assertions.assertThat;

class ServiceDocumentTests {

	@Test
	void healthOfChecksIsTheInitialHealth() {
		assertThat(checks(Check.HTTP, null, instance("10.0.0.1", Map.of()))).extracting("Status")
			.containsExactly("passing", "passing");
		assertThat(checks(Check.HTTP, null, instance("10.0.0.1", Map.of()).initially(HealthStatus.UNHEALTHY)))
			.extracting("Status")
			.containsExactly("critical", "critical");
	}

	@Test
	void initialHealthIsNotMetadata() {
		assertThat(document(Check.TTL, null, instance("10.0.0.1", Map.of()).initially(HealthStatus.HEALTHY)))
			.containsEntry("Meta", Map.of());
	}

	@ParameterizedTest
	@CsvSource({ "'',15000ms", "discovery.lease=20,20000ms", "discovery.lease=0,15000ms", "discovery.lease=x,15000ms" })
	void ttlIsTheLease(String attribute, String ttl) {
		assertThat(checks(Check.TTL, null, instance("10.0.0.1", attributes(attribute)))).extracting("TTL")
			.containsExactly(ttl);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "10.0.0.1, -, '', http://10.0.0.1:8080/actuator/health",
			"fd00::1, -, '', http://[fd00::1]:8080/actuator/health",
			"10.0.0.1, -, secure=true, https://10.0.0.1:8080/actuator/health",
			"10.0.0.1, -, management.port=9000;management.context-path=/admin, http://10.0.0.1:9000/admin/health",
			"10.0.0.1, -, management.port=9000;management.scheme=https, https://10.0.0.1:9000/actuator/health",
			"10.0.0.1, ping, management.context-path=/, http://10.0.0.1:8080/ping",
			"10.0.0.1, -, management.context-path=/, http://10.0.0.1:8080/health" })
	void httpCheckCallsTheHealthEndpoint(String address, @Nullable String path, String attributes, String url) {
		assertThat(checks(Check.HTTP, path, instance(address, attributes(attributes)))).last()
			.extracting((check) -> check.get("HTTP"))
			.isEqualTo(url);
	}

	@ParameterizedTest
	@CsvSource({ "'',1", "weight=3,3", "weight=0,1", "weight=-2,1", "weight=70000,65535", "weight=x,1" })
	void weightIsPositive(String attribute, int weight) {
		assertThat(document(Check.TTL, null, instance("10.0.0.1", attributes(attribute)))).containsEntry("Weights",
				Map.of("Passing", weight, "Warning", weight));
	}

	@Test
	void tagsAreThoseOfConsul() {
		assertThat(document(Check.TTL, null, instance("10.0.0.1", Map.of("tags", "blue,a\\,b", "color", "red"))))
			.containsEntry("Tags", List.of("blue", "a,b"))
			.containsEntry("Meta", Map.of("color", "red"));
	}

	@Test
	void instanceWithoutPort() {
		InstanceRegistration portless = new InstanceRegistration(service(), "one", List.of("10.0.0.1"),
				OptionalInt.empty(), Map.of(), new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));
		assertThat(document(Check.TTL, null, portless)).doesNotContainKey("Port");
	}

	private static ServiceName service() {
		return new ServiceName(new Namespace("service.consul"), "worker");
	}

	private static InstanceRegistration instance(String address, Map<String, String> attributes) {
		return new InstanceRegistration(service(), "one", address, 8080, attributes,
				new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));
	}

	private static Map<String, String> attributes(String text) {
		Map<String, String> attributes = new HashMap<>();
		for (String attribute : StringUtils.tokenizeToStringArray(text, ";")) {
			String[] parts = StringUtils.split(attribute, "=");
			attributes.put(parts[0], parts[1]);
		}
		return attributes;
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> checks(Check check, @Nullable String path, InstanceRegistration instance) {
		return (List<Map<String, Object>>) document(check, path, instance).get("Checks");
	}

	private static Map<String, Object> document(Check check, @Nullable String path, InstanceRegistration instance) {
		ConsulSettings defaults = ConsulSettings.of(URI.create("http://127.0.0.1:8500"));
		ConsulSettings settings = new ConsulSettings(defaults.agent(), null, null, "consul", check,
				defaults.checkInterval(), path, defaults.deregisterCriticalAfter(), defaults.consistency(),
				defaults.timeout());
		return JsonObjects.parse(new ServiceDocument(settings, instance).json(new HashMap<>()));
	}

}
