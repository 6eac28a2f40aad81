package dev.cloudmap.discovery.registration;

import java.util.Map;

/**
 * Adds to, or changes, the attributes with which this application is registered. Beans of
 * this type are called in their order, after all attributes that the library finds out,
 * each time the application is registered or its metadata may have changed.
 */
@FunctionalInterface
public interface RegistrationCustomizer {

	/**
	 * Customizes the attributes. Address and port are not among them: they are set
	 * afterwards. What Cloud Map would refuse is refused then.
	 * @param attributes the attributes, to be changed in place; not null
	 */
	void customize(Map<String, String> attributes);

}
