package dev.cloudmap.discovery.autoconfigure.consul;

import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.consul.ConsulRegistry;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Creates Consul as the registry.
 *
 * @param connection the connection
 * @param services the services with settings of their own
 * @param threads the threads
 */
public record ConsulRegistryFactory(ConsulConnection connection, ConfiguredServices services,
		DiscoveryThreads threads) {

	public Registry create() {
		return new ConsulRegistry(this.connection.settings(), this.connection.tls(), this.threads.timer(),
				this.threads.lookups(), this.threads.changes(), this.services::port);
	}

}
