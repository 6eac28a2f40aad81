package dev.cloudmap.discovery.httpclient;

import java.util.Collection;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.SimpleClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;

import dev.cloudmap.discovery.loadbalancer.timeout.ConnectionTimeouts;
import dev.cloudmap.discovery.loadbalancer.timeout.TimedClients;
import dev.cloudmap.discovery.loadbalancer.timeout.TimedRequestFactory;

/**
 * Builds request factories with one of Spring Boot's builders. Their load-balanced calls
 * use the timeouts of the called service if the settings have none.
 *
 * @param <T> the type of the factories of Spring Boot's builder
 */
final class TimedRequestFactoryBuilder<T extends ClientHttpRequestFactory>
		implements ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> {

	private final ClientHttpRequestFactoryBuilder<T> delegate;

	private TimedRequestFactoryBuilder(ClientHttpRequestFactoryBuilder<T> delegate) {
		this.delegate = delegate;
	}

	/**
	 * Adds the timeouts to the factories of a builder. Factories of custom builders are
	 * not changed.
	 */
	static ClientHttpRequestFactoryBuilder<?> timed(ClientHttpRequestFactoryBuilder<?> builder) {
		return isOfBoot(builder) ? new TimedRequestFactoryBuilder<>(builder) : builder;
	}

	private static boolean isOfBoot(ClientHttpRequestFactoryBuilder<?> builder) {
		return builder instanceof JdkClientHttpRequestFactoryBuilder
				|| builder instanceof HttpComponentsClientHttpRequestFactoryBuilder
				|| builder instanceof JettyClientHttpRequestFactoryBuilder
				|| builder instanceof ReactorClientHttpRequestFactoryBuilder
				|| builder instanceof SimpleClientHttpRequestFactoryBuilder;
	}

	@Override
	public ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
		HttpClientSettings chosen = (settings != null) ? settings : HttpClientSettings.defaults();
		T untimed = this.delegate.build(chosen);
		boolean connect = chosen.connectTimeout() == null;
		boolean read = chosen.readTimeout() == null && isReadUninterruptible(untimed);
		if (!connect && !read) {
			return untimed;
		}
		return new TimedRequestFactory(new TimedClients<>(untimed,
				(timeouts) -> new ConnectionTimeouts(connect ? timeouts.connect() : null,
						read ? timeouts.read() : null),
				(timeouts) -> this.delegate
					.build(chosen.withTimeouts(connect ? timeouts.connect() : chosen.connectTimeout(),
							read ? timeouts.read() : chosen.readTimeout()))));
	}

	/** Reads of other libraries end when the caller's thread is interrupted. */
	private static boolean isReadUninterruptible(ClientHttpRequestFactory factory) {
		return factory instanceof SimpleClientHttpRequestFactory
				|| factory instanceof HttpComponentsClientHttpRequestFactory;
	}

	@Override
	@SuppressWarnings("unchecked")
	public ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> withCustomizers(
			Collection<Consumer<ClientHttpRequestFactory>> customizers) {
		return new TimedRequestFactoryBuilder<>(
				this.delegate.withCustomizers((Collection<Consumer<T>>) (Collection<?>) customizers));
	}

}
