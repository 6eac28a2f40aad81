package dev.cloudmap.registry;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import dev.cloudmap.registry.RegistryOptions.RealismEndpoint;
import dev.cloudmap.registry.health.EndpointChecks;
import dev.cloudmap.registry.state.Operation;
import dev.cloudmap.registry.state.Realism;
import dev.cloudmap.registry.state.RegistryMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The command line's options that make a registry like AWS.
 */
class RealismArgumentsTests {

	private static RegistryOptions parse(String... line) {
		RealismArguments arguments = CommandLine.populateCommand(new RealismArguments(), line);
		return arguments.apply(RegistryOptions.defaults());
	}

	@Test
	void withoutAnyTheRegistryIsExtendedAndAtOnce() {
		assertThat(parse()).isEqualTo(RegistryOptions.defaults());
	}

	@Test
	void likeAwsSetsAllThatAwsDocuments() {
		RegistryOptions options = parse("--like-aws");
		assertThat(options.mode()).isEqualTo(RegistryMode.LIKE_AWS);
		assertThat(options.checkInterval()).isEqualTo(EndpointChecks.AWS_INTERVAL).hasSeconds(30);
		Realism realism = options.realism();
		assertThat(realism.operationDelay()).hasSeconds(40);
		assertThat(realism.healthDelay()).hasSeconds(30);
		assertThat(realism.consistencyDelay()).isZero();
		assertThat(realism.throttling()).isTrue();
		assertThat(realism.quotas()).isTrue();
		assertThat(realism.failures()).isEmpty();
		assertThat(options.realismEndpoint()).isEqualTo(RealismEndpoint.CLOSED);
	}

	@Test
	void anOptionThatIsGivenCountsMoreThanLikeAwsWhereverItStands() {
		RegistryOptions options = parse("--operation-delay", "0s", "--no-throttling", "--like-aws", "--health-delay",
				"1s", "--consistency-delay", "2s", "--no-quotas", "--fail-operations",
				"REGISTER_INSTANCE=ACCESS_DENIED", "--realism-endpoint");
		assertThat(options.mode()).isEqualTo(RegistryMode.LIKE_AWS);
		Realism expected = Realism.NONE.withHealthDelay(Duration.ofSeconds(1))
			.withConsistencyDelay(Duration.ofSeconds(2))
			.withFailure(Operation.Type.REGISTER_INSTANCE, Operation.ErrorCode.ACCESS_DENIED);
		assertThat(options.realism()).isEqualTo(expected);
		assertThat(options.realismEndpoint()).isEqualTo(RealismEndpoint.OPEN);
	}

	@Test
	void throttlingAndQuotasAreSwitchedOnAlone() {
		RegistryOptions options = parse("--throttling", "--quotas");
		assertThat(options)
			.isEqualTo(RegistryOptions.defaults().withRealism(Realism.NONE.withThrottling().withQuotas()));
	}

	@Test
	void whatIsSetAfterLikeAwsCounts() {
		RegistryOptions options = RegistryOptions.defaults()
			.withLikeAws()
			.withCheckInterval(Duration.ofSeconds(1))
			.withRealism(Realism.LIKE_AWS.withOperationDelay(Duration.ZERO));
		assertThat(options.mode()).isEqualTo(RegistryMode.LIKE_AWS);
		assertThat(options.checkInterval()).hasSeconds(1);
		assertThat(options.realism().operationDelay()).isZero();
		assertThat(options.realism().healthDelay()).hasSeconds(30);
	}

}
