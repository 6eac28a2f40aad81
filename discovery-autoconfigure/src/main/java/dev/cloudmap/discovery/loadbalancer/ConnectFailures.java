package dev.cloudmap.discovery.loadbalancer;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.CompletionContext;
import org.springframework.cloud.client.loadbalancer.LoadBalancerLifecycle;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.Response;

import dev.cloudmap.discovery.catalog.InstanceCatalog;

/**
 * Tells the catalog of instances that a request could not connect to: it looks the
 * service up at once.
 */
public final class ConnectFailures implements LoadBalancerLifecycle<Object, Object, ServiceInstance> {

	/** How far behind a failure its cause is looked for. */
	private static final int MAX_CAUSES = 10;

	private final InstanceCatalog catalog;

	public ConnectFailures(InstanceCatalog catalog) {
		this.catalog = catalog;
	}

	@Override
	public void onStart(Request<Object> request) {
	}

	@Override
	public void onStartRequest(Request<Object> request, Response<ServiceInstance> response) {
	}

	@Override
	public void onComplete(CompletionContext<Object, ServiceInstance, Object> completion) {
		Response<ServiceInstance> response = completion.getLoadBalancerResponse();
		ServiceInstance instance = (response != null) ? response.getServer() : null;
		if (instance != null && completion.status() == CompletionContext.Status.FAILED
				&& isConnectFailure(completion.getThrowable())) {
			this.catalog.suspect(instance);
		}
	}

	/**
	 * Whether a request failed before there was a connection.
	 */
	static boolean isConnectFailure(@Nullable Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
			if (cause instanceof ConnectException || cause instanceof NoRouteToHostException
					|| cause instanceof UnknownHostException || cause instanceof HttpConnectTimeoutException
					|| (cause instanceof SocketTimeoutException timeout && isOfConnect(timeout))) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

	/**
	 * The JDK, Jetty and Apache's client tell by the message alone whether it was the
	 * connection or an answer that did not come in time.
	 */
	private static boolean isOfConnect(SocketTimeoutException timeout) {
		return String.valueOf(timeout.getMessage()).toLowerCase(Locale.ROOT).startsWith("connect");
	}

}
