package dev.cloudmap.registry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import dev.cloudmap.registry.state.Durations;
import dev.cloudmap.registry.state.Operation;
import dev.cloudmap.registry.state.Realism;

/**
 * The options of the command line that make a registry as slow and as unhelpful as the
 * real service.
 */
final class RealismArguments {

	@Option(names = "--operation-delay", paramLabel = "DURATION", defaultValue = "0s",
			converter = DurationConverter.class,
			description = "How long operations take until they have an effect, such as 500ms, 30s or 2m (default: ${DEFAULT-VALUE}).")
	private Duration operationDelay = Duration.ZERO;

	@Option(names = "--health-delay", paramLabel = "DURATION", defaultValue = "0s", converter = DurationConverter.class,
			description = "How long reported health takes until it has an effect; 30s is like AWS (default: ${DEFAULT-VALUE}).")
	private Duration healthDelay = Duration.ZERO;

	@Option(names = "--consistency-delay", paramLabel = "DURATION", defaultValue = "0s",
			converter = DurationConverter.class,
			description = "How long DiscoverInstances, DNS and watchers lag behind what was acknowledged (default: ${DEFAULT-VALUE}).")
	private Duration consistencyDelay = Duration.ZERO;

	@Option(names = "--fail-operations", paramLabel = "TYPE=CODE", split = ",",
			description = "Operations that end with FAIL, such as REGISTER_INSTANCE=ACCESS_DENIED.")
	private Map<Operation.Type, Operation.ErrorCode> failures = new LinkedHashMap<>();

	@Option(names = "--throttling", description = "Refuses requests beyond AWS's documented rates.")
	private boolean throttling;

	@Option(names = "--quotas", description = "Enforces AWS's quotas of namespaces and instances.")
	private boolean quotas;

	@Option(names = "--realism-endpoint",
			description = "Lets clients change these six while the registry runs, at /discovery-registry/realism.")
	private boolean endpoint;

	/**
	 * Returns what was asked for.
	 * @throws IllegalArgumentException when a delay is too long
	 */
	Realism realism() {
		return new Realism(this.operationDelay, this.healthDelay, this.consistencyDelay, this.failures, this.throttling,
				this.quotas);
	}

	RegistryOptions.RealismEndpoint endpoint() {
		return this.endpoint ? RegistryOptions.RealismEndpoint.OPEN : RegistryOptions.RealismEndpoint.CLOSED;
	}

	static final class DurationConverter implements ITypeConverter<Duration> {

		@Override
		public Duration convert(String value) {
			try {
				return Durations.parse(value);
			}
			catch (IllegalArgumentException ex) {
				throw new TypeConversionException(String.valueOf(ex.getMessage()));
			}
		}

	}

}
