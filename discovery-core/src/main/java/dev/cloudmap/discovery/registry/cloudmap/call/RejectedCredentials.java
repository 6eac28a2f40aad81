package dev.cloudmap.discovery.registry.cloudmap.call;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The error codes for credentials that AWS does not accept (Cloud Map API reference,
 * "Common Errors"). Unlike for a missing permission, no policy resolves them.
 */
enum RejectedCredentials {

	/** The credentials have expired. */
	EXPIRED("The credentials have expired: renew them, for example with 'aws sso login', or remove the expired"
			+ " AWS_SESSION_TOKEN, so that the AWS SDK renews those of the role itself", "ExpiredToken"),

	/** The access key does not exist, for example in this partition. */
	UNKNOWN("Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, and that the region belongs to the"
			+ " partition of the account", "UnrecognizedClient", "InvalidClientTokenId", "InvalidAccessKeyId"),

	/** The signature is wrong or too old. */
	SIGNATURE("Check AWS_SECRET_ACCESS_KEY, and that the clock of this machine is right", "InvalidSignature",
			"SignatureDoesNotMatch", "IncompleteSignature", "RequestExpired", "RequestTimeTooSkewed"),

	/** The account does not use the region or the service. */
	ACCOUNT("Enable the region for the account, or correct discovery.cloud-map.region", "OptInRequired",
			"SubscriptionRequired");

	private final String action;

	private final List<String> codes;

	RejectedCredentials(String action, String... codes) {
		this.action = action;
		this.codes = List.of(codes);
	}

	/**
	 * What to do.
	 */
	String action() {
		return this.action;
	}

	/**
	 * Finds the reason for an error code, with or without the suffix {@code Exception}.
	 * @return the reason; null if the code does not concern the credentials
	 */
	static @Nullable RejectedCredentials of(String code) {
		for (RejectedCredentials reason : values()) {
			if (reason.codes.stream().anyMatch(code::startsWith)) {
				return reason;
			}
		}
		return null;
	}

}
