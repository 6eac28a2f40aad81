package dev.cloudmap.discovery.httpclient;

import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;

import dev.cloudmap.discovery.loadbalancer.name.ApacheNameResolver;
import dev.cloudmap.discovery.loadbalancer.name.InstanceNames;
import dev.cloudmap.discovery.loadbalancer.name.JettyNameResolver;
import dev.cloudmap.discovery.loadbalancer.name.NettyNameResolver;

/**
 * Lets the connectors of Spring Boot's builders resolve the names of instances. Those of
 * the JDK can't.
 */
public final class ConnectorNames implements ClientHttpConnectorBuilderCustomizer<ClientHttpConnectorBuilder<?>> {

	private final InstanceNames names;

	/**
	 * Creates the customizer.
	 * @param names the names of instances
	 */
	public ConnectorNames(InstanceNames names) {
		this.names = names;
	}

	@Override
	public ClientHttpConnectorBuilder<?> customize(ClientHttpConnectorBuilder<?> builder) {
		if (builder instanceof HttpComponentsClientHttpConnectorBuilder apache) {
			return Apache.customize(apache, this.names);
		}
		if (builder instanceof JettyClientHttpConnectorBuilder jetty) {
			return Jetty.customize(jetty, this.names);
		}
		return (builder instanceof ReactorClientHttpConnectorBuilder reactor) ? Reactor.customize(reactor, this.names)
				: builder;
	}

	/** A class of its own, as are those below, since the library need not be present. */
	private static final class Apache {

		static ClientHttpConnectorBuilder<?> customize(HttpComponentsClientHttpConnectorBuilder builder,
				InstanceNames names) {
			return builder.withDnsResolver(new ApacheNameResolver(names));
		}

	}

	private static final class Jetty {

		static ClientHttpConnectorBuilder<?> customize(JettyClientHttpConnectorBuilder builder, InstanceNames names) {
			return builder.withHttpClientCustomizer((client) -> JettyNameResolver.add(client, names));
		}

	}

	private static final class Reactor {

		static ClientHttpConnectorBuilder<?> customize(ReactorClientHttpConnectorBuilder builder, InstanceNames names) {
			return builder.withHttpClientCustomizer((client) -> NettyNameResolver.in(client, names));
		}

	}

}
