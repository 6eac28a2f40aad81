package dev.cloudmap.registry.api.message;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The shapes of values in the API's model: the allowed length of a string, the allowed
 * size of a list or map, or the allowed range of a number, and the regular expression
 * that a string must match.
 */
enum Shape {

	ACCOUNT(12, 12), ARN(0, 255), ATTRIBUTE_KEY(0, 255, "[a-zA-Z0-9!-~]+"),
	ATTRIBUTE_VALUE(0, 1024, "([a-zA-Z0-9!-~][ \\ta-zA-Z0-9!-~]*)?[a-zA-Z0-9!-~]?"), DESCRIPTION(0, 1024),
	DISCOVERED_INSTANCES(1, 1000), FAILURE_THRESHOLD(1, 10), FILTER_VALUE(1, 255),
	HTTP_NAMESPACE_NAME(0, 1024, "(?!arn:)[!-~]{1,1024}"), INSTANCE_ID(0, 64, "[0-9a-zA-Z_/:.@-]+"),
	NAMESPACE_NAME(0, 1024, "[!-~]{1,1024}"), NON_EMPTY(1, Integer.MAX_VALUE), PAGE_SIZE(1, 100), PAGE_TOKEN(0, 4096),
	PRIVATE_NAMESPACE_NAME(0, 253, "(?!arn:)[!-~]{1,253}"),
	PUBLIC_NAMESPACE_NAME(0, 253,
			"([a-zA-Z0-9]([a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])?\\.)+[a-zA-Z0-9]([a-zA-Z0-9\\-]{0,61}[a-zA-Z0-9])?"),
	RESOURCE_ARN(1, 1011), RESOURCE_ID(0, 64), RESOURCE_PATH(0, 255), SERVICE_ATTRIBUTES(1, 30),
	SERVICE_ATTRIBUTE_KEY(0, 255), SERVICE_ATTRIBUTE_VALUE(0, 1024),
	SERVICE_NAME(0, Integer.MAX_VALUE,
			"((?=.{1,127}$)([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9])(\\.([a-zA-Z0-9_][a-zA-Z0-9-_]{0,61}[a-zA-Z0-9_]|[a-zA-Z0-9]))*)|\\."),
	TAGS(0, 200), TAG_KEY(1, 128), TAG_VALUE(0, 256), TTL(0, Integer.MAX_VALUE);

	private final int min;

	private final int max;

	private final @Nullable Pattern pattern;

	Shape(int min, int max) {
		this.min = min;
		this.max = max;
		this.pattern = null;
	}

	Shape(int min, int max, String pattern) {
		this.min = min;
		this.max = max;
		this.pattern = Pattern.compile(pattern);
	}

	int min() {
		return this.min;
	}

	int max() {
		return this.max;
	}

	@Nullable Pattern pattern() {
		return this.pattern;
	}

}
