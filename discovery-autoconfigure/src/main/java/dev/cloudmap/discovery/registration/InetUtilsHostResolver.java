package dev.cloudmap.discovery.registration;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.commons.util.InetUtils;

/**
 * The first address of this machine that is not loopback, as
 * {@code spring.cloud.inetutils.*} says which to prefer and which to ignore.
 */
public final class InetUtilsHostResolver implements HostResolver {

	private final InetUtils inetUtils;

	public InetUtilsHostResolver(InetUtils inetUtils) {
		this.inetUtils = inetUtils;
	}

	@Override
	public @Nullable ResolvedHost resolve() {
		InetAddress address = this.inetUtils.findFirstNonLoopbackAddress();
		return (address != null && !address.isLoopbackAddress())
				? new ResolvedHost(address.getHostAddress(), "first address that is not loopback") : null;
	}

}
