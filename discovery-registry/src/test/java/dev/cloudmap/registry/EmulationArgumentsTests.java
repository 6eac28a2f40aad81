package dev.cloudmap.registry;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.cloudmap.registry.RegistryOptions.EmulationEndpoint;
import dev.cloudmap.registry.health.HealthChecker;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.Operation;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Command-line options that emulate AWS.
 */
class EmulationArgumentsTests {

	private static RegistryOptions parse(String... line) {
		EmulationArguments arguments = new EmulationArguments();
		Main.commandLine(arguments, (variable) -> null).parseArgs(line);
		return arguments.apply(RegistryOptions.defaults());
	}

	@Test
	void defaultsToExtendedRegistryWithoutDelay() {
		assertThat(parse()).isEqualTo(RegistryOptions.defaults());
	}

	@Test
	void likeAwsSetsAllDocumentedValues() {
		RegistryOptions options = parse("--like-aws");
		assertThat(options.mode()).isEqualTo(RegistryMode.LIKE_AWS);
		assertThat(options.checkInterval()).isEqualTo(HealthChecker.AWS_INTERVAL).hasSeconds(30);
		Emulation emulation = options.emulation();
		assertThat(emulation.operationDelay()).hasSeconds(40);
		assertThat(emulation.healthDelay()).hasSeconds(30);
		assertThat(emulation.consistencyDelay()).isZero();
		assertThat(emulation.throttling()).isTrue();
		assertThat(emulation.quotas()).isTrue();
		assertThat(emulation.failures()).isEmpty();
		assertThat(options.emulationEndpoint()).isEqualTo(EmulationEndpoint.CLOSED);
	}

	@Test
	void explicitOptionOverridesLikeAwsInAnyPosition() {
		RegistryOptions options = parse("--operation-delay", "0s", "--no-throttling", "--like-aws", "--health-delay",
				"1s", "--consistency-delay", "2s", "--no-quotas", "--fail-operations",
				"REGISTER_INSTANCE=ACCESS_DENIED", "--emulation-endpoint");
		assertThat(options.mode()).isEqualTo(RegistryMode.LIKE_AWS);
		Emulation expected = Emulation.NONE.withHealthDelay(Duration.ofSeconds(1))
			.withConsistencyDelay(Duration.ofSeconds(2))
			.withFailure(Operation.Type.REGISTER_INSTANCE, Operation.ErrorCode.ACCESS_DENIED);
		assertThat(options.emulation()).isEqualTo(expected);
		assertThat(options.emulationEndpoint()).isEqualTo(EmulationEndpoint.OPEN);
	}

	@Test
	void throttlingAndQuotasCanBeEnabledAlone() {
		RegistryOptions options = parse("--throttling", "--quotas");
		assertThat(options)
			.isEqualTo(RegistryOptions.defaults().withEmulation(Emulation.NONE.withThrottling().withQuotas()));
	}

	@Test
	void laterValueOverridesLikeAws() {
		RegistryOptions options = RegistryOptions.defaults()
			.withLikeAws()
			.withCheckInterval(Duration.ofSeconds(1))
			.withEmulation(Emulation.LIKE_AWS.withOperationDelay(Duration.ZERO));
		assertThat(options.mode()).isEqualTo(RegistryMode.LIKE_AWS);
		assertThat(options.checkInterval()).hasSeconds(1);
		assertThat(options.emulation().operationDelay()).isZero();
		assertThat(options.emulation().healthDelay()).hasSeconds(30);
	}

}
