package dev.cloudmap.discovery.httpclient;

import java.util.Collection;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

import dev.cloudmap.discovery.loadbalancer.adapter.CallFilter;
import dev.cloudmap.discovery.loadbalancer.timeout.ConnectionTimeouts;
import dev.cloudmap.discovery.loadbalancer.timeout.TimedClients;
import dev.cloudmap.discovery.loadbalancer.timeout.TimedConnector;

/**
 * Builds connectors with one of Spring Boot's builders. Their load-balanced calls use the
 * connect timeout of the called service if the settings have none. For Reactor Netty,
 * {@link CallFilter} limits the time to connect.
 *
 * @param <T> the type of the connectors of Spring Boot's builder
 */
final class TimedConnectorBuilder<T extends ClientHttpConnector>
		implements ClientHttpConnectorBuilder<ClientHttpConnector> {

	private final ClientHttpConnectorBuilder<T> delegate;

	private TimedConnectorBuilder(ClientHttpConnectorBuilder<T> delegate) {
		this.delegate = delegate;
	}

	/**
	 * Adds the timeout to the connectors of a builder. Connectors of custom builders are
	 * not changed.
	 */
	static ClientHttpConnectorBuilder<?> timed(ClientHttpConnectorBuilder<?> builder) {
		return (builder instanceof JdkClientHttpConnectorBuilder || builder instanceof JettyClientHttpConnectorBuilder
				|| builder instanceof HttpComponentsClientHttpConnectorBuilder) ? new TimedConnectorBuilder<>(builder)
						: builder;
	}

	@Override
	public ClientHttpConnector build(@Nullable HttpClientSettings settings) {
		HttpClientSettings chosen = (settings != null) ? settings : HttpClientSettings.defaults();
		T untimed = this.delegate.build(chosen);
		return (chosen.connectTimeout() != null) ? untimed
				: new TimedConnector(new TimedClients<>(untimed, ConnectionTimeouts::withoutRead,
						(timeouts) -> this.delegate.build(chosen.withConnectTimeout(timeouts.connect()))));
	}

	@Override
	@SuppressWarnings("unchecked")
	public ClientHttpConnectorBuilder<ClientHttpConnector> withCustomizers(
			Collection<Consumer<ClientHttpConnector>> customizers) {
		return new TimedConnectorBuilder<>(
				this.delegate.withCustomizers((Collection<Consumer<T>>) (Collection<?>) customizers));
	}

}
