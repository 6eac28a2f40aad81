package dev.cloudmap.registry.state.model;

/**
 * The types of errors of Cloud Map.
 */
public enum ErrorType {

	INVALID_INPUT("InvalidInput"), NAMESPACE_NOT_FOUND("NamespaceNotFound"), SERVICE_NOT_FOUND("ServiceNotFound"),
	INSTANCE_NOT_FOUND("InstanceNotFound"), OPERATION_NOT_FOUND("OperationNotFound"),
	CUSTOM_HEALTH_NOT_FOUND("CustomHealthNotFound"), NAMESPACE_ALREADY_EXISTS("NamespaceAlreadyExists"),
	SERVICE_ALREADY_EXISTS("ServiceAlreadyExists"), DUPLICATE_REQUEST("DuplicateRequest"),
	RESOURCE_LIMIT_EXCEEDED("ResourceLimitExceeded"), RESOURCE_IN_USE("ResourceInUse"),
	RESOURCE_NOT_FOUND("ResourceNotFoundException"), TOO_MANY_TAGS("TooManyTagsException"),
	SERVICE_ATTRIBUTES_LIMIT_EXCEEDED("ServiceAttributesLimitExceededException"), THROTTLING("ThrottlingException");

	private final String wireName;

	ErrorType(String wireName) {
		this.wireName = wireName;
	}

	/**
	 * Returns the name of the type in responses.
	 * @return the name of the type in responses
	 */
	public String wireName() {
		return this.wireName;
	}

}
