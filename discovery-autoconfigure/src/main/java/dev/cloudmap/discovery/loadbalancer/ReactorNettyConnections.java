package dev.cloudmap.discovery.loadbalancer;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import java.util.stream.Stream;

import reactor.netty.http.HttpResources;
import reactor.netty.resources.ConnectionProvider;

/**
 * The connections of Reactor Netty: those that its clients share, and those of the
 * application's own providers.
 */
public final class ReactorNettyConnections implements IdleConnections {

	private final Supplier<Stream<ConnectionProvider>> providers;

	/**
	 * Creates it.
	 * @param providers the application's own providers; not null
	 */
	public ReactorNettyConnections(Supplier<Stream<ConnectionProvider>> providers) {
		this.providers = providers;
	}

	@Override
	public void close(InetSocketAddress address) {
		Stream.concat(Stream.of(HttpResources.get()), this.providers.get())
			.distinct()
			.forEach((provider) -> provider.disposeWhen(address));
	}

}
