package dev.cloudmap.discovery.httpclient;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;

import dev.cloudmap.discovery.loadbalancer.name.ApacheNameResolver;
import dev.cloudmap.discovery.loadbalancer.name.InstanceNames;
import dev.cloudmap.discovery.loadbalancer.name.JettyNameResolver;
import dev.cloudmap.discovery.loadbalancer.name.NettyNameResolver;

/**
 * Lets the request factories of Spring Boot's builders resolve the names of instances.
 * Those of the JDK can't.
 */
public final class RequestFactoryNames
		implements ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>> {

	private final InstanceNames names;

	/**
	 * Creates the customizer.
	 * @param names the names of instances
	 */
	public RequestFactoryNames(InstanceNames names) {
		this.names = names;
	}

	@Override
	public ClientHttpRequestFactoryBuilder<?> customize(ClientHttpRequestFactoryBuilder<?> builder) {
		if (builder instanceof HttpComponentsClientHttpRequestFactoryBuilder apache) {
			return Apache.customize(apache, this.names);
		}
		if (builder instanceof JettyClientHttpRequestFactoryBuilder jetty) {
			return Jetty.customize(jetty, this.names);
		}
		return (builder instanceof ReactorClientHttpRequestFactoryBuilder reactor)
				? Reactor.customize(reactor, this.names) : builder;
	}

	/** A class of its own, as are those below, since the library need not be present. */
	private static final class Apache {

		static ClientHttpRequestFactoryBuilder<?> customize(HttpComponentsClientHttpRequestFactoryBuilder builder,
				InstanceNames names) {
			return builder.withDnsResolver(new ApacheNameResolver(names));
		}

	}

	private static final class Jetty {

		static ClientHttpRequestFactoryBuilder<?> customize(JettyClientHttpRequestFactoryBuilder builder,
				InstanceNames names) {
			return builder.withHttpClientCustomizer((client) -> JettyNameResolver.add(client, names));
		}

	}

	private static final class Reactor {

		static ClientHttpRequestFactoryBuilder<?> customize(ReactorClientHttpRequestFactoryBuilder builder,
				InstanceNames names) {
			return builder.withHttpClientCustomizer((client) -> NettyNameResolver.in(client, names));
		}

	}

}
