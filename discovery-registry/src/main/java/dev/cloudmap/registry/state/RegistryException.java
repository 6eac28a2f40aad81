package dev.cloudmap.registry.state;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that the registry refuses, with all a client is told about it.
 */
public final class RegistryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final Fault fault;

	@SuppressWarnings("serial")
	private final Map<String, String> members;

	/**
	 * Creates a refusal.
	 * @param fault why
	 * @param message what was expected, what was found and what to write instead
	 */
	public RegistryException(Fault fault, String message) {
		this(fault, message, Map.of());
	}

	private RegistryException(Fault fault, String message, Map<String, String> members) {
		// An answer to a caller, not a defect: nobody reads its stack trace.
		super(message, null, false, false);
		this.fault = fault;
		this.members = members;
	}

	/**
	 * Returns the same refusal with one more member for the client to act on.
	 * @param name the member's name on the wire
	 * @param value its value
	 * @return the refusal with the member
	 */
	public RegistryException with(String name, String value) {
		Map<String, String> extended = new LinkedHashMap<>(this.members);
		extended.put(name, value);
		return new RegistryException(this.fault, message(), extended);
	}

	/**
	 * Returns why the request is refused.
	 * @return why the request is refused
	 */
	public Fault fault() {
		return this.fault;
	}

	/**
	 * Returns the message, which is always present.
	 * @return the message
	 */
	public String message() {
		return String.valueOf(getMessage());
	}

	/**
	 * Returns the members beside the message, by their names on the wire.
	 * @return the members beside the message
	 */
	public Map<String, String> members() {
		return this.members;
	}

	/**
	 * Creates a refusal of a request's content.
	 * @param message what was expected, what was found and what to write instead
	 * @return the refusal
	 */
	public static RegistryException invalid(String message) {
		return new RegistryException(Fault.INVALID_INPUT, message);
	}

	/**
	 * Creates the refusal of a look-up in a namespace that is not there.
	 * @param httpName the name that look-ups take
	 * @return the refusal
	 */
	public static RegistryException noNamespaceNamed(String httpName) {
		return new RegistryException(Fault.NAMESPACE_NOT_FOUND,
				"There is no namespace with the HTTP name '%s'.".formatted(httpName));
	}

	static RegistryException noNamespace(String id) {
		return new RegistryException(Fault.NAMESPACE_NOT_FOUND,
				"There is no namespace with the id '%s'.".formatted(id));
	}

	static RegistryException noService(String id) {
		return new RegistryException(Fault.SERVICE_NOT_FOUND, "There is no service with the id '%s'.".formatted(id));
	}

	static RegistryException noInstance(InstanceKey key) {
		return new RegistryException(Fault.INSTANCE_NOT_FOUND,
				"The service '%s' has no instance '%s'.".formatted(key.serviceId(), key.instanceId()));
	}

	static RegistryException noResource(String arn) {
		return new RegistryException(Fault.RESOURCE_NOT_FOUND,
				"There is no namespace and no service with the ARN '%s'.".formatted(arn));
	}

}
