package dev.cloudmap.discovery.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * What a user can set.
 *
 * @param enabled whether discovery and registration are on
 * @param namespace the namespace that this application belongs to; required
 * @param registry which registry to use
 * @param cloudMap the connection to AWS Cloud Map
 * @param embedded the embedded registry
 * @param lookup how services are looked up
 * @param registration how this application is registered
 */
@ConfigurationProperties("discovery")
public record DiscoveryProperties(@DefaultValue("true") boolean enabled, @Nullable String namespace,
		@DefaultValue("auto") RegistryType registry, @DefaultValue CloudMap cloudMap, @DefaultValue Embedded embedded,
		@DefaultValue Lookup lookup, @DefaultValue Registration registration) {

	/**
	 * Which registry to use.
	 */
	public enum RegistryType {

		/** AWS Cloud Map on Amazon ECS or where it is configured, else embedded. */
		AUTO,

		/** The embedded registry of this machine. */
		EMBEDDED,

		/** AWS Cloud Map. */
		CLOUD_MAP

	}

	/**
	 * The connection to AWS Cloud Map.
	 *
	 * @param region the region; by default the one that the AWS SDK finds
	 * @param endpoint the endpoint, where it is not the region's own
	 * @param create what registration may create that does not exist
	 * @param vpc the VPC of a namespace that is created; without one it has no DNS
	 */
	public record CloudMap(@Nullable String region, @Nullable URI endpoint,
			@DefaultValue("services") CreationPolicy.Scope create, @Nullable String vpc) {
	}

	/**
	 * The embedded registry, which all applications of this machine share.
	 *
	 * @param httpPort the port of its API, the same for all applications; 0 hosts a
	 * registry of this application's own on a free port
	 * @param dnsPort the port of its DNS server; a free one is used where it is taken
	 */
	public record Embedded(@DefaultValue("8054") int httpPort, @DefaultValue("8053") int dnsPort) {
	}

	/**
	 * How services are looked up.
	 *
	 * @param mode through DNS, the registry's API, or DNS and where that can't tell the
	 * API
	 * @param refresh how often a service is looked up again
	 * @param fullRefresh how often the list of all services is fetched again, at most
	 * @param timeout how long a look-up may take, and a first caller waits
	 * @param idle after which time without a caller a service is looked up no more
	 * @param dns look-up through DNS
	 * @param services what is known beforehand of services, by name
	 */
	public record Lookup(@DefaultValue("auto") LookupMode mode, @DefaultValue("5s") Duration refresh,
			@DefaultValue("30s") Duration fullRefresh, @DefaultValue("2s") Duration timeout,
			@DefaultValue("10m") Duration idle, @DefaultValue Dns dns, @DefaultValue Map<String, Service> services) {

		/**
		 * The way to look up.
		 */
		public enum LookupMode {

			/** DNS, and the API where DNS can't tell. */
			AUTO,

			/** DNS only. */
			DNS,

			/** The API only. */
			API

		}

		/**
		 * Look-up through DNS.
		 *
		 * @param servers the servers to ask, as host or host:port, IPv6 in brackets; by
		 * default the embedded registry's, else those of the machine
		 * @param timeout how long to wait for each server
		 */
		public record Dns(@DefaultValue List<String> servers, @DefaultValue("500ms") Duration timeout) {
		}

		/**
		 * What is known beforehand of a service.
		 *
		 * @param port the port of instances that DNS or the registry gives without one
		 */
		public record Service(@Nullable Integer port) {
		}

	}

	/**
	 * How this application is registered.
	 *
	 * @param enabled whether it is
	 * @param host the address at which others reach it, or a name that resolves to it
	 * @param port the port at which others reach it; by default the web server's
	 * @param instanceId its id within the service; by default the ECS task's id, or made
	 * of address and port
	 * @param metadata further attributes, which callers see as metadata
	 * @param recordTypes the DNS records of the service, if it has to be created
	 * @param ttl how long resolvers may keep them
	 * @param lease after which time without renewal the embedded registry takes this
	 * application for dead; AWS Cloud Map knows no leases
	 * @param drain how long to go on serving after deregistration
	 */
	public record Registration(@DefaultValue("true") boolean enabled, @Nullable String host, @Nullable Integer port,
			@Nullable String instanceId, @DefaultValue Map<String, String> metadata, @DefaultValue( {
					"A", "SRV" }) Set<RecordType> recordTypes,
			@DefaultValue("10s") Duration ttl, @DefaultValue("15s") Duration lease, @DefaultValue("5s") Duration drain){
	}

}
