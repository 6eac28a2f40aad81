package dev.cloudmap.discovery.loadbalancer;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;
import org.springframework.cloud.client.loadbalancer.RetryableRequestContext;

/**
 * The instances that a request has been sent to before, which it is not sent to again as
 * long as there is another.
 */
public final class TriedInstances {

	/**
	 * The name of a request's attribute, in {@link RequestData#getAttributes()}, whose
	 * value is a collection of the {@link ServiceInstance}s that it has been sent to.
	 * Spring Cloud LoadBalancer's own retries tell only of the last one, without it.
	 */
	public static final String ATTRIBUTE = "dev.cloudmap.discovery.loadbalancer.tried";

	/** Blocking clients hand no attributes on, and choose on the thread that calls. */
	private static final ThreadLocal<@Nullable Collection<ServiceInstance>> onThisThread = new ThreadLocal<>();

	private TriedInstances() {
	}

	/**
	 * Sends a request from this thread, to none of those that it has been sent to.
	 * @param <T> what comes of it
	 * @param tried the instances that it has been sent to; not null
	 * @param request sends it; not null
	 * @return what comes of it
	 * @throws IOException if sending throws it
	 */
	public static <T> T avoid(Collection<ServiceInstance> tried, Sending<T> request) throws IOException {
		Collection<ServiceInstance> outer = onThisThread.get();
		onThisThread.set(tried);
		try {
			return request.send();
		}
		finally {
			if (outer != null) {
				onThisThread.set(outer);
			}
			else {
				onThisThread.remove();
			}
		}
	}

	/**
	 * What a request has tried.
	 * @param request the request; not null
	 * @return the instances' keys; empty if it is sent for the first time
	 */
	static Set<InstanceKey> of(Request<?> request) {
		Object sent = onThisThread.get();
		Object attribute = null;
		ServiceInstance previous = null;
		if (request.getContext() instanceof RequestDataContext context) {
			RequestData data = context.getClientRequest();
			attribute = (data != null && data.getAttributes() != null) ? data.getAttributes().get(ATTRIBUTE) : null;
			previous = (context instanceof RetryableRequestContext retry) ? retry.getPreviousServiceInstance() : null;
		}
		if (isNobody(sent) && isNobody(attribute) && previous == null) {
			return Set.of();
		}
		Set<InstanceKey> keys = new HashSet<>();
		add(keys, sent);
		add(keys, attribute);
		if (previous != null) {
			keys.add(InstanceKey.of(previous));
		}
		return keys;
	}

	private static boolean isNobody(@Nullable Object tried) {
		return !(tried instanceof Collection<?> instances) || instances.isEmpty();
	}

	private static void add(Set<InstanceKey> keys, @Nullable Object tried) {
		if (tried instanceof Collection<?> instances) {
			for (Object instance : instances) {
				if (instance instanceof ServiceInstance known) {
					keys.add(InstanceKey.of(known));
				}
			}
		}
	}

	/**
	 * Sends a request.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	public interface Sending<T> {

		/**
		 * Sends it.
		 * @return what comes of it
		 * @throws IOException if it can't be sent, or is not answered
		 */
		T send() throws IOException;

	}

}
