package dev.cloudmap.registry.api.signature;

import dev.cloudmap.registry.api.message.RejectedRequestException;

/**
 * The errors of AWS Signature Version 4.
 */
final class SignatureErrors {

	private SignatureErrors() {
	}

	static RejectedRequestException missing() {
		return new RejectedRequestException("MissingAuthenticationTokenException", "Missing Authentication Token");
	}

	static RejectedRequestException incomplete(String message) {
		return new RejectedRequestException("IncompleteSignatureException", message);
	}

	static RejectedRequestException unknownKey() {
		return new RejectedRequestException("UnrecognizedClientException",
				"The security token included in the request is invalid.");
	}

	static RejectedRequestException invalid(String message) {
		return new RejectedRequestException("InvalidSignatureException", message);
	}

}
