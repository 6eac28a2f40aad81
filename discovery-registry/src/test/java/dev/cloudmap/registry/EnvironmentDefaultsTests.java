package dev.cloudmap.registry;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Command-line options set by environment variables.
 */
class EnvironmentDefaultsTests {

	private static Object value(String option, Map<String, String> environment, String... line) {
		ParseResult result = Main.commandLine(new Main(), environment::get).parseArgs(line);
		return result.commandSpec().findOption(option).getValue();
	}

	@Test
	void variableOverridesDefault() {
		assertThat(value("--bind", Map.of("DISCOVERY_REGISTRY_BIND", "0.0.0.0"))).isEqualTo("0.0.0.0");
		assertThat(value("--http-port", Map.of("DISCOVERY_REGISTRY_HTTP_PORT", "80"))).isEqualTo(80);
		assertThat(value("--allowed-hosts", Map.of("DISCOVERY_REGISTRY_ALLOWED_HOSTS", "registry,other")))
			.isEqualTo(List.of("registry", "other"));
	}

	@Test
	void optionOverridesVariable() {
		assertThat(value("--http-port", Map.of("DISCOVERY_REGISTRY_HTTP_PORT", "80"), "--http-port", "81"))
			.isEqualTo(81);
		assertThat(value("--allowed-hosts", Map.of("DISCOVERY_REGISTRY_ALLOWED_HOSTS", "registry"), "--allowed-hosts",
				"other", "--allowed-hosts", "third"))
			.isEqualTo(List.of("other", "third"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "NO_SUCH_VARIABLE" })
	void emptyAndUnknownVariablesAreIgnored(String name) {
		String variable = name.isEmpty() ? "DISCOVERY_REGISTRY_HTTP_PORT" : "DISCOVERY_REGISTRY_" + name;
		assertThat(value("--http-port", Map.of(variable, name))).isEqualTo(RegistryOptions.DEFAULT_HTTP_PORT);
	}

	@ParameterizedTest
	@CsvSource({ "--like-aws, LIKE_AWS", "--throttling, THROTTLING", "--quotas, QUOTAS",
			"--emulation-endpoint, EMULATION_ENDPOINT" })
	void flagIsEnabledByVariableOrOption(String option, String variable) {
		Map<String, String> on = Map.of("DISCOVERY_REGISTRY_" + variable, "true");
		assertThat(value(option, on)).isEqualTo(true);
		assertThat(value(option, Map.of(), option)).isEqualTo(true);
		assertThat(value(option, on, option)).isEqualTo(true);
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttling", "quotas" })
	void negatedOptionOverridesVariable(String name) {
		String option = "--" + name;
		Map<String, String> on = Map.of("DISCOVERY_REGISTRY_" + name.toUpperCase(Locale.ROOT), "true");
		assertThat(value(option, on, "--no-" + name)).isEqualTo(false);
		assertThat(value(option, Map.of(), "--no-" + name)).isEqualTo(false);
	}

	@Test
	void invalidValueIsRejectedWithOptionName() {
		assertThatExceptionOfType(ParameterException.class)
			.isThrownBy(() -> value("--http-port", Map.of("DISCOVERY_REGISTRY_HTTP_PORT", "tcp://10.0.0.1:80")))
			.withMessageContaining("--http-port")
			.withMessageContaining("tcp://10.0.0.1:80");
	}

	@Test
	void helpAndVersionHaveNoVariable() {
		assertThat(value("--help", Map.of("DISCOVERY_REGISTRY_HELP", "true"))).isEqualTo(false);
		assertThat(value("--version", Map.of("DISCOVERY_REGISTRY_VERSION", "true"))).isEqualTo(false);
	}

}
