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
 * @param cause why the call was denied
 */
record MissingPermission(String action, String resource, Cause cause) {

	private static final Pattern DENIAL = Pattern
		.compile("not authorized to perform: ([\\w-]+:\\w+)(?: on resource: (\\S*[\\w*]))?");

	private static final Pattern ACCOUNT = Pattern.compile("arn:[^:]*:servicediscovery:[^:]*:(\\d{12}):.*");

	/**
	 * The cause of a denial.
	 */
	enum Cause {

		/** No policy of the caller allows the action. */
		NOT_ALLOWED(""),

		/** A policy denies the action explicitly. */
		DENIED("with an explicit deny"),

		/**
		 * The resource share of another account does not allow the action (Amazon ECS
		 * Developer Guide, "Troubleshooting Amazon ECS Service Connect with shared AWS
		 * Cloud Map namespaces").
		 */
		NOT_SHARED("no resource-based policy allows");

		/** The part of AWS's message that identifies the cause. */
		private final String words;

		Cause(String words) {
			this.words = words;
		}

		static Cause of(String message) {
			if (message.contains(DENIED.words)) {
				return DENIED;
			}
			return message.contains(NOT_SHARED.words) ? NOT_SHARED : NOT_ALLOWED;
		}

	}

	/**
	 * Finds the permission.
	 * @param operation the operation that was denied
	 * @param message the message of AWS; null if there is none
	 */
	static MissingPermission of(String operation, @Nullable String message) {
		String text = (message != null) ? message : "";
		Matcher denial = DENIAL.matcher(text);
		boolean found = denial.find();
		String resource = found ? denial.group(2) : null;
		return new MissingPermission(found ? denial.group(1) : "servicediscovery:" + operation,
				(resource != null) ? resource : resources(operation), Cause.of(text));
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
	 * @param failure the failed call, or null
	 */
	AccessDeniedException exception(String answer, @Nullable Throwable failure) {
		String description = answer + ". Expected credentials that are allowed '" + this.action + "' on '"
				+ this.resource + "'";
		String recommended = switch (this.cause) {
			case DENIED -> "A policy denies it explicitly: remove or narrow that statement";
			case NOT_SHARED ->
				"Let " + owner() + " allow the action in the AWS RAM resource share of the namespace, for"
						+ " example by a managed permission that has it, and accept the share in this account";
			case NOT_ALLOWED ->
				"Add to the policy of the role that runs this application: {\"Effect\": \"Allow\", \"Action\": \""
						+ this.action + "\", \"Resource\": \"" + this.resource + "\"}";
		};
		return new AccessDeniedException(description, recommended, failure);
	}

	/** Returns the owner of the resource. */
	private String owner() {
		Matcher arn = ACCOUNT.matcher(this.resource);
		return arn.matches() ? "the account " + arn.group(1) : "the owner";
	}

}
