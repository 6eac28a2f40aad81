package dev.cloudmap.discovery.loadbalancer.timeout;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClient;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * The request factory that a {@link RestClient} takes where none was set, which depends
 * on the libraries on the class path, with the timeouts of the called service. The order
 * of the libraries is that of {@code DefaultRestClientBuilder}.
 */
final class DefaultRequestFactories {

	private static final String APACHE = "org.apache.hc.client5.http.classic.HttpClient";

	private static final String JETTY = "org.eclipse.jetty.client.HttpClient";

	private static final String REACTOR = "reactor.netty.http.client.HttpClient";

	/** The classes of the libraries, in the order of precedence. */
	static final List<String> LIBRARIES = List.of(APACHE, JETTY, REACTOR);

	private DefaultRequestFactories() {
	}

	static ClientHttpRequestFactory timed() {
		if (isPresent(APACHE)) {
			return new TimedRequestFactory(new TimedClients<>(new HttpComponentsClientHttpRequestFactory(),
					UnaryOperator.identity(), Apache::create));
		}
		if (isPresent(JETTY)) {
			return interruptible(new JettyClientHttpRequestFactory(), DefaultRequestFactories::jetty);
		}
		if (isPresent(REACTOR)) {
			return interruptible(new ReactorClientHttpRequestFactory(), DefaultRequestFactories::reactor);
		}
		return interruptible(new JdkClientHttpRequestFactory(), DefaultRequestFactories::jdk);
	}

	private static ClientHttpRequestFactory interruptible(ClientHttpRequestFactory untimed,
			Function<ConnectionTimeouts, ClientHttpRequestFactory> create) {
		return new TimedRequestFactory(new TimedClients<>(untimed, ConnectionTimeouts::withoutRead, create));
	}

	private static boolean isPresent(String client) {
		return ClassUtils.isPresent(client, RestClient.class.getClassLoader());
	}

	private static ClientHttpRequestFactory jetty(ConnectionTimeouts timeouts) {
		JettyClientHttpRequestFactory factory = new JettyClientHttpRequestFactory();
		factory.setConnectTimeout(orUnlimited(timeouts.connect()));
		return factory;
	}

	private static ClientHttpRequestFactory reactor(ConnectionTimeouts timeouts) {
		ReactorClientHttpRequestFactory factory = new ReactorClientHttpRequestFactory();
		factory.setConnectTimeout(orUnlimited(timeouts.connect()));
		return factory;
	}

	/** 0 means no timeout for Jetty and Netty. */
	private static Duration orUnlimited(@Nullable Duration timeout) {
		return (timeout != null) ? timeout : Duration.ZERO;
	}

	private static ClientHttpRequestFactory jdk(ConnectionTimeouts timeouts) {
		HttpClient.Builder builder = HttpClient.newBuilder();
		if (timeouts.connect() != null) {
			builder.connectTimeout(timeouts.connect());
		}
		return new JdkClientHttpRequestFactory(builder.build());
	}

	/** A class of its own, since Apache's client need not be present. */
	private static final class Apache {

		/** Its reads cannot be interrupted, so it has a read timeout. */
		static ClientHttpRequestFactory create(ConnectionTimeouts timeouts) {
			ConnectionConfig config = ConnectionConfig.custom()
				.setConnectTimeout(timeout(timeouts.connect()))
				.setSocketTimeout(timeout(timeouts.read()))
				.build();
			return new AbortableFactory(HttpClients.custom()
				.useSystemProperties()
				.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
					.useSystemProperties()
					.setDefaultConnectionConfig(config)
					.build())
				.build());
		}

		private static Timeout timeout(@Nullable Duration duration) {
			return (duration != null) ? Timeout.of(duration) : Timeout.DISABLED;
		}

		/** Cancelling a request ends its reads. */
		private static final class AbortableFactory extends HttpComponentsClientHttpRequestFactory {

			AbortableFactory(CloseableHttpClient client) {
				super(client);
			}

			@Override
			protected void postProcessHttpRequest(ClassicHttpRequest request) {
				Call call = Call.current();
				if (call != null && request instanceof Cancellable cancellable) {
					call.abortBy(cancellable::cancel);
				}
			}

		}

	}

}
