package dev.cloudmap.discovery.autoconfigure.registry;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.autoconfigure.TestContexts;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnection;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulRegistryFactory;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.registry.embedded.HostOrJoin;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * A connection to the registry before the application context exists. It is chosen as in
 * the context, but without beans. The embedded registry is only joined: one that this
 * application would host has no other instances.
 *
 * @param registry the registry
 * @param client the client of AWS Cloud Map; null for another registry
 * @param consul the connection to Consul; null for another registry
 * @param namespaces the namespaces that resolve names of services
 * @param services the settings of single services
 * @param threads the threads of lookups
 */
public record EarlyRegistry(Registry registry, @Nullable ServiceDiscoveryClient client,
		@Nullable ConsulConnection consul, Namespaces namespaces, ConfiguredServices services,
		DiscoveryThreads threads) implements AutoCloseable {

	private static final String SERVER = "dev.cloudmap.registry.RegistryServer";

	/**
	 * Creates a connection.
	 * @param properties the bound properties
	 * @param environment the environment for the choice of the registry
	 * @throws DiscoveryException if there is no embedded registry to join
	 */
	public static EarlyRegistry of(DiscoveryProperties properties, Environment environment) {
		RegistryChoice choice = RegistryChoice.of(environment, new DefaultListableBeanFactory());
		ConsulConnection consul = (choice.selected() == RegistryType.CONSUL)
				? ConsulConnection.early(properties.consul(), environment) : null;
		Namespaces namespaces = RegistryAutoConfiguration.namespaces(RegistryAutoConfiguration.namespace(properties,
				environment, choice, () -> Objects.requireNonNull(consul)), properties);
		ConfiguredServices services = ConfiguredServices.of(namespaces, properties.lookup().configuredServices());
		DiscoveryThreads threads = new DiscoveryThreads();
		try {
			WatchClient watchClient = new WatchClient(threads.timer(), threads.lookups(), threads.changes());
			if (choice.type() == RegistryType.EMBEDDED) {
				return new EarlyRegistry(embedded(choice, properties, services, watchClient, threads), null, null,
						namespaces, services, threads);
			}
			if (consul != null) {
				return new EarlyRegistry(new ConsulRegistryFactory(consul, services, threads).create(), null, consul,
						namespaces, services, threads);
			}
			CloudMapConnection connection = new CloudMapConnection(AwsEndpointSettings.find(environment),
					properties.cloudMap().region(), null, null);
			ServiceDiscoveryClient client = CloudMapClients.builder(connection).build();
			Registry registry = new CloudMapRegistryFactory(client, connection, properties.cloudMap(), services,
					watchClient, TestContexts.isMarked(environment), null)
				.create();
			return new EarlyRegistry(registry, client, null, namespaces, services, threads);
		}
		catch (RuntimeException ex) {
			threads.close();
			throw ex;
		}
	}

	private static Registry embedded(RegistryChoice choice, DiscoveryProperties properties, ConfiguredServices services,
			WatchClient watchClient, DiscoveryThreads threads) {
		if (!ClassUtils.isPresent(SERVER, EarlyRegistry.class.getClassLoader())) {
			throw RegistryConfiguration.missing(choice);
		}
		HostOrJoin join = HostOrJoin.joinOnly(properties.embedded().httpPort(),
				SharedSecret.of(properties.embedded().secret()), properties.embedded().likeAws());
		// also finds its DNS server
		var unused = join.ensure();
		return new EmbeddedRegistryFactory(join, properties, services, watchClient, threads).create();
	}

	@Override
	public void close() {
		this.registry.close();
		this.threads.close();
	}

}
