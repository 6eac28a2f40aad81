package dev.cloudmap.discovery.autoconfigure.check;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.check.WrittenName.Element;
import dev.cloudmap.discovery.loadbalancer.NearestName;

/**
 * The error of an application that sets no namespace. It names the properties by which
 * the user may have meant to set it.
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
	 * @param environment where the namespace was looked for
	 * @param groups the records that bind this library's properties, by their prefixes
	 */
	public static DiscoveryException in(Environment environment, Map<String, Class<?>> groups) {
		StringBuilder description = new StringBuilder(
				"No namespace is set: expected the name of the one this application belongs to");
		if (environment instanceof ConfigurableEnvironment configurable) {
			nearMisses(configurable, groups).forEach((miss) -> description.append(". ").append(miss));
		}
		return new DiscoveryException(description.toString(),
				"Write into application.yml, for example:\n\n    discovery:\n      namespace: corp\n\n"
						+ "or switch discovery off with discovery.enabled=false",
				null);
	}

	private static Collection<String> nearMisses(ConfigurableEnvironment environment, Map<String, Class<?>> groups) {
		Map<String, String> misses = new LinkedHashMap<>();
		UnknownProperties.forEachName(environment, (name, source) -> {
			UnknownProperty miss = new UnknownProperty(name, UnknownProperties.place(name, source), List.of(PROPERTY));
			if (isNamespace(name)) {
				misses.putIfAbsent(miss.key(), miss.described() + " is empty");
			}
			else if (resemblesNamespace(name)) {
				misses.putIfAbsent(miss.key(), miss.message());
			}
		});
		new UnknownProperties(groups, MissingNamespace.class.getClassLoader()).find(environment, List.of())
			.stream()
			.filter((unknown) -> unknown.suggestions().contains(PROPERTY) || unknown.suggestions().contains(SWITCH))
			.forEach((unknown) -> misses.putIfAbsent(unknown.key(), unknown.message()));
		return misses.values();
	}

	private static boolean isNamespace(WrittenName name) {
		return name.elements()
			.stream()
			.map(Element::uniform)
			.toList()
			.equals(List.of(UnknownProperties.ROOT, NAMESPACE));
	}

	private static boolean resemblesNamespace(WrittenName name) {
		String uniform = name.uniform();
		boolean ofDiscovery = uniform.contains(UnknownProperties.ROOT) || uniform.contains("cloudmap");
		return (ofDiscovery && !name.elements().isEmpty()
				&& name.elements().get(name.elements().size() - 1).uniform().equals(NAMESPACE))
				|| NearestName.distance(uniform, UnknownProperties.ROOT + NAMESPACE) <= MAX_MISTAKES;
	}

}
