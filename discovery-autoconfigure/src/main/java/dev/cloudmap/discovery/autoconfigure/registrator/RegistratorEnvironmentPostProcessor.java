package dev.cloudmap.discovery.autoconfigure.registrator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.apache.commons.logging.Log;

import org.springframework.aot.AotDetector;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.SpringProperties;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.SystemPropertyUtils;

import dev.cloudmap.discovery.autoconfigure.registrator.RegistratorVariables.Variable;

/**
 * Adds the properties that Registrator's environment variables stand for, with the lowest
 * precedence: they apply where the application's own properties are silent. The rest of
 * this library knows only properties.
 */
final class RegistratorEnvironmentPostProcessor implements EnvironmentPostProcessor {

	static final String SOURCE = "registrator";

	private static final String SWITCH = "discovery.registration.registrator";

	private static final String ENABLED = "discovery.registration.enabled";

	private static final String PORT = "discovery.registration.port";

	private static final String SERVER_PORT = "server.port";

	private static final String DEFAULT_SERVER_PORT = "8080";

	private final Log logger;

	RegistratorEnvironmentPostProcessor(DeferredLogFactory logs) {
		this.logger = logs.getLog(RegistratorEnvironmentPostProcessor.class);
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		PropertySource<?> system = environment.getPropertySources()
			.get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
		if (system == null || !(system.getSource() instanceof Map<?, ?> source) || !hasVariables(source)
				|| SpringProperties.getFlag(AbstractAotProcessor.AOT_PROCESSING)
				|| !isEnabled(environment, "discovery.enabled") || !isEnabled(environment, ENABLED)) {
			return;
		}
		Boolean wanted = Binder.get(environment).bind(SWITCH, Boolean.class).orElse(null);
		if (Boolean.FALSE.equals(wanted)) {
			return;
		}
		Map<String, Object> variables = new LinkedHashMap<>();
		source.forEach((name, value) -> variables.put(String.valueOf(name), value));
		Map<String, Variable> settings = settings(environment, new RegistratorVariables(variables, ports(environment)),
				Boolean.TRUE.equals(wanted) ? Use.ALWAYS : Use.IF_NAMED);
		if (!settings.isEmpty()) {
			Map<String, OriginTrackedValue> values = new LinkedHashMap<>();
			settings.forEach((property, variable) -> values.put(property, OriginTrackedValue
				.of(escapePlaceholders(variable.value()), new SystemEnvironmentOrigin(variable.name()))));
			environment.getPropertySources().addLast(new OriginTrackedMapPropertySource(SOURCE, values, true));
		}
	}

	/** Most applications have none, and should not wait for more than this. */
	private static boolean hasVariables(Map<?, ?> environment) {
		return environment.keySet()
			.stream()
			.anyMatch((name) -> name.toString().startsWith(RegistratorVariables.PREFIX));
	}

	private static boolean isEnabled(ConfigurableEnvironment environment, String property) {
		return Binder.get(environment).bind(property, Boolean.class).orElse(true);
	}

	/**
	 * The ports by which variables may refer to this application: the registered one and
	 * the one that its web server listens on. A random port is not known yet.
	 */
	private static List<Integer> ports(ConfigurableEnvironment environment) {
		Set<Integer> ports = new LinkedHashSet<>();
		for (String port : List.of(environment.getProperty(PORT, ""),
				environment.getProperty(SERVER_PORT, DEFAULT_SERVER_PORT))) {
			if (port.trim().matches("[1-9]\\d{0,4}")) {
				ports.add(Integer.valueOf(port.trim()));
			}
		}
		return new ArrayList<>(ports);
	}

	private Map<String, Variable> settings(ConfigurableEnvironment environment, RegistratorVariables variables,
			Use use) {
		Variable ignore = variables.get(RegistratorVariables.IGNORE);
		if (ignore != null && !isSet(environment, ENABLED)) {
			return ignore(ignore);
		}
		Variable name = variables.get(RegistratorVariables.NAME);
		if (use == Use.IF_NAMED && name == null) {
			if (!variables.namesOfOtherPorts().isEmpty()) {
				this.logger.info("Registrator's variables are not used: " + variables.namesOfOtherPorts()
						+ " are for other ports than " + ports(environment) + ", those of this application");
			}
			return Map.of();
		}
		RegistratorProperties properties = new RegistratorProperties(variables);
		if (use == Use.IF_NAMED && name != null && properties.leftOut().containsKey(name.name())) {
			this.logger.warn("Registrator's variables are not used: with " + name.name() + ", "
					+ properties.leftOut().get(name.name()));
			return Map.of();
		}
		Map<String, Variable> silent = new LinkedHashMap<>(properties.settings());
		silent.keySet().removeIf((property) -> isSet(environment, property));
		report(properties, silent);
		return silent;
	}

	private Map<String, Variable> ignore(Variable ignore) {
		if (AotDetector.useGeneratedArtifacts()) {
			this.logger.warn(ignore.name() + " has no effect in an application with ahead-of-time processing. Build it"
					+ " with " + ENABLED + "=false");
			return Map.of();
		}
		this.logger.info("This application is not registered, since " + ignore.name() + " is set. To register it"
				+ " nevertheless: " + ENABLED + "=true");
		return Map.of(ENABLED, new Variable(ignore.name(), "false"));
	}

	/**
	 * Whether the application sets a property in any source. A lower precedence alone is
	 * not enough: default properties of an application are moved to the end later on.
	 */
	private static boolean isSet(ConfigurableEnvironment environment, String property) {
		ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
		if (!name.isLastElementIndexed()) {
			return sources(environment).anyMatch((source) -> source.getConfigurationProperty(name) != null);
		}
		ConfigurationPropertyName parent = name.getParent();
		if (property.startsWith(RegistratorProperties.METADATA)) {
			return Binder.get(environment)
				.bind(parent, Bindable.mapOf(String.class, String.class))
				.orElseGet(Map::of)
				.containsKey(name.getLastElement(Form.ORIGINAL));
		}
		// one source sets a list as a whole
		return sources(environment).anyMatch((source) -> source.getConfigurationProperty(parent) != null
				|| source.containsDescendantOf(parent) == ConfigurationPropertyState.PRESENT);
	}

	private static Stream<ConfigurationPropertySource> sources(ConfigurableEnvironment environment) {
		return StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false);
	}

	private void report(RegistratorProperties properties, Map<String, Variable> applied) {
		if (!applied.isEmpty()) {
			this.logger.info("Registrator's variables set " + applied.entrySet()
				.stream()
				.map((setting) -> setting.getKey() + " (" + setting.getValue().name() + ")")
				.collect(Collectors.joining(", ")));
		}
		properties.leftOut().forEach((variable, reason) -> this.logger.warn(variable + " is left out: " + reason));
		if (!properties.checks().isEmpty()) {
			this.logger.info(properties.checks() + " are left out: this application checks its own health"
					+ " (discovery.registration.health) and reports it to the registry");
		}
	}

	/** Values of environment variables are registered as they are. */
	private static String escapePlaceholders(String value) {
		return value.replace(SystemPropertyUtils.PLACEHOLDER_PREFIX,
				SystemPropertyUtils.ESCAPE_CHARACTER + SystemPropertyUtils.PLACEHOLDER_PREFIX);
	}

	/** When the variables are used. */
	private enum Use {

		/** In any case. */
		ALWAYS,

		/** If one of them sets a valid name for this application. */
		IF_NAMED

	}

}
