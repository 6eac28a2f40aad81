package dev.cloudmap.discovery.registry.cloudmap.call;

import org.jspecify.annotations.Nullable;

/**
 * The reasons for which AWS does not accept credentials. Unlike for a missing permission,
 * no policy resolves them.
 */
enum RejectedCredentials {

	/** The credentials have expired. */
	EXPIRED("The credentials have expired: renew them, for example with 'aws sso login', or remove the expired"
			+ " AWS_SESSION_TOKEN, so that the AWS SDK renews those of the role itself"),

	/** The access key does not exist, for example in this partition. */
	UNKNOWN("Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and that the region belongs to the"
			+ " partition of the account"),

	/** The signature is wrong or too old. */
	SIGNATURE("Check AWS_SECRET_ACCESS_KEY, and that the clock of this machine is right"),

	/** The account does not use the region or the service. */
	ACCOUNT("Enable the region for the account, or correct discovery.cloud-map.region");

	private static final String SUFFIX = "Exception";

	private final String action;

	RejectedCredentials(String action) {
		this.action = action;
	}

	/**
	 * What to do.
	 */
	String action() {
		return this.action;
	}

	/**
	 * Finds the reason (Cloud Map API reference, "Common Errors").
	 * @param code the error code, with or without the suffix {@code Exception}
	 * @return the reason; null if the code does not concern the credentials
	 */
	static @Nullable RejectedCredentials of(String code) {
		String name = code.endsWith(SUFFIX) ? code.substring(0, code.length() - SUFFIX.length()) : code;
		return switch (name) {
			case "ExpiredToken" -> EXPIRED;
			case "UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId" -> UNKNOWN;
			case "InvalidSignature", "SignatureDoesNotMatch", "IncompleteSignature", "RequestExpired",
					"RequestTimeTooSkewed" ->
				SIGNATURE;
			case "OptInRequired", "SubscriptionRequired" -> ACCOUNT;
			default -> null;
		};
	}

}
