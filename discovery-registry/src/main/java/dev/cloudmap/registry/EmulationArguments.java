package dev.cloudmap.registry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.time.DurationFormat;

/**
 * The options of the command line that make a registry as slow and as unhelpful as the
 * real service. One that is given counts more than {@code --like-aws}, wherever it
 * stands.
 */
final class EmulationArguments {

	@Option(names = "--like-aws", fallbackValue = "true",
			description = "Differs from AWS Cloud Map as little as it can: AWS's delays, rates, quotas and interval of "
					+ "checks, no leases, no /watch, no statistics, and one instance of a service for each "
					+ "address. Each option below, and --check-interval, still counts.")
	private boolean likeAws;

	@Option(names = "--operation-delay", paramLabel = "DURATION", converter = DurationConverter.class,
			description = "How long operations take until they have an effect, such as 500ms, 30s or 2m (default: 0s, or 40s with --like-aws).")
	private @Nullable Duration operationDelay;

	@Option(names = "--health-delay", paramLabel = "DURATION", converter = DurationConverter.class,
			description = "How long reported health takes until it has an effect (default: 0s, or 30s with --like-aws).")
	private @Nullable Duration healthDelay;

	@Option(names = "--consistency-delay", paramLabel = "DURATION", converter = DurationConverter.class,
			description = "How long DiscoverInstances, DNS and watchers lag behind what was acknowledged (default: 0s).")
	private @Nullable Duration consistencyDelay;

	@Option(names = "--fail-operations", paramLabel = "TYPE=CODE", split = ",",
			description = "Operations that end with FAIL, such as REGISTER_INSTANCE=ACCESS_DENIED.")
	private Map<Operation.Type, Operation.ErrorCode> failures = new LinkedHashMap<>();

	@Option(names = "--throttling", negatable = true, fallbackValue = "true",
			description = "Refuses requests beyond AWS's documented rates (default: off, or on with --like-aws).")
	private @Nullable Boolean throttling;

	@Option(names = "--quotas", negatable = true, fallbackValue = "true",
			description = "Enforces AWS's quotas of namespaces and instances (default: off, or on with --like-aws).")
	private @Nullable Boolean quotas;

	@Option(names = "--emulation-endpoint", fallbackValue = "true",
			description = "Lets clients change these six while the registry runs, at /discovery-registry/emulation.")
	private boolean endpoint;

	/**
	 * Returns options with what was asked for.
	 * @throws IllegalArgumentException when a delay is too long
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

	static final class DurationConverter implements ITypeConverter<Duration> {

		@Override
		public Duration convert(String value) {
			try {
				return DurationFormat.parse(value);
			}
			catch (IllegalArgumentException ex) {
				throw new TypeConversionException(String.valueOf(ex.getMessage()));
			}
		}

	}

}
