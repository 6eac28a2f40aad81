package dev.cloudmap.discovery.loadbalancer.call;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Sends each load-balanced call with the timeouts of the called service, and every other
 * request as the given factory does. A client library fixes its timeouts when a client is
 * created, so there is one factory for each pair of timeouts.
 */
final class TimedRequestFactory implements ClientHttpRequestFactory, DisposableBean {

	/** Each factory may have connections and threads of its own. */
	private static final int MAX_FACTORIES = 16;

	private static final Logger logger = LoggerFactory.getLogger(TimedRequestFactory.class);

	private final ClientHttpRequestFactory untimed;

	private final Function<ConnectionTimeouts, ClientHttpRequestFactory> create;

	private final Map<ConnectionTimeouts, ClientHttpRequestFactory> timed = new ConcurrentHashMap<>();

	/**
	 * Creates the factory.
	 * @param untimed sends the requests that are not load-balanced
	 * @param create creates a factory like {@code untimed} with the given timeouts
	 */
	TimedRequestFactory(ClientHttpRequestFactory untimed,
			Function<ConnectionTimeouts, ClientHttpRequestFactory> create) {
		this.untimed = untimed;
		this.create = create;
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
		return factory(CallScope.current()).createRequest(uri, method);
	}

	private ClientHttpRequestFactory factory(@Nullable Call call) {
		if (call == null) {
			return this.untimed;
		}
		ConnectionTimeouts timeouts = ConnectionTimeouts.of(call.timeouts());
		ClientHttpRequestFactory known = this.timed.get(timeouts);
		if (known != null) {
			return known;
		}
		return (this.timed.size() < MAX_FACTORIES) ? this.timed.computeIfAbsent(timeouts, this::create)
				: this.timed.values().iterator().next();
	}

	private ClientHttpRequestFactory create(ConnectionTimeouts timeouts) {
		try {
			return this.create.apply(timeouts);
		}
		catch (RuntimeException ex) {
			logger.warn("{} keeps its own timeouts, since it cannot be created with {}",
					this.untimed.getClass().getName(), timeouts, ex);
			return this.untimed;
		}
	}

	@Override
	public void destroy() throws Exception {
		destroy(this.untimed);
		for (ClientHttpRequestFactory factory : this.timed.values()) {
			destroy(factory);
		}
	}

	private static void destroy(ClientHttpRequestFactory factory) throws Exception {
		if (factory instanceof DisposableBean disposable) {
			disposable.destroy();
		}
	}

}
