package dev.cloudmap.discovery.actuate.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The dashboard and the alert rules in {@code docs/monitoring}.
 */
class MonitoringTests {

	private static final Path DIRECTORY = Path.of("../docs/monitoring");

	private static final Path ALERTS = DIRECTORY.resolve("alerts.yml");

	private static final Pattern METRIC = Pattern.compile("\\bdiscovery_[a-z_]+");

	/** As Prometheus exports the meters. */
	private static final Set<String> EXPORTED = Arrays.stream(DiscoveryMeter.values())
		.flatMap(MonitoringTests::exported)
		.collect(Collectors.toSet());

	/**
	 * The names that {@code micrometer-registry-prometheus} gives to a meter: in snake
	 * case, with the base unit unless the name ends with it, and with a suffix by type.
	 */
	private static Stream<String> exported(DiscoveryMeter meter) {
		String snake = NamingConvention.snakeCase.name(meter.meterName(), meter.type(), meter.unit());
		String unit = meter.unit();
		String name = (unit == null || snake.endsWith(unit)) ? snake : snake + "_" + unit;
		if (meter.type() == Meter.Type.TIMER) {
			return Stream.of(name + "_count", name + "_sum", name + "_max");
		}
		return Stream.of((meter.type() == Meter.Type.COUNTER) ? name + "_total" : name);
	}

	@Test
	void dashboardUsesExportedMetrics() throws IOException {
		assertThat(metrics(String.join("\n", expressions()))).isNotEmpty().isSubsetOf(EXPORTED);
	}

	/** The label values of the variable, too. */
	@Test
	void dashboardHasOnlyKnownNames() throws IOException {
		assertThat(metrics(dashboard())).isSubsetOf(EXPORTED);
	}

	@Test
	void alertsUseExportedMetrics() throws IOException {
		assertThat(metrics(Files.readString(ALERTS))).isNotEmpty().isSubsetOf(EXPORTED);
	}

	@Test
	void eachMeterIsShown() throws IOException {
		Set<String> shown = metrics(dashboard());
		assertThat(DiscoveryMeter.values())
			.allSatisfy((meter) -> assertThat(exported(meter)).as(meter.meterName()).anyMatch(shown::contains));
	}

	@Test
	void promtoolAcceptsAlerts() throws IOException, InterruptedException {
		check(ALERTS);
	}

	/** As recording rules, since promtool checks rules only. */
	@Test
	void promtoolAcceptsExpressionsOfDashboard(@TempDir Path directory) throws IOException, InterruptedException {
		StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
		List<String> expressions = expressions();
		for (int i = 0; i < expressions.size(); i++) {
			rules.append("      - record: panel:")
				.append(i)
				.append("\n        expr: '")
				.append(expressions.get(i))
				.append("'\n");
		}
		check(Files.writeString(directory.resolve("rules.yml"),
				rules.toString().replace("$__rate_interval", "5m").replace("$service", ".*")));
	}

	private static void check(Path rules) throws IOException, InterruptedException {
		boolean installed = Stream.of(System.getenv("PATH").split(":", -1))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, "promtool")));
		assumeThat(installed).as("promtool is not installed").isTrue();
		Process promtool = new ProcessBuilder("promtool", "check", "rules", rules.toString()).redirectErrorStream(true)
			.start();
		String output = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(promtool.waitFor(20, TimeUnit.SECONDS)).isTrue();
		assertThat(promtool.exitValue()).as(output).isZero();
	}

	private static Set<String> metrics(String text) {
		return METRIC.matcher(text).results().map((match) -> match.group()).collect(Collectors.toSet());
	}

	private static List<String> expressions() throws IOException {
		List<String> expressions = new ArrayList<>();
		expressions.addAll(JsonPath.read(dashboard(), "$.panels[*].targets[*].expr"));
		return expressions;
	}

	private static String dashboard() throws IOException {
		return Files.readString(DIRECTORY.resolve("dashboard.json"));
	}

}
