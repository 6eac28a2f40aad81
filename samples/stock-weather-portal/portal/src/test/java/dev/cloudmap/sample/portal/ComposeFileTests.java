package dev.cloudmap.sample.portal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the compose file of the sample without a container engine.
 */
class ComposeFileTests {

	private static final Path SAMPLE = Path.of("..");

	private Map<String, Map<String, Object>> services;

	@BeforeEach
	void readFile() throws IOException {
		Map<String, Map<String, Map<String, Object>>> file = new Yaml()
			.load(Files.readString(SAMPLE.resolve("compose.yaml")));
		this.services = file.get("services");
	}

	@Test
	void consistsOfAServerAndOfApplicationsWithTheirAgents() {
		assertThat(this.services).containsOnlyKeys("consul", "stock-1-agent", "stock-1", "stock-2-agent", "stock-2",
				"weather-agent", "weather", "portal-agent", "portal");
		assertThat(this.services.get("consul").get("command").toString()).contains("agent -server -bootstrap-expect=1");
	}

	@ParameterizedTest
	@CsvSource({ "stock-1, stock", "stock-2, stock", "weather, weather", "portal, portal" })
	void applicationRunsItsJarBesideAnAgentThatJoinsTheServer(String service, String application) {
		Map<String, Object> container = this.services.get(service);
		assertThat(container).containsEntry("network_mode", "service:" + service + "-agent")
			.containsEntry("depends_on", List.of(service + "-agent"))
			.containsEntry("volumes", List.of("./%1$s/target/sample-%1$s.jar:/app.jar:ro".formatted(application)))
			.containsEntry("command", "java -jar /app.jar")
			.containsEntry("environment", Map.of("SPRING_PROFILES_ACTIVE", "consul"));
		assertThat(SAMPLE.resolve(application).resolve("src/main/resources/application-consul.yml")).exists();
		Map<String, Object> agent = this.services.get(service + "-agent");
		assertThat(agent).containsEntry("depends_on", List.of("consul"));
		assertThat(agent.get("command").toString()).startsWith("agent ").contains("-retry-join=consul");
	}

	@Test
	void onlyThePortalAndConsulArePublishedOnTheLoopbackAddress() {
		assertThat(this.services.get("portal-agent").get("ports"))
			.isEqualTo(List.of("127.0.0.1:${PORTAL_PORT:-8080}:8080"));
		assertThat(this.services.get("consul").get("ports")).isEqualTo(List.of("127.0.0.1:${CONSUL_PORT:-8500}:8500"));
		this.services.keySet().removeAll(List.of("consul", "portal-agent"));
		assertThat(this.services.values()).allSatisfy((service) -> assertThat(service).doesNotContainKey("ports"));
	}

}
