package dev.cloudmap.discovery.autoconfigure.check;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.loadbalancer.call.NearestName;

/**
 * The error of an application without a namespace. It lists properties that may be
 * mistyped forms of the namespace property.
 */
public final class MissingNamespace {

	private static final String NAMESPACE = "namespace";

	private static final String PROPERTY = UnknownProperties.ROOT + "." + NAMESPACE;

	private static final String SWITCH = UnknownProperties.ROOT + ".enabled";

	private static final int MAX_MISTAKES = 2;

	private MissingNamespace() {
	}

	/**
	 * Creates the error.
	 * @param environment the environment without the namespace
	 * @param groups the records that bind this library's properties, by prefix
	 */
	public static DiscoveryException in(Environment environment, Map<String, Class<?>> groups) {
		StringBuilder description = new StringBuilder(
				"No namespace is set: expected the namespace of this application");
		if (environment instanceof ConfigurableEnvironment configurable) {
			nearMisses(configurable, groups).forEach((miss) -> description.append(". ").append(miss));
		}
		return new DiscoveryException(description.toString(),
				"Set it, for example in application.yml:\n\n    discovery:\n      namespace: corp\n\n"
						+ "or disable discovery with discovery.enabled=false",
				null);
	}

	private static Collection<String> nearMisses(ConfigurableEnvironment environment, Map<String, Class<?>> groups) {
		Map<String, String> misses = new LinkedHashMap<>();
		for (SetProperty property : SetProperty.of(environment)) {
			if (property.name().equals(ConfigurationPropertyName.of(PROPERTY))) {
				misses.putIfAbsent(property.key(), property.description() + " is empty");
			}
			else if (resemblesNamespace(property)) {
				misses.putIfAbsent(property.key(), property.message(PROPERTY));
			}
		}
		new UnknownProperties(groups).find(environment, List.of())
			.forEach((property, suggestion) -> suggestion.filter(Set.of(PROPERTY, SWITCH)::contains)
				.ifPresent((meant) -> misses.putIfAbsent(property.key(), property.message(meant))));
		return misses.values();
	}

	private static boolean resemblesNamespace(SetProperty property) {
		String letters = property.letters();
		boolean ofDiscovery = letters.contains(UnknownProperties.ROOT) || letters.contains("cloudmap");
		return (ofDiscovery && property.name().getLastElement(Form.UNIFORM).equals(NAMESPACE))
				|| NearestName.distance(letters, UnknownProperties.ROOT + NAMESPACE) <= MAX_MISTAKES;
	}

}
