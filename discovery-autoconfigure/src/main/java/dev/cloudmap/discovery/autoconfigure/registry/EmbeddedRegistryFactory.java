package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.URI;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.CloudMap;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapClients;
import dev.cloudmap.discovery.registry.cloudmap.connection.LoopbackClient;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.registry.embedded.EmbeddedRegistry;
import dev.cloudmap.discovery.registry.embedded.HostOrJoin;
import dev.cloudmap.discovery.registry.embedded.Membership;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Creates the embedded registry, whose API is that of AWS Cloud Map.
 *
 * @param hostOrJoin hosts or joins it
 * @param properties the properties
 * @param services the services with settings of their own
 * @param watchClient the client of the API's watches
 * @param threads the threads
 */
record EmbeddedRegistryFactory(HostOrJoin hostOrJoin, DiscoveryProperties properties, ConfiguredServices services,
		WatchClient watchClient, DiscoveryThreads threads) {

	/** The VPC of all namespaces, without which they would have no DNS. */
	private static final String VPC = "this-machine";

	private static final String REGION = "us-east-1";

	/**
	 * Creates the registry, which starts beside the context.
	 */
	EmbeddedRegistry create() {
		CallMeter meter = new CallMeter(() -> !hasCapability(this.hostOrJoin.membership(), Capability.WATCH));
		SharedSecret secret = SharedSecret.of(this.properties.embedded().secret());
		CreationPolicy creation = creation(this.properties.cloudMap());
		EmbeddedRegistry registry = new EmbeddedRegistry(this.hostOrJoin, meter,
				(membership) -> connect(membership, secret, creation, meter), this.threads.lookups());
		registry.start();
		return registry;
	}

	/** A registry that reports its changes is not limited by quotas. */
	private static boolean hasCapability(@Nullable Membership membership, Capability capability) {
		return membership == null || membership.capabilities().contains(capability);
	}

	/**
	 * Uses existing namespaces regardless of their VPC.
	 */
	private static CreationPolicy creation(CloudMap settings) {
		String vpc = (settings.vpc() != null) ? settings.vpc() : VPC;
		return new CreationPolicy(CreationPolicy.Scope.NAMESPACES, VPC,
				new NamespaceChoice(settings.namespaceIds(), vpc, Strictness.PREFERRED));
	}

	private Registry connect(Membership membership, @Nullable SharedSecret secret, CreationPolicy creation,
			CallMeter meter) {
		URI endpoint = membership.endpoint();
		ServiceDiscoveryClient client = (secret != null) ? CloudMapClients.withoutRetries(endpoint, REGION, secret)
				: new LoopbackClient(endpoint, REGION);
		RegistryInfo info = new RegistryInfo("embedded", endpoint.toString(), null, membership.capabilities());
		return new CloudMapRegistry(client, info, creation, null, this.services::port, meter, this.watchClient);
	}

}
