package dev.cloudmap.discovery.registry.cloudmap.call;

import java.io.CharConversionException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.zip.ZipException;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.InstanceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.ResourceLimitExceededException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NoCustomHealthException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.cloudmap.connection.AnswerTooLargeException;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.connection.SdkProxy;
import dev.cloudmap.discovery.registry.http.ProxyRoute;

/**
 * Translates exceptions of the SDK into exceptions that state what a user can do.
 *
 * @param location the name of the registry in messages
 * @param endpoint the endpoint, which decides whether calls pass a proxy
 */
record CallFailures(String location, CloudMapEndpoint endpoint) {

	/**
	 * The registry's error code for a host name that is not allowed. An IAM policy does
	 * not resolve it.
	 */
	private static final String HOST_NOT_ALLOWED = "HostNotAllowed";

	/**
	 * The prefix of the SDK's messages for an answer or error that it cannot parse.
	 */
	private static final String NOT_READABLE = "Unable to unmarshall ";

	private static final String UNKNOWN_HOST = "The name of that host can't be resolved: check the region"
			+ " (discovery.cloud-map.region) or the endpoint (discovery.cloud-map.endpoint), and the DNS of this machine";

	/** The package prefix of the SDK's JSON parser. */
	private static final String JSON_PARSER = "software.amazon.awssdk.thirdparty.";

	/**
	 * Returns the exception for a failed call.
	 * @param operation the operation
	 * @param ex the exception of the SDK, which becomes the cause
	 */
	DiscoveryException translate(String operation, SdkException ex) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof AnswerTooLargeException tooLarge) {
				return new UnexpectedAnswerException(this.location, operation, "at most " + tooLarge.limit() + " bytes",
						"more", ex);
			}
		}
		if (String.valueOf(ex.getMessage()).startsWith(NOT_READABLE)) {
			if (isBrokenOff(rootCause(ex))) {
				return new RegistryUnavailableException("The connection to Cloud Map at " + this.location
						+ " broke off in the answer to " + operation + ": " + rootMessage(ex), ex);
			}
			return new UnexpectedAnswerException(this.location, operation, "the JSON of Cloud Map",
					"something else" + ProxyRoute.describe(proxy()), ex);
		}
		if (ex instanceof InstanceNotFoundException || ex instanceof ServiceNotFoundException
				|| ex instanceof NamespaceNotFoundException) {
			return new NotRegisteredException(describe(operation, (AwsServiceException) ex), ex);
		}
		if (ex instanceof CustomHealthNotFoundException refusal) {
			return new NoCustomHealthException(describe(operation, refusal), ex);
		}
		if (ex instanceof AwsServiceException refusal) {
			return refusal(operation, refusal);
		}
		if (isUnreachable(ex)) {
			String description = "Cloud Map at " + this.location + " could not be reached for " + operation
					+ ProxyRoute.describe(proxy()) + ": " + rootMessage(ex);
			return (rootCause(ex) instanceof UnknownHostException)
					? new RegistryUnavailableException(description, UNKNOWN_HOST, ex)
					: new RegistryUnavailableException(description, ex);
		}
		if (String.valueOf(ex.getMessage()).contains("Unable to load credentials")) {
			return new MissingCredentialsException(operation, ex);
		}
		return new DiscoveryException(operation + " failed before Cloud Map was called: " + ex.getMessage(), ex);
	}

	private DiscoveryException refusal(String operation, AwsServiceException ex) {
		// another embedded registry than the one the application joined may require
		// signatures
		if (ex.isThrottlingException() || ex.statusCode() >= 500 || isOfProxy(ex)
				|| errorCode(ex).startsWith("MissingAuthenticationToken")) {
			return new RegistryUnavailableException(describe(operation, ex), ex);
		}
		if (errorCode(ex).equals(HOST_NOT_ALLOWED)) {
			return new DiscoveryException(describe(operation, ex), ex);
		}
		RejectedCredentials rejected = RejectedCredentials.of(errorCode(ex));
		if (rejected != null) {
			return new AccessDeniedException(describe(operation, ex), rejected.action(), ex);
		}
		if (ex.statusCode() == 403 || errorCode(ex).startsWith("AccessDenied")) {
			return MissingPermission.of(operation, message(ex)).exception(describe(operation, ex), ex);
		}
		if (ex instanceof ResourceLimitExceededException) {
			return new DiscoveryException(describe(operation, ex), "A quota of AWS Cloud Map is reached: deregister"
					+ " instances or delete services that are not used, or request a higher quota in Service Quotas",
					ex);
		}
		return new DiscoveryException(describe(operation, ex), ex);
	}

	private String describe(String operation, AwsServiceException ex) {
		String message = message(ex);
		String proxy = isOfProxy(ex) ? ProxyRoute.describe(proxy()) : "";
		return "Cloud Map at " + this.location + " answered " + operation + proxy + " with " + errorCode(ex)
				+ ((message != null) ? ": " + message : "");
	}

	private static @Nullable String message(AwsServiceException ex) {
		return (ex.awsErrorDetails() != null) ? ex.awsErrorDetails().errorMessage() : null;
	}

	/**
	 * Returns whether an answer may come from a proxy. Errors of Cloud Map have an error
	 * code.
	 */
	private boolean isOfProxy(AwsServiceException ex) {
		boolean hasCode = ex.awsErrorDetails() != null && ex.awsErrorDetails().errorCode() != null;
		return !hasCode && proxy() != null;
	}

	private @Nullable String proxy() {
		return this.endpoint.isKnown() ? SdkProxy.of(this.endpoint.uri()) : null;
	}

	private static String errorCode(AwsServiceException ex) {
		String code = (ex.awsErrorDetails() != null) ? ex.awsErrorDetails().errorCode() : null;
		return (code != null) ? code : "status " + ex.statusCode();
	}

	private static boolean isUnreachable(SdkException ex) {
		if (ex instanceof ApiCallTimeoutException || ex instanceof ApiCallAttemptTimeoutException) {
			return true;
		}
		return ex instanceof SdkClientException && rootCause(ex) instanceof IOException;
	}

	/**
	 * Returns whether the connection failed while the answer was read. The exceptions for
	 * content that is not JSON, UTF-8 or GZIP are {@link IOException}s too.
	 */
	private static boolean isBrokenOff(Throwable root) {
		return root instanceof IOException && !(root instanceof ZipException)
				&& !(root instanceof CharConversionException) && !root.getClass().getName().startsWith(JSON_PARSER);
	}

	private static String rootMessage(Throwable ex) {
		Throwable root = rootCause(ex);
		return (root.getMessage() != null) ? root.getMessage() : root.getClass().getSimpleName();
	}

	private static Throwable rootCause(Throwable ex) {
		Throwable cause = ex;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

}
