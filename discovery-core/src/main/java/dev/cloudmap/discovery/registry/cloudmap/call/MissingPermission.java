package dev.cloudmap.discovery.registry.cloudmap.call;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.AccessDeniedException;

/**
 * The permission that a denied call lacks. AWS names the action and the resource in its
 * messages (IAM User Guide, "Troubleshoot access denied error messages"). An operation on
 * a DNS namespace may lack a permission of Route 53 instead of one of Cloud Map.
 *
 * @param action the IAM action
 * @param resource the ARN of the resource, or a pattern of it
 * @param forbidden whether a policy denies the action explicitly
 */
record MissingPermission(String action, String resource, boolean forbidden) {

	private static final Pattern DENIAL = Pattern
		.compile("not authorized to perform: ([\\w-]+:\\w+)(?: on resource: (\\S*[\\w*]))?");

	private static final String EXPLICIT = "with an explicit deny";

	/**
	 * Finds the permission.
	 * @param operation the operation that was denied
	 * @param message the message of AWS; null if there is none
	 */
	static MissingPermission of(String operation, @Nullable String message) {
		Matcher denial = DENIAL.matcher((message != null) ? message : "");
		boolean found = denial.find();
		String resource = found ? denial.group(2) : null;
		return new MissingPermission(found ? denial.group(1) : "servicediscovery:" + operation,
				(resource != null) ? resource : resources(operation), message != null && message.contains(EXPLICIT));
	}

	/** The resources of the action (Service Authorization Reference, AWS Cloud Map). */
	private static String resources(String operation) {
		return switch (operation) {
			case "RegisterInstance", "DeregisterInstance", "GetInstance", "GetServiceAttributes",
					"UpdateInstanceCustomHealthStatus" ->
				"arn:aws:servicediscovery:*:*:service/*";
			case "CreateService" -> "arn:aws:servicediscovery:*:*:namespace/*";
			default -> "*";
		};
	}

	/**
	 * Creates the exception.
	 * @param answer the answer of the registry
	 * @param cause the cause, or null
	 */
	AccessDeniedException exception(String answer, @Nullable Throwable cause) {
		String description = answer + ". Expected credentials that are allowed '" + this.action + "' on '"
				+ this.resource + "'";
		if (this.forbidden) {
			return new AccessDeniedException(description,
					"A policy denies it explicitly: remove or narrow that statement", cause);
		}
		return new AccessDeniedException(description,
				"Add to the policy of the role that runs this application: {\"Effect\": \"Allow\", \"Action\": \""
						+ this.action + "\", \"Resource\": \"" + this.resource + "\"}",
				cause);
	}

}
