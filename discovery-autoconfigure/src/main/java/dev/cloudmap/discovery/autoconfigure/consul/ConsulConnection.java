package dev.cloudmap.discovery.autoconfigure.consul;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ssl.JksSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.IpLiteral;
import dev.cloudmap.discovery.autoconfigure.properties.ConsulProperties;
import dev.cloudmap.discovery.registry.LoopbackHost;
import dev.cloudmap.discovery.registry.consul.ConsulSettings;

/**
 * The connection to Consul.
 *
 * @param settings the settings of the registry
 * @param tls the TLS context; null for that of the JVM
 * @param dnsServers the DNS servers of Consul; empty if there are none
 */
public record ConsulConnection(ConsulSettings settings, @Nullable SSLContext tls, List<InetSocketAddress> dnsServers) {

	private static final String BUNDLES = "spring.ssl.bundle.";

	static ConsulConnection of(ConsulProperties properties, ConsulConnectionDetails details) {
		String datacenter = details.getDatacenter();
		ConsulSettings settings = properties.settings(details.getAgent(), details.getToken(),
				(datacenter != null) ? datacenter : properties.datacenter());
		SslBundle bundle = details.getSslBundle();
		if (bundle != null && !"https".equals(settings.agent().getScheme())) {
			throw new DiscoveryException(
					"Consul has an SSL bundle, but its agent is " + settings.agent() + ": expected https",
					"Remove discovery.consul.scheme, or remove discovery.consul.ssl.bundle", null);
		}
		List<InetSocketAddress> servers = details.getDnsServers();
		return new ConsulConnection(settings, (bundle != null) ? bundle.createSslContext() : null,
				(servers != null) ? servers : List.of(dnsServer(settings.agent().getHost(), properties.dnsPort())));
	}

	/**
	 * Creates the connection without beans, before the application context exists.
	 * @param properties the properties
	 * @param environment the environment with the SSL bundles
	 */
	public static ConsulConnection early(ConsulProperties properties, Environment environment) {
		return of(properties,
				new PropertiesConsulConnectionDetails(properties, (name) -> bundle(name, Binder.get(environment))));
	}

	private static SslBundle bundle(String name, Binder binder) {
		return binder.bind(BUNDLES + "pem." + name, PemSslBundleProperties.class)
			.map(PropertiesSslBundle::get)
			.orElseGet(() -> binder.bind(BUNDLES + "jks." + name, JksSslBundleProperties.class)
				.map(PropertiesSslBundle::get)
				.orElseThrow(() -> new DiscoveryException(
						"discovery.consul.ssl.bundle is '" + name + "', but there is no such bundle: expected "
								+ BUNDLES + "pem." + name + " or " + BUNDLES + "jks." + name,
						"Correct discovery.consul.ssl.bundle, or add the bundle", null)));
	}

	/** A name is resolved for each query, since its addresses may change. */
	private static InetSocketAddress dnsServer(String host, int port) {
		InetAddress address = IpLiteral.find(host.replaceAll("[\\[\\]]", ""));
		return (address != null) ? new InetSocketAddress(address, port)
				: InetSocketAddress.createUnresolved(host, port);
	}

	/**
	 * Whether the agent is on this machine.
	 */
	public boolean isLoopback() {
		return LoopbackHost.matches(this.settings.agent().getHost());
	}

}
