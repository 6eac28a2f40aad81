package dev.cloudmap.discovery.registration;

import java.util.Map;

/**
 * Adds to, or changes, the attributes with which this application is registered.
 */
@FunctionalInterface
public interface RegistrationCustomizer {

	/**
	 * Customizes the attributes. Address and port are not among them: they are set
	 * afterwards.
	 * @param attributes the attributes, to be changed in place; not null
	 */
	void customize(Map<String, String> attributes);

}
