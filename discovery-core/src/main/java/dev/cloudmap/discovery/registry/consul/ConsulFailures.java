package dev.cloudmap.discovery.registry.consul;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.http.ProxyRoute;

/**
 * Translates failures of calls into exceptions.
 *
 * @param agent the agent's HTTP API
 */
record ConsulFailures(URI agent) {

	private static final int UNAUTHORIZED = 401;

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int SERVER_ERRORS = 500;

	private static final int REDIRECTS = 300;

	private static final int CLIENT_ERRORS = 400;

	/**
	 * Returns the exception for an answer that is not a result.
	 */
	DiscoveryException refused(ConsulOperation operation, ConsulAnswer answer) {
		String description = describe(operation, answer);
		if (isDenied(answer)) {
			return denied(description, operation, answer.body());
		}
		if (answer.body().contains("No path to datacenter")) {
			return new RegistryUnavailableException(description,
					"Correct the datacenter in discovery.consul.datacenter or in the namespace, or wait until it is reachable",
					null);
		}
		if (answer.status() >= SERVER_ERRORS || answer.status() == TOO_MANY_REQUESTS) {
			return new RegistryUnavailableException(description, null);
		}
		if (answer.body().contains("HTTP request to an HTTPS server")) {
			return new DiscoveryException(description, "Set discovery.consul.scheme to https", null);
		}
		if (answer.status() >= REDIRECTS && answer.status() < CLIENT_ERRORS) {
			return new DiscoveryException(description,
					"Set discovery.consul.host and .port to the HTTP API of a Consul agent", null);
		}
		return new DiscoveryException(description);
	}

	private static boolean isDenied(ConsulAnswer answer) {
		return answer.status() == ConsulAnswer.FORBIDDEN || answer.status() == UNAUTHORIZED
				|| answer.body().contains("Permission denied") || answer.body().contains("ACL not found");
	}

	private static AccessDeniedException denied(String description, ConsulOperation operation, String body) {
		return new AccessDeniedException(description,
				body.contains("ACL not found") ? "Consul does not know the token: correct discovery.consul.token"
						: "Set discovery.consul.token to a token with the permission " + operation.permission(),
				null);
	}

	/**
	 * Returns the exception for a result from which Consul removed everything that the
	 * token may not read.
	 */
	AccessDeniedException filtered(ConsulOperation operation) {
		return denied("Consul at " + this.agent + " answered " + operation.title()
				+ " with nothing but what the token may not read", operation, "");
	}

	/**
	 * Returns the exception for an answer of a server without a leader, which may have
	 * lost the connection to the others.
	 */
	RegistryUnavailableException leaderless(ConsulOperation operation) {
		return new RegistryUnavailableException(
				"Consul at " + this.agent + " answered " + operation.title() + " without a cluster leader", null);
	}

	/**
	 * Returns the exception for a call without an answer.
	 */
	DiscoveryException unanswered(ConsulOperation operation, Throwable cause) {
		String description = "Consul at " + this.agent + " could not be reached for " + operation.title()
				+ ProxyRoute.describe(ProxyRoute.ofJvm(this.agent)) + ": " + reason(cause);
		if (cause instanceof SSLException) {
			return new RegistryUnavailableException(description,
					"Check discovery.consul.scheme, and that the SSL bundle trusts the agent's certificate", cause);
		}
		if (cause instanceof ConnectException) {
			return new RegistryUnavailableException(description,
					"Start a Consul agent there, or correct discovery.consul.host and .port", cause);
		}
		return (cause instanceof IOException || cause instanceof TimeoutException)
				? new RegistryUnavailableException(description, cause) : new DiscoveryException(description, cause);
	}

	static String reason(Throwable failure) {
		Throwable cause = failure;
		while (cause.getCause() != null && cause.getMessage() == null) {
			cause = cause.getCause();
		}
		if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
			return "the host name can't be resolved";
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

	private String describe(ConsulOperation operation, ConsulAnswer answer) {
		return "Consul at " + this.agent + " answered " + operation.title() + " with status " + answer.status()
				+ (answer.body().isBlank() ? "" : ": " + answer.excerpt());
	}

}
