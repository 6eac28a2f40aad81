package dev.cloudmap.discovery.autoconfigure.properties;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.cloudmap.discovery.lifecycle.RegistrationMoment;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * Properties below {@code discovery}.
 *
 * @param enabled Whether to enable discovery and registration.
 * @param namespace Namespace that this application belongs to. Required, except with
 * Consul, whose namespace is service.consul.
 * @param order Order of the discovery clients of this library among those of other
 * libraries. The client with the lowest order comes first.
 * @param registry Registry to use. With auto, AWS Cloud Map on Amazon ECS or if it is
 * configured, Consul if it is configured, otherwise the embedded registry.
 * @param cloudMap Connection to AWS Cloud Map.
 * @param consul Connection to Consul.
 * @param embedded Embedded registry.
 * @param aliases Additional names of services, with or without dots, and the services
 * that they refer to, with or without the namespace.
 * @param lookup Lookup of services.
 * @param registration Registration of this application.
 */
@ConfigurationProperties("discovery")
public record DiscoveryProperties(@DefaultValue("true") boolean enabled, @Nullable String namespace,
		@DefaultValue("0") int order, @DefaultValue("auto") RegistryType registry, @DefaultValue CloudMap cloudMap,
		@NestedConfigurationProperty @DefaultValue ConsulProperties consul, @DefaultValue Embedded embedded,
		@DefaultValue Map<String, String> aliases, @DefaultValue Lookup lookup,
		@DefaultValue Registration registration) {

	/** The records that bind all properties of this library, by prefix. */
	public static final Map<String, Class<?>> GROUPS = Map.of("discovery", DiscoveryProperties.class,
			LoadBalancerProperties.PREFIX, LoadBalancerProperties.class);

	/** Types of registries. */
	public enum RegistryType {

		/**
		 * AWS Cloud Map on Amazon ECS or if it is configured, Consul if it is configured,
		 * otherwise embedded.
		 */
		AUTO,

		/** The embedded registry of this machine. */
		EMBEDDED,

		/** AWS Cloud Map. */
		CLOUD_MAP,

		/** Consul. */
		CONSUL

	}

	/**
	 * Connection to AWS Cloud Map.
	 *
	 * @param region Region of AWS Cloud Map. By default, the region that the AWS SDK
	 * finds.
	 * @param endpoint Endpoint of AWS Cloud Map, if it differs from the endpoint of the
	 * region.
	 * @param create Resources that registration may create if they do not exist.
	 * @param vpc VPC of the private DNS namespace to use, if several namespaces have the
	 * same name, and of a namespace that is created. A namespace created without a VPC
	 * has no DNS.
	 * @param namespaceIds Ids or ARNs of the namespaces to use, if several namespaces
	 * have the same name. A namespace that another account shares needs its ARN.
	 * @param allowLoopbackInstances Whether to call instances at loopback addresses
	 * although the API or the DNS server is on another machine.
	 */
	public record CloudMap(@Nullable String region, @Nullable URI endpoint,
			@DefaultValue("services") CreationPolicy.Scope create, @Nullable String vpc,
			@DefaultValue List<String> namespaceIds, @DefaultValue("false") boolean allowLoopbackInstances) {

		/** Treats blank values, for example of unset variables, as absent. */
		public CloudMap {
			region = trimToNull(region);
			vpc = trimToNull(vpc);
			namespaceIds = namespaceIds.stream().map(String::trim).filter((id) -> !id.isEmpty()).toList();
		}

		private static @Nullable String trimToNull(@Nullable String value) {
			return (value != null && !value.isBlank()) ? value.trim() : null;
		}

	}

	/**
	 * Embedded registry, which all applications of this machine share.
	 *
	 * @param httpPort Port of the embedded registry's API, the same for all applications
	 * that share the registry. With 0, the application hosts its own registry on a free
	 * port.
	 * @param dnsPort Port of the embedded registry's DNS server. With 0, or if the port
	 * is in use, the application that hosts the registry uses a free port.
	 * @param secret Secret of 16 to 1024 visible ASCII characters that all applications
	 * of this machine share. If it is set, the registry answers only signed requests, and
	 * applications use only a registry that proves possession of the secret.
	 * @param allowRemoteInstances Whether to call instances that are not on this machine.
	 * @param likeAws Whether the registry behaves like AWS Cloud Map, if this application
	 * hosts it: with the delays, rates and quotas of AWS, and without leases and change
	 * notifications.
	 */
	public record Embedded(@DefaultValue("8054") int httpPort, @DefaultValue("8053") int dnsPort,
			@Nullable String secret, @DefaultValue("false") boolean allowRemoteInstances,
			@DefaultValue("false") boolean likeAws) {

		/** Omits the secret. */
		@Override
		public String toString() {
			return "Embedded[httpPort=" + this.httpPort + ", dnsPort=" + this.dnsPort + ", allowRemoteInstances="
					+ this.allowRemoteInstances + ", likeAws=" + this.likeAws + "]";
		}

	}

	/**
	 * Lookup of services.
	 *
	 * @param mode Source of lookups. With auto, DNS, and the registry's API if DNS lacks
	 * information or fails.
	 * @param signal Source of change notifications. With auto, notifications of the
	 * registry if it sends them, otherwise its revisions if lookups do not use DNS only.
	 * @param metadata Whether to read the attributes of instances found through DNS, such
	 * as zone, weight and metadata, from the API: for new instances at once, for all
	 * instances every ten minutes. Applies only to mode auto.
	 * @param refresh Interval between lookups of a service without change notifications.
	 * A shorter TTL of a DNS record shortens it. It equals full-refresh if only the API
	 * answers and the service has not been called for a minute.
	 * @param fullRefresh Interval between lookups of a service with change notifications,
	 * and between reads of the list of all services if its changes are reported.
	 * Otherwise the list is read every five minutes, or at this interval if it is longer.
	 * @param timeout Maximum duration of a lookup, and of the time that a first caller
	 * waits.
	 * @param serviceAttributes Interval between reads of a service's own attributes, with
	 * which its owner sets timeouts and retries for all callers. With 0, they are not
	 * read.
	 * @param idle Time without calls after which a service is no longer looked up.
	 * @param maxStaleness Time after which a list of instances that no lookup has
	 * confirmed is dropped. By default, the list is kept while the registry is
	 * unavailable.
	 * @param snapshot File in which the last known lists of instances are saved. An
	 * application that starts while the registry is unavailable reads them from there. By
	 * default, they are not saved.
	 * @param namespaces Additional namespaces whose services are listed, and that names
	 * of services may end with. Needed if the names of services contain dots.
	 * @param dns Lookup through DNS.
	 * @param services Settings of single services, by the name by which each is called. A
	 * name with dots is written in brackets.
	 */
	public record Lookup(@DefaultValue("auto") LookupMode mode, @DefaultValue("auto") SignalType signal,
			@DefaultValue("true") boolean metadata, @DefaultValue("5s") Duration refresh,
			@DefaultValue("30s") Duration fullRefresh, @DefaultValue("2s") Duration timeout,
			@DefaultValue("15m") Duration serviceAttributes, @DefaultValue("10m") Duration idle,
			@Nullable Duration maxStaleness, @Nullable Path snapshot, @DefaultValue List<String> namespaces,
			@DefaultValue Dns dns, @DefaultValue Map<String, Service> services) {

		/** Sources of lookups. */
		public enum LookupMode {

			/** DNS, and the API if DNS lacks information or fails. */
			AUTO,

			/** DNS only. */
			DNS,

			/** The API only. */
			API

		}

		/** Sources of change notifications. */
		public enum SignalType {

			/**
			 * Notifications of the registry if it sends them, otherwise revisions unless
			 * lookups use DNS only.
			 */
			AUTO,

			/** Notifications that the registry sends. AWS Cloud Map sends none. */
			WATCH,

			/** Revisions, for which the registry is polled. */
			REVISION,

			/** No notifications. */
			NONE

		}

		/**
		 * Lookup through DNS.
		 *
		 * @param servers DNS servers to query, as host or host:port, IPv6 in brackets. By
		 * default, the DNS server of the embedded registry or of Consul's agent,
		 * otherwise those of the machine.
		 * @param transport Transport of DNS queries. With udp, TCP is used for answers
		 * that do not fit into a datagram. With tcp, it is used for all queries, for
		 * example if the UDP port of a container is not published. By default, udp, and
		 * tcp with Consul, which shortens UDP answers.
		 * @param timeout Time to wait for each DNS server. A server that does not answer
		 * is queried a second time.
		 * @param minTtl Minimum time for which a DNS record is used, regardless of its
		 * TTL.
		 * @param maxTtl Maximum time for which a DNS record is used, regardless of its
		 * TTL.
		 */
		public record Dns(@DefaultValue List<String> servers, @Nullable DnsTransport transport,
				@DefaultValue("500ms") Duration timeout, @DefaultValue("1s") Duration minTtl,
				@DefaultValue("1m") Duration maxTtl) {
		}

		public Map<String, ConfiguredServices.Service> configuredServices() {
			Map<String, ConfiguredServices.Service> configured = new LinkedHashMap<>();
			this.services.forEach((name, service) -> configured.put(name,
					new ConfiguredServices.Service(service.port(), service.filter())));
			return configured;
		}

		/**
		 * Lookup of one service.
		 *
		 * @param port Port of the service's instances, if DNS or the registry does not
		 * provide it.
		 * @param queryParameters Attributes that an instance must have.
		 * @param optionalParameters Attributes that an instance must have as long as at
		 * least one instance has them.
		 * @param health Health that an instance must have.
		 * @param tag Tag that an instance must have. Only Consul has tags.
		 */
		public record Service(@Nullable Integer port, @DefaultValue Map<String, String> queryParameters,
				@DefaultValue Map<String, String> optionalParameters,
				@DefaultValue("healthy-or-else-all") LookupFilter.Health health, @Nullable String tag) {

			public LookupFilter filter() {
				return new LookupFilter(this.queryParameters, this.optionalParameters, this.health,
						(this.tag != null && !this.tag.isBlank()) ? this.tag.trim() : null);
			}

		}

	}

	/**
	 * Registration of this application.
	 *
	 * @param enabled Whether to register this application.
	 * @param service Name of the service that this application is an instance of. By
	 * default, spring.application.name.
	 * @param host Address at which callers reach this application, or a name that
	 * resolves to it. By default, the address of the ECS task, of the EC2 instance,
	 * server.address, or the address of the machine.
	 * @param ipFamily IP addresses to register. With ipv4, the IPv6 address only if there
	 * is no other.
	 * @param port Port at which callers reach this application, or none for an
	 * application without a port. By default, the port of the web server, or of the
	 * Tomcat in which a WAR is deployed: set it if a proxy is in front, if Tomcat has no
	 * JMX, and for a WAR in another container.
	 * @param ports Additional ports by name, which become attributes: ports.grpc=9090
	 * becomes port.grpc.
	 * @param instanceId Id of this application's instance within the service, which is
	 * part of a DNS name: letters, digits, dashes, underscores, and dots between them. By
	 * default, the id of the ECS task, or address and port.
	 * @param metadata Additional attributes of the instance, which callers see as
	 * metadata. They may change while the application runs.
	 * @param tags Tags of the instance, which callers see as the metadata tags, separated
	 * by commas.
	 * @param registrator Whether Registrator's environment variables, such as
	 * SERVICE_NAME and SERVICE_TAGS, set properties of the registration that are not set
	 * otherwise. By default, if one of them sets the name of the service.
	 * @param recordTypes DNS records of the service, if it is created: A or AAAA
	 * according to the addresses, SRV if there is a port.
	 * @param ttl TTL of the service's DNS records, if it is created.
	 * @param lease Time without renewal after which the embedded registry marks the
	 * instance unhealthy. After three times the lease, it deregisters the instance. The
	 * lease is renewed every third of it, and at least every four seconds. AWS Cloud Map
	 * has no leases.
	 * @param drain Time for which the application continues to serve after
	 * deregistration. By default, the time that callers may take to notice.
	 * @param when Event at which this application is registered.
	 * @param reconcile Interval between checks that the registry still holds the
	 * registration.
	 * @param health Health of the registered instance.
	 */
	public record Registration(@DefaultValue("true") boolean enabled, @Nullable String service, @Nullable String host,
			@DefaultValue("ipv4") IpFamily ipFamily, @Nullable String port, @DefaultValue Map<String, Integer> ports,
			@Nullable String instanceId, @DefaultValue Map<String, String> metadata, @DefaultValue List<String> tags,
			@Nullable Boolean registrator, @DefaultValue( {
					"A", "SRV" }) Set<RecordType> recordTypes,
			@DefaultValue("10s") Duration ttl, @DefaultValue("15s") Duration lease, @Nullable Duration drain,
			@DefaultValue("ready") RegistrationMoment when, @DefaultValue("5m") Duration reconcile,
			@DefaultValue Health health){

		/**
		 * Health of the registered instance.
		 *
		 * @param group Health group of Actuator that decides whether this application is
		 * healthy, and that deregisters it if the group stays down. By default, the
		 * overall health, which never deregisters the application.
		 * @param interval Interval between health checks, and maximum duration of a
		 * check.
		 * @param failureThreshold Number of consecutive failed checks after which this
		 * application is unhealthy.
		 * @param successThreshold Number of consecutive successful checks after which
		 * this application is healthy again.
		 * @param action Immediate action if this application refuses traffic or its
		 * health group is down.
		 * @param deregisterAfter Time after which this application is deregistered if it
		 * refuses traffic or its health group is down, and another instance is healthy.
		 */
		public record Health(@Nullable String group, @DefaultValue("5s") Duration interval,
				@DefaultValue("2") int failureThreshold, @DefaultValue("2") int successThreshold,
				@DefaultValue("unhealthy") UnhealthyPolicy.Action action,
				@DefaultValue("2m") Duration deregisterAfter) {
		}

	}

}
