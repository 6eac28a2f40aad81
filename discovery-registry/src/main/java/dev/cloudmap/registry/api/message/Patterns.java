package dev.cloudmap.registry.api.message;

/**
 * The limits and regular expressions of the API's model.
 */
public final class Patterns {

	static final String HTTP_NAMESPACE_NAME = "(?!arn:)[!-~]{1,1024}";

	static final String PRIVATE_NAMESPACE_NAME = "(?!arn:)[!-~]{1,253}";

	static final String PUBLIC_NAMESPACE_NAME = "([a-zA-Z0-9]([a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z0-9]([a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])?";

	static final String NAMESPACE_NAME = "[!-~]{1,1024}";

	static final String SERVICE_NAME = "((?=.{1,127}$)([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9])(\\.([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9]))*)|\\.";

	static final String INSTANCE_ID = "[0-9a-zA-Z_/:.@-]+";

	static final String ATTRIBUTE_KEY = "[a-zA-Z0-9!-~]+";

	static final String ATTRIBUTE_VALUE = "([a-zA-Z0-9!-~][ \\ta-zA-Z0-9!-~]*)?[a-zA-Z0-9!-~]?";

	static final int MAX_ARN = 255;

	static final int MAX_RESOURCE_ARN = 1011;

	static final int MAX_RESOURCE_ID = 64;

	static final int MAX_DESCRIPTION = 1024;

	static final int MAX_NAMESPACE_NAME = 1024;

	static final int MAX_DNS_NAMESPACE_NAME = 253;

	static final int MAX_ATTRIBUTE_KEY = 255;

	static final int MAX_ATTRIBUTE_VALUE = 1024;

	static final int MAX_SERVICE_ATTRIBUTES = 30;

	static final int MAX_TAGS = 200;

	static final int MAX_TAG_KEY = 128;

	static final int MAX_TAG_VALUE = 256;

	static final int MAX_TOKEN = 4096;

	public static final int MAX_PAGE = 100;

	static final int MAX_DISCOVERED = 1000;

	static final int MAX_FILTER_VALUE = 255;

	static final int MAX_RESOURCE_PATH = 255;

	static final int MAX_FAILURE_THRESHOLD = 10;

	static final int ACCOUNT_LENGTH = 12;

	private Patterns() {
	}

}
