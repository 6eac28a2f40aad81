package dev.cloudmap.discovery.loadbalancer.name;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import reactor.netty.http.client.HttpClient;

/**
 * Resolves the names of instances for Reactor Netty's HTTP client, and other names as
 * that client does.
 */
public final class NettyNameResolver extends AddressResolverGroup<InetSocketAddress> {

	private final InstanceNames names;

	private final AddressResolverGroup<?> others;

	private NettyNameResolver(InstanceNames names, AddressResolverGroup<?> others) {
		this.names = names;
		this.others = others;
	}

	/**
	 * Returns a client with this resolver. A proxy resolves names itself, so a client
	 * with a proxy is returned as it is.
	 * @param client the client
	 * @param names the names of instances
	 */
	public static HttpClient in(HttpClient client, InstanceNames names) {
		if (client.configuration().hasProxy()) {
			return client;
		}
		AddressResolverGroup<?> own = client.configuration().resolver();
		// the client's default resolver is not accessible; one without settings is equal
		AddressResolverGroup<?> others = (own != null) ? own : client.resolver((settings) -> {
		}).configuration().resolver();
		return client.resolver(new NettyNameResolver(names, Objects.requireNonNull(others)));
	}

	@Override
	protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
		return new Resolver(executor);
	}

	private final class Resolver extends AbstractAddressResolver<InetSocketAddress> {

		private final EventExecutor executor;

		Resolver(EventExecutor executor) {
			super(executor, InetSocketAddress.class);
			this.executor = executor;
		}

		@Override
		protected boolean doIsResolved(InetSocketAddress address) {
			return !address.isUnresolved();
		}

		@Override
		protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
			InetAddress address = NettyNameResolver.this.names.address(unresolved.getHostString());
			if (address != null) {
				promise.trySuccess(new InetSocketAddress(address, unresolved.getPort()));
				return;
			}
			AddressResolver<?> resolver = NettyNameResolver.this.others.getResolver(this.executor);
			var unused = resolver.resolve(unresolved).addListener((found) -> passOn(found, promise));
		}

		@Override
		protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
			InetAddress address = NettyNameResolver.this.names.address(unresolved.getHostString());
			if (address != null) {
				promise.trySuccess(List.of(new InetSocketAddress(address, unresolved.getPort())));
				return;
			}
			AddressResolver<?> resolver = NettyNameResolver.this.others.getResolver(this.executor);
			var unused = resolver.resolveAll(unresolved).addListener((found) -> passOn(found, promise));
		}

		@SuppressWarnings("unchecked")
		private static <T> void passOn(Future<?> found, Promise<T> promise) {
			if (found.isSuccess()) {
				promise.trySuccess((T) found.getNow());
			}
			else {
				promise.tryFailure(found.cause());
			}
		}

	}

}
