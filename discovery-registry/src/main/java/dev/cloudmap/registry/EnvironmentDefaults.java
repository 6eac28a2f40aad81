package dev.cloudmap.registry;

import java.util.Locale;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Reads defaults of options from environment variables, such as
 * {@code DISCOVERY_REGISTRY_HTTP_PORT} for {@code --http-port}. The command line has
 * precedence. Empty variables are ignored.
 */
final class EnvironmentDefaults implements IDefaultValueProvider {

	static final String PREFIX = "DISCOVERY_REGISTRY_";

	private final UnaryOperator<@Nullable String> environment;

	EnvironmentDefaults(UnaryOperator<@Nullable String> environment) {
		this.environment = environment;
	}

	@Override
	public @Nullable String defaultValue(ArgSpec argument) {
		if (argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()) {
			String value = this.environment.apply(variable(option));
			return (value == null || value.isEmpty()) ? null : value;
		}
		return null;
	}

	private static String variable(OptionSpec option) {
		return PREFIX + option.longestName().substring("--".length()).replace('-', '_').toUpperCase(Locale.ROOT);
	}

}
