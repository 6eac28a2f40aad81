package dev.cloudmap.registry.state;

/**
 * Why a request is refused. The names on the wire are the real service's.
 */
public enum Fault {

	INVALID_INPUT("InvalidInput"), NAMESPACE_NOT_FOUND("NamespaceNotFound"), SERVICE_NOT_FOUND("ServiceNotFound"),
	INSTANCE_NOT_FOUND("InstanceNotFound"), OPERATION_NOT_FOUND("OperationNotFound"),
	CUSTOM_HEALTH_NOT_FOUND("CustomHealthNotFound"), NAMESPACE_ALREADY_EXISTS("NamespaceAlreadyExists"),
	SERVICE_ALREADY_EXISTS("ServiceAlreadyExists"), DUPLICATE_REQUEST("DuplicateRequest"),
	RESOURCE_LIMIT_EXCEEDED("ResourceLimitExceeded"), RESOURCE_IN_USE("ResourceInUse"),
	RESOURCE_NOT_FOUND("ResourceNotFoundException"), TOO_MANY_TAGS("TooManyTagsException"),
	SERVICE_ATTRIBUTES_LIMIT_EXCEEDED("ServiceAttributesLimitExceededException"), THROTTLING("ThrottlingException");

	private final String wireName;

	Fault(String wireName) {
		this.wireName = wireName;
	}

	/**
	 * Returns the name under which clients know this fault.
	 * @return the name under which clients know this fault
	 */
	public String wireName() {
		return this.wireName;
	}

}
