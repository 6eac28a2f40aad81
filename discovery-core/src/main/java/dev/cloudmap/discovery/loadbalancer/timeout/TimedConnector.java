package dev.cloudmap.discovery.loadbalancer.timeout;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

import dev.cloudmap.discovery.loadbalancer.call.Call;

/**
 * Sends each load-balanced call of {@code WebClient} with the connect timeout of the
 * called service, and every other request as the untimed connector does.
 */
public final class TimedConnector implements ClientHttpConnector, Closeable {

	private final TimedClients<ClientHttpConnector> connectors;

	/**
	 * Creates the connector.
	 * @param connectors the connectors that send the requests
	 */
	public TimedConnector(TimedClients<ClientHttpConnector> connectors) {
		this.connectors = connectors;
	}

	/**
	 * Sends a request for a call.
	 * @param exchange sends the request
	 * @param call the call
	 * @param url the URL of the request
	 */
	public static <T> Mono<T> within(Mono<T> exchange, Call call, URI url) {
		return exchange.contextWrite((context) -> context.put(Target.class, new Target(call, url.getAuthority())));
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono
			.deferContextual((context) -> this.connectors.of(call(context, uri)).connect(method, uri, requestCallback));
	}

	/** A filter may send another request for a call, such as for a token. */
	private static @Nullable Call call(ContextView context, URI uri) {
		Target target = context.getOrDefault(Target.class, null);
		return (target != null && Objects.equals(target.authority(), uri.getAuthority())) ? target.call() : null;
	}

	@Override
	public void close() throws IOException {
		for (ClientHttpConnector connector : this.connectors.all().toList()) {
			if (connector instanceof Closeable closeable) {
				closeable.close();
			}
		}
	}

	private record Target(Call call, String authority) {
	}

}
