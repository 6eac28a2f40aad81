package dev.cloudmap.discovery.autoconfigure.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * A property that is set in a property source.
 *
 * @param name the name in canonical form
 * @param source the source
 */
record SetProperty(ConfigurationPropertyName name, ConfigurationPropertySource source) {

	private static final Logger logger = LoggerFactory.getLogger(SetProperty.class);

	private static final String BRACKETED_KEY = ".*\\[.*\\D.*].*";

	/** Variables that Kubernetes sets for a service, and Docker for a link. */
	private static final String SERVICE_LINK = ".*\\.(service\\.(host|port([.\\[].*)?)"
			+ "|port\\[\\d+]\\.(tcp|udp|sctp)(\\.(proto|port|addr))?)";

	private static final String SERVICE_LINK_VALUE = "(tcp|udp|sctp)://.*";

	/**
	 * Returns all properties of the sources that list their names.
	 */
	static List<SetProperty> of(ConfigurableEnvironment environment) {
		List<SetProperty> properties = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.from(environment.getPropertySources())) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				properties.addAll(of(iterable));
			}
		}
		return properties;
	}

	/**
	 * A composite source throws an exception if one of its own sources does not list its
	 * names.
	 */
	private static List<SetProperty> of(IterableConfigurationPropertySource source) {
		try {
			return source.stream()
				.map((name) -> new SetProperty(name, source))
				.filter((property) -> !property.isVariable()
						|| (property.name().getNumberOfElements() > 1 && !property.isServiceLink()))
				.toList();
		}
		catch (RuntimeException ex) {
			logger.debug("The names of {} cannot be listed", source.getUnderlyingSource(), ex);
			return List.of();
		}
	}

	/**
	 * Returns the letters and digits of a name in lower case.
	 */
	static String letters(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{Nd}]", "");
	}

	String letters() {
		return letters(this.name.toString());
	}

	/**
	 * Returns a key that identifies the same mistake in several sources or elements of a
	 * list.
	 */
	String key() {
		return letters(this.name.toString().replaceAll("\\[\\d+]", ""));
	}

	List<Element> elements() {
		return IntStream.range(0, this.name.getNumberOfElements())
			.mapToObj((i) -> new Element(this.name.getElement(i, Form.ORIGINAL), this.name.getElement(i, Form.UNIFORM),
					this.name.chop(i + 1).isLastElementIndexed()))
			.toList();
	}

	boolean isBelow(String group) {
		return this.name.getNumberOfElements() > 1 && this.name.getElement(0, Form.UNIFORM).equals(group);
	}

	/**
	 * Whether this is an environment variable, in which an underscore is a dot or a dash.
	 */
	boolean isVariable() {
		String environment = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		return this.source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables
				&& (variables.getName().equals(environment) || variables.getName().endsWith("-" + environment));
	}

	private boolean isServiceLink() {
		ConfigurationProperty property = this.source.getConfigurationProperty(this.name);
		return this.name.toString().matches(SERVICE_LINK)
				|| (property != null && String.valueOf(property.getValue()).matches(SERVICE_LINK_VALUE));
	}

	/**
	 * Returns the name and its origin.
	 */
	String description() {
		ConfigurationProperty property = this.source.getConfigurationProperty(this.name);
		Object origin = (property != null) ? property.getOrigin() : null;
		return "Property " + this.name + " ("
				+ ((origin != null) ? origin : String.valueOf(this.source.getUnderlyingSource())) + ")";
	}

	/**
	 * Returns the mistake and the correction as one line.
	 * @param suggestion the property that may have been meant
	 */
	String message(String suggestion) {
		if (suggestion.matches(BRACKETED_KEY) && !this.name.toString().matches(BRACKETED_KEY)) {
			return description() + " has no effect as written. Did you mean " + suggestion + "? A key with dots is"
					+ " written in brackets, in YAML as \"[a.b]\", and can't be set by an environment variable";
		}
		return description() + " is unknown. Did you mean " + suggestion + "?";
	}

	/**
	 * An element of a name.
	 *
	 * @param text the element as written
	 * @param letters its letters and digits in lower case, and all of it if it is in
	 * brackets
	 * @param bracketed whether it is in brackets
	 */
	record Element(String text, String letters, boolean bracketed) {
	}

}
