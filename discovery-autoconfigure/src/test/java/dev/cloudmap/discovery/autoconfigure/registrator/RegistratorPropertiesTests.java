package dev.cloudmap.discovery.autoconfigure.registrator;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests which properties the variables stand for.
 */
class RegistratorPropertiesTests {

	@Test
	void namesIdsAndTags() {
		RegistratorProperties properties = properties(Map.of("SERVICE_NAME", "worker", "SERVICE_ID",
				"host:worker.1:8080", "SERVICE_TAGS", "primary,/(;\\,:-_)/"));
		assertThat(values(properties)).containsOnly(Map.entry("discovery.registration.service", "worker"),
				Map.entry("discovery.registration.instance-id", "host:worker.1:8080"),
				Map.entry("discovery.registration.tags[0]", "primary"),
				Map.entry("discovery.registration.tags[1]", "/(;,:-_)/"));
		assertThat(properties.leftOut()).isEmpty();
		assertThat(properties.checks()).isEmpty();
	}

	@Test
	void otherVariablesAreMetadata() {
		RegistratorProperties properties = properties(
				Map.of("SERVICE_REGION", "us2", "SERVICE_8080_Data_Center", "a b", "SERVICE_a-b", "1"));
		assertThat(values(properties)).containsOnly(Map.entry("discovery.registration.metadata[region]", "us2"),
				Map.entry("discovery.registration.metadata[data_center]", "a b"),
				Map.entry("discovery.registration.metadata[a-b]", "1"));
		assertThat(properties.settings().get("discovery.registration.metadata[data_center]").name())
			.isEqualTo("SERVICE_8080_Data_Center");
	}

	@Test
	void checksThatThisLibraryMakesAreProperties() {
		RegistratorProperties properties = properties(Map.of("SERVICE_CHECK_TTL", "1m30s", "SERVICE_CHECK_INTERVAL",
				"15s", "SERVICE_CHECK_DEREGISTER_AFTER", "10m", "SERVICE_CHECK_INITIAL_STATUS", "passing"));
		assertThat(values(properties)).containsOnly(Map.entry("discovery.registration.lease", "90000ms"),
				Map.entry("discovery.registration.health.interval", "15000ms"),
				Map.entry("discovery.consul.check-interval", "15000ms"),
				Map.entry("discovery.registration.health.deregister-after", "600000ms"),
				Map.entry("discovery.consul.deregister-critical-after", "600000ms"));
		assertThat(properties.checks()).isEmpty();
		assertThat(properties.leftOut()).isEmpty();
	}

	@Test
	void httpChecksAreForConsul() {
		for (String check : List.of("SERVICE_CHECK_HTTP", "SERVICE_8080_CHECK_HTTPS")) {
			RegistratorProperties properties = properties(Map.of(check, "/health"));
			assertThat(values(properties)).containsOnly(Map.entry("discovery.consul.check", "http"),
					Map.entry("discovery.consul.http-check-path", "/health"));
			assertThat(properties.checks()).isEmpty();
		}
	}

	@Test
	void otherChecksAreListedAndNoMetadata() {
		RegistratorProperties properties = properties(
				Map.of("SERVICE_CHECK_HTTP_METHOD", "HEAD", "SERVICE_8080_CHECK_TIMEOUT", "1s", "SERVICE_CHECK_TCP",
						"true", "SERVICE_CHECK_GRPC", "true", "SERVICE_CHECK_SCRIPT", "nc $SERVICE_IP $SERVICE_PORT"));
		assertThat(properties.settings()).isEmpty();
		assertThat(properties.checks()).containsExactlyInAnyOrder("SERVICE_CHECK_HTTP_METHOD",
				"SERVICE_8080_CHECK_TIMEOUT", "SERVICE_CHECK_TCP", "SERVICE_CHECK_GRPC", "SERVICE_CHECK_SCRIPT");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "SERVICE_NAME|/web/service|'/web/service' is not a valid service name",
					"SERVICE_ID|my id|'my id' is not a valid instance id: expected 1 to 64",
					"SERVICE_TAGS|größe|at most 1024 ASCII", "SERVICE_TEAM|größe|at most 1024 ASCII",
					"SERVICE_CHECK_TTL|30|'30' is not a duration of 1000ms or more, such as 30s",
					"SERVICE_CHECK_TTL|500ms|'500ms' is not a duration of 1000ms or more",
					"SERVICE_CHECK_INTERVAL|1ms|'1ms' is not a duration of 50ms or more",
					"SERVICE_CHECK_DEREGISTER_AFTER|30s|'30s' is not a duration of 60000ms or more",
					"SERVICE_CHECK_HTTP|true|a path that begins with '/'",
					"SERVICE_discovery.lease|1|a name of letters, digits, '_' and '-'",
					"SERVICE_DB_PASSWORD|hunter2|looks like a secret",
					"SERVICE_DB_URL|postgres://me:hunter2@db/x|set discovery.registration.metadata.db_url" })
	void leavesOutWithReason(String name, String value, String reason) {
		RegistratorProperties properties = properties(Map.of(name, value));
		assertThat(properties.settings()).isEmpty();
		assertThat(properties.leftOut()).containsOnlyKeys(name);
		assertThat(properties.leftOut().get(name)).contains(reason).doesNotContain("hunter2");
	}

	@Test
	void reportsLongValues() {
		assertThat(properties(Map.of("SERVICE_TEAM", "x".repeat(1025))).leftOut()).containsOnlyKeys("SERVICE_TEAM");
		assertThat(properties(Map.of("SERVICE_TEAM", "x".repeat(1024))).leftOut()).isEmpty();
	}

	@Test
	void tooManyVariablesAreNotRegistered() {
		Map<String, String> environment = new HashMap<>(Map.of("SERVICE_NAME", "worker"));
		for (int i = 0; i < RegistratorProperties.MAX_METADATA; i++) {
			environment.put("SERVICE_X" + i, "1");
		}
		assertThat(properties(environment).settings()).hasSize(1 + RegistratorProperties.MAX_METADATA);
		environment.put("SERVICE_Y", "1");
		RegistratorProperties properties = properties(environment);
		assertThat(properties.settings()).containsOnlyKeys("discovery.registration.service");
		assertThat(properties.leftOut()).hasSize(1).allSatisfy((names, reason) -> {
			assertThat(names).contains("SERVICE_X0", "SERVICE_Y");
			assertThat(reason).contains("there are 16 variables for metadata", "expected at most 15",
					"discovery.registration.metadata");
		});
	}

	@Test
	void tooLongVariablesAreNotRegistered() {
		RegistratorProperties properties = properties(
				Map.of("SERVICE_A", "x".repeat(1000), "SERVICE_B", "x".repeat(1000), "SERVICE_C", "x".repeat(1000)));
		assertThat(properties.settings()).isEmpty();
		assertThat(properties.leftOut().values()).singleElement().asString().contains("3027 characters");
	}

	private static RegistratorProperties properties(Map<String, String> environment) {
		return new RegistratorProperties(new RegistratorVariables(environment, List.of(8080)));
	}

	private static Map<String, String> values(RegistratorProperties properties) {
		Map<String, String> values = new LinkedHashMap<>();
		properties.settings().forEach((property, variable) -> values.put(property, variable.value()));
		return values;
	}

}
