package dev.cloudmap.discovery.autoconfigure.registrator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cloudmap.discovery.autoconfigure.registrator.RegistratorVariables.Variable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests which variables apply to an application.
 */
class RegistratorVariablesTests {

	@Test
	void keysAreInLowerCase() {
		assertThat(all(Map.of("SERVICE_NAME", " worker ", "SERVICE_Data_Center", "a", "service_x", "1", "MY_SERVICE_Y",
				"1", "SERVICE_", "1", "SERVICE", "1", "SERVICE_EMPTY", " "), 8080))
			.containsOnly(Map.entry("name", "SERVICE_NAME=worker"), Map.entry("data_center", "SERVICE_Data_Center=a"));
	}

	@Test
	void variablesOfPortReplaceOthers() {
		Map<String, String> environment = Map.of("SERVICE_NAME", "all", "SERVICE_8080_NAME", "web", "SERVICE_9090_NAME",
				"grpc", "SERVICE_TAGS", "a", "SERVICE_10000_TAGS", "b", "SERVICE_08080_X", "1");
		assertThat(all(environment, 8080)).containsOnly(Map.entry("name", "SERVICE_8080_NAME=web"),
				Map.entry("tags", "SERVICE_TAGS=a"), Map.entry("x", "SERVICE_08080_X=1"));
		assertThat(all(environment, 10000, 8080)).containsEntry("name", "SERVICE_8080_NAME=web")
			.containsEntry("tags", "SERVICE_10000_TAGS=b");
		assertThat(all(environment, 9090, 8080)).containsEntry("name", "SERVICE_9090_NAME=grpc");
		assertThat(all(environment)).containsOnly(Map.entry("name", "SERVICE_NAME=all"),
				Map.entry("tags", "SERVICE_TAGS=a"));
	}

	@Test
	void reportsNamesOfOtherPorts() {
		assertThat(new RegistratorVariables(Map.of("SERVICE_80_NAME", "web", "SERVICE_80_TAGS", "a"), List.of(8080))
			.namesOfOtherPorts()).containsExactly("SERVICE_80_NAME");
	}

	@ParameterizedTest
	@CsvSource({ "SERVICE_SERVICE_HOST,10.0.0.1", "SERVICE_SERVICE_PORT,80", "SERVICE_SERVICE_PORT_HTTP,80",
			"SERVICE_PORT,tcp://10.0.0.1:80", "SERVICE_PORT_80_TCP,tcp://10.0.0.1:80", "SERVICE_PORT_80_TCP_PROTO,tcp",
			"SERVICE_PORT_80_TCP_PORT,80", "SERVICE_PORT_53_UDP_ADDR,10.0.0.1", "SERVICE_FOO_SERVICE_HOST,10.0.0.1",
			"SERVICE_FOO_BAR_PORT_80_TCP_ADDR,10.0.0.1", "SERVICE_8080_SERVICE_HOST,10.0.0.1",
			"SERVICE_8080_PORT,tcp://10.0.0.1:80", "SERVICE_8080_PORT_80_TCP_PORT,80" })
	void ignoresServiceLinks(String name, String value) {
		assertThat(all(Map.of(name, value), 8080)).isEmpty();
	}

	@Test
	void keepsOtherVariablesOfPortAndHost() {
		assertThat(all(Map.of("SERVICE_PORT", "8080", "SERVICE_HOST", "a"), 8080)).containsOnlyKeys("port", "host");
	}

	private static Map<String, String> all(Map<String, String> environment, Integer... ports) {
		Map<String, String> all = new LinkedHashMap<>();
		new RegistratorVariables(environment, List.of(ports)).all()
			.forEach((key, variable) -> all.put(key, text(variable)));
		return all;
	}

	private static String text(Variable variable) {
		return variable.name() + "=" + variable.value();
	}

}
