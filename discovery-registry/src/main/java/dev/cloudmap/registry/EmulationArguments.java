package dev.cloudmap.registry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.Operation;

/**
 * The command-line options for the emulation of AWS. Each option has precedence over
 * {@code --like-aws}.
 */
final class EmulationArguments {

	@Option(names = "--like-aws", fallbackValue = "true",
			description = "Behaves like AWS Cloud Map: delays, rates, quotas and check interval of AWS, no leases, no "
					+ "/watch, no statistics, and one instance of a service per address. The options below "
					+ "and --check-interval have precedence.")
	private boolean likeAws;

	@Option(names = "--operation-delay", paramLabel = "DURATION",
			description = "Time until an operation takes effect, such as 500ms, 30s or 2m (default: 0s, or 40s with --like-aws).")
	private @Nullable Duration operationDelay;

	@Option(names = "--health-delay", paramLabel = "DURATION",
			description = "Time until reported health takes effect (default: 0s, or 30s with --like-aws).")
	private @Nullable Duration healthDelay;

	@Option(names = "--consistency-delay", paramLabel = "DURATION",
			description = "Time until DiscoverInstances, DNS and watchers see an acknowledged change (default: 0s).")
	private @Nullable Duration consistencyDelay;

	@Option(names = "--fail-operations", paramLabel = "TYPE=CODE", split = ",",
			description = "Operations that end with FAIL, such as REGISTER_INSTANCE=ACCESS_DENIED.")
	private Map<Operation.Type, Operation.ErrorCode> failures = new LinkedHashMap<>();

	@Option(names = "--throttling", negatable = true, fallbackValue = "true",
			description = "Rejects requests beyond the documented rates of AWS (default: off, or on with --like-aws).")
	private @Nullable Boolean throttling;

	@Option(names = "--quotas", negatable = true, fallbackValue = "true",
			description = "Enforces the quotas of AWS for namespaces and instances (default: off, or on with --like-aws).")
	private @Nullable Boolean quotas;

	@Option(names = "--emulation-endpoint", fallbackValue = "true",
			description = "Allows clients to change these six settings at /discovery-registry/emulation.")
	private boolean endpoint;

	/**
	 * Applies the arguments to options.
	 * @throws IllegalArgumentException if a delay is too long
	 */
	RegistryOptions apply(RegistryOptions options) {
		RegistryOptions base = this.likeAws ? options.withLikeAws() : options;
		return base.withEmulation(emulation(base.emulation()))
			.withEmulationEndpoint(
					this.endpoint ? RegistryOptions.EmulationEndpoint.OPEN : RegistryOptions.EmulationEndpoint.CLOSED);
	}

	private Emulation emulation(Emulation base) {
		return new Emulation(given(this.operationDelay, base.operationDelay()),
				given(this.healthDelay, base.healthDelay()), given(this.consistencyDelay, base.consistencyDelay()),
				this.failures, given(this.throttling, base.throttling()), given(this.quotas, base.quotas()));
	}

	private static <T> T given(@Nullable T option, T otherwise) {
		return (option != null) ? option : otherwise;
	}

}
