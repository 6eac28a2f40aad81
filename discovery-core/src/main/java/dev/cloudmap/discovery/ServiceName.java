package dev.cloudmap.discovery;

import java.util.regex.Pattern;

/**
 * The name of a service in its namespace.
 *
 * @param namespace the namespace
 * @param name the service's own name without the namespace: labels of up to 63 letters,
 * digits, hyphens and underscores, 127 characters in all (Cloud Map API reference,
 * {@code ServiceName})
 */
public record ServiceName(Namespace namespace, String name) {

	private static final int MAX_LENGTH = 127;

	private static final Pattern NAME = Pattern.compile("([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9])"
			+ "(\\.([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9]))*");

	/**
	 * Validates the name.
	 * @throws InvalidNameException if the name is invalid
	 */
	public ServiceName {
		if (!isValid(name)) {
			throw invalid(name, "spring.application.name");
		}
	}

	static boolean isValid(String name) {
		return name.length() <= MAX_LENGTH && NAME.matcher(name).matches();
	}

	/**
	 * Creates a service whose name is configured.
	 * @param namespace the namespace
	 * @param name the name
	 * @param property the property that holds the name
	 * @throws InvalidNameException if the name is invalid
	 */
	public static ServiceName of(Namespace namespace, String name, String property) {
		if (!isValid(name)) {
			throw invalid(name, property);
		}
		return new ServiceName(namespace, name);
	}

	private static InvalidNameException invalid(String name, String property) {
		return new InvalidNameException("service name", name,
				"labels of 1 to 63 letters, digits, '-' and '_' separated by dots, 127 characters at most, such as 'worker'",
				property);
	}

	/**
	 * The service and its namespace, as in DNS but without the final dot:
	 * {@code worker.corp}.
	 */
	@Override
	public String toString() {
		return this.name + "." + this.namespace;
	}

}
