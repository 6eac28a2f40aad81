package dev.cloudmap.discovery.loadbalancer.name;

import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;

/**
 * The HTTP client could not resolve the name by which an instance is called. It is not
 * one that resolves such names from the catalog, nor does the machine's DNS resolve them.
 */
public final class UnresolvedNameException extends UnknownHostException {

	private static final long serialVersionUID = 1L;

	private UnresolvedNameException(CatalogServiceInstance instance, Throwable cause) {
		super("The HTTP client can't resolve '" + instance.getHost() + "', the name of instance "
				+ instance.getInstanceId() + " of " + instance.service()
				+ " (discovery.load-balancer.call-by=name). Expected a client that resolves it from the catalog, or DNS"
				+ " of this machine that resolves it. Use Apache's HTTP client, Jetty's or Reactor Netty with a builder"
				+ " of Spring Boot, set the instance's attribute " + InstanceAttributes.TLS_NAME
				+ " to a name that resolves, or set discovery.load-balancer.call-by=address");
		initCause(cause);
	}

	/**
	 * Explains the failure of a call.
	 * @param instance the instance that was called
	 * @param failure the exception of the client
	 * @return the explanation; null if the failure has another reason
	 */
	public static @Nullable UnresolvedNameException of(CatalogServiceInstance instance, Throwable failure) {
		for (Throwable cause = failure; cause != null && instance.isCalledByName(); cause = cause.getCause()) {
			if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
				return new UnresolvedNameException(instance, failure);
			}
		}
		return null;
	}

}
