package dev.cloudmap.discovery.autoconfigure.registry;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.CloudMap;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice;
import dev.cloudmap.discovery.registry.cloudmap.NamespaceChoice.Strictness;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapConnection;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;

/**
 * Creates AWS Cloud Map as the registry.
 *
 * @param client the client of the API
 * @param connection the settings of the connection, which the user's client may not have
 * @param settings the properties
 * @param services the services with settings of their own
 * @param watchClient the client of the API's watches
 * @param inTest whether the application belongs to a test, which must not use AWS
 * @param details the connection details; null if there are none
 */
record CloudMapRegistryFactory(ServiceDiscoveryClient client, CloudMapConnection connection, CloudMap settings,
		ConfiguredServices services, WatchClient watchClient, boolean inTest,
		@Nullable CloudMapConnectionDetails details) {

	CloudMapRegistry create() {
		CloudMapEndpoint configured = CloudMapEndpoint.of(this.client);
		if (this.inTest && configured.isKnown() && configured.override() == null && this.details == null) {
			throw new DiscoveryException(
					"A test does not use AWS, but the ServiceDiscoveryClient bean calls AWS Cloud Map in "
							+ configured.location(),
					"Set an endpointOverride on that client, or set discovery.registry=embedded in the test", null);
		}
		CloudMapEndpoint endpoint = configured.isKnown() ? configured
				: new CloudMapEndpoint(this.connection.endpoint(), this.connection.region());
		RegistryInfo info = new RegistryInfo("cloud-map", endpoint.location(), null, Set.of());
		return new CloudMapRegistry(this.client, info, creation(), this.connection.dnsServers(), this.services::port,
				new CallMeter(() -> true), this.watchClient);
	}

	private CreationPolicy creation() {
		CreationPolicy.Scope scope = (this.details != null) ? this.details.getCreate() : null;
		String vpc = this.settings.vpc();
		if (vpc == null && this.details != null) {
			vpc = this.details.getVpc();
		}
		return new CreationPolicy((scope != null) ? scope : this.settings.create(), vpc,
				new NamespaceChoice(this.settings.namespaceIds(), this.settings.vpc(), Strictness.REQUIRED));
	}

}
