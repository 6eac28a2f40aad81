package dev.cloudmap.discovery.autoconfigure.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import dev.cloudmap.discovery.autoconfigure.check.PropertyMatcher.Result;
import dev.cloudmap.discovery.autoconfigure.check.WrittenName.Syntax;

/**
 * Finds properties below {@code discovery.} that are set in an environment and that
 * nothing binds. Only property sources that list their names are searched.
 */
final class UnknownProperties {

	static final String ROOT = "discovery";

	/** Kubernetes sets these for a service, and Docker for a link. */
	private static final String SERVICE_LINK = ".*_(SERVICE_HOST|SERVICE_PORT(_.*)?"
			+ "|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)";

	private static final String SERVICE_LINK_VALUE = "(tcp|udp|sctp)://.*";

	private static final Logger logger = LoggerFactory.getLogger(UnknownProperties.class);

	private final PropertyNode known = new PropertyNode();

	private final ClassLoader classLoader;

	/**
	 * Creates a search.
	 * @param groups the records that bind this library's properties, by their prefixes
	 * @param classLoader the class loader of the application, whose libraries may have
	 * properties below {@code discovery.} too
	 */
	UnknownProperties(Map<String, Class<?>> groups, ClassLoader classLoader) {
		groups.forEach(
				(prefix, type) -> this.known.add(prefix.equals(ROOT) ? "" : prefix.substring(ROOT.length() + 1), type));
		this.classLoader = classLoader;
	}

	/**
	 * What is set and unknown. Unless something is suspicious, no file is read.
	 * @param environment where to search
	 * @param bound the names of all properties that have been bound
	 */
	List<UnknownProperty> find(ConfigurableEnvironment environment, Collection<ConfigurationPropertyName> bound) {
		List<UnknownProperty> unknown = findUnknown(environment, bound);
		if (unknown.isEmpty()) {
			return unknown;
		}
		ConfigurationMetadata.add(ROOT, this.known, this.classLoader);
		return findUnknown(environment, bound);
	}

	private List<UnknownProperty> findUnknown(ConfigurableEnvironment environment,
			Collection<ConfigurationPropertyName> bound) {
		Set<String> names = bound.stream().map((name) -> withoutIndexes(name.toString())).collect(Collectors.toSet());
		Set<String> variables = bound.stream()
			.flatMap((name) -> variables(name.toString()))
			.collect(Collectors.toSet());
		PropertyMatcher matcher = new PropertyMatcher(ROOT, this.known);
		List<UnknownProperty> unknown = new ArrayList<>();
		forEachName(environment, (name, source) -> {
			if (!name.isBelow(ROOT) || isServiceLink(name, source)) {
				return;
			}
			boolean isBound = switch (name.syntax()) {
				case DOTTED -> !name.isCut()
						&& names.contains(withoutIndexes(ConfigurationPropertyName.adapt(name.text(), '.').toString()));
				case ENVIRONMENT ->
					variables.contains(name.text().toUpperCase(Locale.ROOT).replaceAll("_\\d+(?=_|$)", ""));
			};
			Result result = matcher.match(name);
			if (!isBound && !result.isKnown()) {
				unknown.add(new UnknownProperty(name, place(name, source), result.suggestions()));
			}
		});
		return unknown;
	}

	/** Elements of a list that another property source overrides are not bound. */
	private static String withoutIndexes(String name) {
		return name.replaceAll("\\[\\d+]", "").replace("-", "").toLowerCase(Locale.ROOT);
	}

	private static Stream<String> variables(String name) {
		String variable = name.replaceAll("\\[\\d+]", "").replace('.', '_').toUpperCase(Locale.ROOT);
		return Stream.of(variable.replace("-", ""), variable.replace('-', '_'));
	}

	static void forEachName(ConfigurableEnvironment environment,
			BiConsumer<WrittenName, EnumerablePropertySource<?>> consumer) {
		for (PropertySource<?> source : environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				for (String name : names(enumerable)) {
					consumer.accept(isEnvironment(enumerable) ? WrittenName.environmentVariable(name)
							: WrittenName.dotted(name), enumerable);
				}
			}
		}
	}

	/**
	 * A composite source throws an exception if one of its own sources does not list its
	 * names.
	 */
	private static String[] names(EnumerablePropertySource<?> source) {
		try {
			return source.getPropertyNames();
		}
		catch (RuntimeException ex) {
			logger.debug("The names of property source {} can't be listed", source.getName(), ex);
			return new String[0];
		}
	}

	private static boolean isEnvironment(PropertySource<?> source) {
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		return source instanceof SystemEnvironmentPropertySource
				&& (source.getName().equals(name) || source.getName().endsWith("-" + name));
	}

	private static boolean isServiceLink(WrittenName name, PropertySource<?> source) {
		return name.syntax() == Syntax.ENVIRONMENT && (name.text().toUpperCase(Locale.ROOT).matches(SERVICE_LINK)
				|| String.valueOf(source.getProperty(name.text())).matches(SERVICE_LINK_VALUE));
	}

	static String place(WrittenName name, PropertySource<?> source) {
		Origin origin = OriginLookup.getOrigin(source, name.text());
		return (origin != null) ? origin.toString() : source.getName();
	}

}
