package dev.cloudmap.discovery.registration.instance;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.registry.InstanceRegistration;

/**
 * The limits of Cloud Map for the attributes of an instance (API reference,
 * {@code RegisterInstance}). They are checked before a call, so that the message names
 * the property or class to correct.
 */
public final class AttributeLimits {

	static final int MAX_CUSTOM_ATTRIBUTES = 30;

	static final int MAX_KEY_LENGTH = 255;

	static final int MAX_VALUE_LENGTH = 1024;

	static final int MAX_CHARACTERS = 5000;

	/** What values are accepted, for messages. */
	public static final String EXPECTED_VALUE = "at most " + MAX_VALUE_LENGTH
			+ " ASCII letters, digits, signs and blanks, and no blank at either end";

	/** Reserved names that may be set; others are the library's or Cloud Map's. */
	private static final Set<String> ALLOWED = Set.of(InstanceAttributes.CNAME, InstanceAttributes.INIT_HEALTH_STATUS);

	private static final Pattern KEY = Pattern.compile("[!-~]+");

	private static final Pattern VALUE = Pattern.compile("([!-~]([ \t!-~]*[!-~])?)?");

	private AttributeLimits() {
	}

	/**
	 * Whether the registry accepts the value of an attribute.
	 */
	public static boolean isValidValue(String value) {
		return value.length() <= MAX_VALUE_LENGTH && VALUE.matcher(value).matches();
	}

	/**
	 * Checks each attribute by itself.
	 * @param source what has set them: a property or a class
	 * @param attributes the attributes
	 * @throws DiscoveryException if one of them would be refused
	 */
	static void check(String source, Map<String, String> attributes) {
		attributes.forEach((key, value) -> {
			if (key.length() > MAX_KEY_LENGTH || !KEY.matcher(key).matches()) {
				throw new DiscoveryException(
						"'" + key + "' of " + source + " can't be an attribute: expected a name of 1 to "
								+ MAX_KEY_LENGTH + " ASCII letters, digits and signs without blanks",
						"Correct the name in " + source, null);
			}
			if (key.startsWith(InstanceAttributes.RESERVED_PREFIX) && !ALLOWED.contains(key)) {
				throw new DiscoveryException("'" + key + "' of " + source + " can't be an attribute: names with "
						+ InstanceAttributes.RESERVED_PREFIX + " are reserved", instead(key), null);
			}
			if (value.length() > MAX_VALUE_LENGTH) {
				throw new DiscoveryException("The value of '" + key + "' of " + source + " has " + value.length()
						+ " characters: expected " + MAX_VALUE_LENGTH + " or fewer", "Shorten it", null);
			}
			if (!VALUE.matcher(value).matches()) {
				throw new DiscoveryException(
						"The value '" + value + "' of '" + key + "' of " + source + " can't be registered: expected"
								+ " ASCII letters, digits, signs and blanks, and none of those at either end",
						"Correct it, or set discovery.registration.metadata." + key, null);
			}
		});
	}

	private static String instead(String key) {
		return switch (key) {
			case InstanceAttributes.IPV4, InstanceAttributes.IPV6 -> "Set discovery.registration.host";
			case InstanceAttributes.PORT -> "Set discovery.registration.port";
			default -> "Choose another name";
		};
	}

	/**
	 * Checks attributes together.
	 * @throws DiscoveryException if there are too many of them
	 */
	static void checkSum(Map<String, String> all) {
		long custom = all.keySet()
			.stream()
			.filter((key) -> !key.startsWith(InstanceAttributes.RESERVED_PREFIX))
			.count();
		if (custom > MAX_CUSTOM_ATTRIBUTES) {
			throw tooMuch(custom + " attributes", MAX_CUSTOM_ATTRIBUTES, all);
		}
		int characters = all.entrySet()
			.stream()
			.mapToInt((attribute) -> attribute.getKey().length() + attribute.getValue().length())
			.sum();
		if (characters > MAX_CHARACTERS) {
			throw tooMuch("attributes of " + characters + " characters", MAX_CHARACTERS, all);
		}
	}

	private static DiscoveryException tooMuch(String found, int limit, Map<String, String> all) {
		return new DiscoveryException(
				"This application has " + found + ": expected " + limit + " or fewer, found "
						+ all.keySet().stream().sorted().toList(),
				"Remove some from discovery.registration.metadata or the registration's metadata, or with a"
						+ " RegistrationCustomizer",
				null);
	}

}
