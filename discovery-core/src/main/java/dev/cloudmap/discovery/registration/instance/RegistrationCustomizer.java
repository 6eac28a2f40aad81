package dev.cloudmap.discovery.registration.instance;

import java.util.Map;

/**
 * Customizes the attributes with which this application is registered. Beans of this type
 * are called in their order, after the library has set its attributes, each time the
 * application is registered or its metadata may have changed.
 */
@FunctionalInterface
public interface RegistrationCustomizer {

	/**
	 * Customizes the attributes. Address and port are set afterwards. Then attributes
	 * that Cloud Map would refuse are refused.
	 * @param attributes the attributes, to be changed in place
	 */
	void customize(Map<String, String> attributes);

}
