package dev.cloudmap.discovery.loadbalancer.call;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;

/**
 * Sends a {@code RestClient}'s requests as it does by itself, by the JDK's client, and
 * waits for each service's connections as long as is set for it.
 */
final class TimedJdkRequestFactory implements ClientHttpRequestFactory {

	/** Each has a client with connections and a thread of its own. */
	private static final int MAX_CONNECT_TIMEOUTS = 16;

	private final JdkClientHttpRequestFactory unlimited = new JdkClientHttpRequestFactory();

	private final Map<Duration, JdkClientHttpRequestFactory> byConnectTimeout = new ConcurrentHashMap<>();

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
		Call call = CallScope.current();
		return factory((call != null) ? call.timeouts().connect() : null).createRequest(uri, method);
	}

	private JdkClientHttpRequestFactory factory(@Nullable Duration connectTimeout) {
		if (connectTimeout == null) {
			return this.unlimited;
		}
		JdkClientHttpRequestFactory known = this.byConnectTimeout.get(connectTimeout);
		if (known != null) {
			return known;
		}
		return (this.byConnectTimeout.size() < MAX_CONNECT_TIMEOUTS)
				? this.byConnectTimeout.computeIfAbsent(connectTimeout, TimedJdkRequestFactory::create)
				: this.byConnectTimeout.values().iterator().next();
	}

	private static JdkClientHttpRequestFactory create(Duration connectTimeout) {
		return new JdkClientHttpRequestFactory(HttpClient.newBuilder().connectTimeout(connectTimeout).build());
	}

}
