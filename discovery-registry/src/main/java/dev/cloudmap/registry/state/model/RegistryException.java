package dev.cloudmap.registry.state.model;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that the registry rejects, with the content of the error response.
 */
public final class RegistryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final ErrorType type;

	@SuppressWarnings("serial")
	private final Map<String, String> members;

	/**
	 * Creates an exception.
	 * @param type the type of the error
	 * @param message the message for the client
	 */
	public RegistryException(ErrorType type, String message) {
		this(type, message, Map.of());
	}

	private RegistryException(ErrorType type, String message, Map<String, String> members) {
		// Not a defect: the stack trace is of no use.
		super(message, null, false, false);
		this.type = type;
		this.members = members;
	}

	/**
	 * Adds a member to the error response.
	 * @param name the name of the member
	 * @param value its value
	 * @return the exception with the member
	 */
	public RegistryException with(String name, String value) {
		Map<String, String> extended = new LinkedHashMap<>(this.members);
		extended.put(name, value);
		return new RegistryException(this.type, message(), extended);
	}

	/**
	 * Returns the type of the error.
	 * @return the type of the error
	 */
	public ErrorType type() {
		return this.type;
	}

	/**
	 * Returns the message.
	 * @return the message
	 */
	public String message() {
		return String.valueOf(getMessage());
	}

	/**
	 * Returns the further members of the error response by name.
	 * @return the members
	 */
	public Map<String, String> members() {
		return this.members;
	}

	/**
	 * Creates an {@link ErrorType#INVALID_INPUT} exception.
	 * @param message the message: what was expected, what was found, what to change
	 * @return the exception
	 */
	public static RegistryException invalid(String message) {
		return new RegistryException(ErrorType.INVALID_INPUT, message);
	}

	/**
	 * Creates the exception of a lookup in an unknown namespace.
	 * @param httpName the HTTP name of the namespace
	 * @return the exception
	 */
	public static RegistryException noNamespaceNamed(String httpName) {
		return new RegistryException(ErrorType.NAMESPACE_NOT_FOUND,
				"There is no namespace with the HTTP name '%s'.".formatted(httpName));
	}

}
