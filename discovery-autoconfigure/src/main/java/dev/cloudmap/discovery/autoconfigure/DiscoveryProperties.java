package dev.cloudmap.discovery.autoconfigure;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

import dev.cloudmap.discovery.lifecycle.RegistrationMoment;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.lookup.dns.DnsTransport;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.reconcile.UnhealthyPolicy;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

/**
 * What a user can set.
 *
 * @param enabled Whether discovery and registration are on.
 * @param namespace Namespace that this application belongs to. Required.
 * @param registry Registry to use: auto takes AWS Cloud Map on Amazon ECS or where it is
 * configured, else the embedded registry.
 * @param cloudMap AWS Cloud Map.
 * @param embedded The embedded registry.
 * @param aliases Further names of services, with or without dots, and the services that
 * they stand for, with or without the namespace.
 * @param lookup How services are looked up.
 * @param registration How this application is registered.
 */
@ConfigurationProperties("discovery")
public record DiscoveryProperties(@DefaultValue("true") boolean enabled, @Nullable String namespace,
		@DefaultValue("auto") RegistryType registry, @DefaultValue CloudMap cloudMap, @DefaultValue Embedded embedded,
		@DefaultValue Map<String, String> aliases, @DefaultValue Lookup lookup,
		@DefaultValue Registration registration) {

	/** The records that bind all properties of this library, by their prefixes. */
	static final Map<String, Class<?>> GROUPS = Map.of("discovery", DiscoveryProperties.class,
			LoadBalancerProperties.PREFIX, LoadBalancerProperties.class);

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
	 * @param region Region of AWS Cloud Map. By default the one that the AWS SDK finds.
	 * @param endpoint Endpoint of AWS Cloud Map, where it is not the region's own.
	 * @param create What registration may create where it does not exist.
	 * @param vpc VPC of the private DNS namespace to use, of several of the same name,
	 * and of a namespace that is created, which has no DNS without one.
	 * @param namespaceIds Ids or ARNs of the namespaces to use where there are several of
	 * the same name.
	 * @param allowLoopbackInstances Whether instances at loopback addresses are called
	 * although the API is on another machine.
	 */
	public record CloudMap(@Nullable String region, @Nullable URI endpoint,
			@DefaultValue("services") CreationPolicy.Scope create, @Nullable String vpc,
			@DefaultValue List<String> namespaceIds, @DefaultValue("false") boolean allowLoopbackInstances) {

		/** A blank value, as of an unset variable with an empty default, sets nothing. */
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
	 * The embedded registry, which all applications of this machine share.
	 *
	 * @param httpPort Port of the embedded registry's API, the same for all applications
	 * of the machine. With 0 the application hosts one of its own on a free port.
	 * @param dnsPort Port of the embedded registry's DNS server. With 0, or where the
	 * port is taken, the application that hosts the registry uses a free one.
	 * @param secret Secret that all applications of this machine share, 16 to 1024
	 * visible ASCII characters. With one, the registry answers signed requests only, and
	 * applications use only a registry that proves that it has the secret.
	 * @param allowRemoteInstances Whether instances outside this machine are called.
	 * @param likeAws Whether the registry differs from AWS Cloud Map as little as it can,
	 * if this application hosts it: with AWS's delays, rates and quotas, and without
	 * leases and change notifications.
	 */
	public record Embedded(@DefaultValue("8054") int httpPort, @DefaultValue("8053") int dnsPort,
			@Nullable String secret, @DefaultValue("false") boolean allowRemoteInstances,
			@DefaultValue("false") boolean likeAws) {

		/** Without the secret. */
		@Override
		public String toString() {
			return "Embedded[httpPort=" + this.httpPort + ", dnsPort=" + this.dnsPort + ", allowRemoteInstances="
					+ this.allowRemoteInstances + ", likeAws=" + this.likeAws + "]";
		}

	}

	/**
	 * How services are looked up.
	 *
	 * @param mode Way to look services up: auto asks DNS, and the registry's API where
	 * DNS can't tell.
	 * @param signal Who tells that a service has changed: auto takes the registry where
	 * it tells by itself, else asks it for revisions where DNS can't tell.
	 * @param metadata Whether the attributes of instances, such as zone, weight, secure
	 * and the metadata of their registration, are looked up. DNS has none: the API is
	 * asked for those of new instances, and for all every ten minutes. Applies to mode
	 * auto.
	 * @param refresh How often a service is looked up again of whose changes nobody
	 * tells; sooner where DNS gives it for less, and every full refresh where only the
	 * API tells and nobody has called the service in a minute.
	 * @param fullRefresh How often a service is looked up again though its changes are
	 * told, and the list of all services is fetched again, at most.
	 * @param timeout How long a look-up may take, and so how long a first caller waits.
	 * @param serviceAttributes How often a service's own attributes are asked for, by
	 * which its owner sets the time-outs and retries of its callers. With 0 never.
	 * @param idle Time without a caller after which a service is looked up no more.
	 * @param maxStaleness Time after which a list is dropped that no look-up has
	 * confirmed. By default it is kept for as long as the registry is away.
	 * @param snapshot File in which the last known lists are kept, so that an application
	 * that is started while the registry is away finds its callees. By default they are
	 * not kept.
	 * @param namespaces Further namespaces that names may end with, where the names of
	 * services themselves have dots.
	 * @param dns Look-up through DNS.
	 * @param services What is known beforehand of services, by the names by which they
	 * are called; names with dots, such as those in another namespace, in brackets.
	 */
	public record Lookup(@DefaultValue("auto") LookupMode mode, @DefaultValue("auto") SignalType signal,
			@DefaultValue("true") boolean metadata, @DefaultValue("5s") Duration refresh,
			@DefaultValue("30s") Duration fullRefresh, @DefaultValue("2s") Duration timeout,
			@DefaultValue("15m") Duration serviceAttributes, @DefaultValue("10m") Duration idle,
			@Nullable Duration maxStaleness, @Nullable Path snapshot, @DefaultValue List<String> namespaces,
			@DefaultValue Dns dns, @DefaultValue Map<String, Service> services) {

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
		 * Who tells that a service has changed.
		 */
		public enum SignalType {

			/**
			 * The registry where it tells by itself, else its revisions. With DNS only,
			 * its revisions are not asked for.
			 */
			AUTO,

			/** The registry, by itself. AWS Cloud Map does not. */
			WATCH,

			/** The registry, when asked for revisions. */
			REVISION,

			/** Nobody. */
			NONE

		}

		/**
		 * Look-up through DNS.
		 *
		 * @param servers DNS servers to ask, as host or host:port, IPv6 in brackets. By
		 * default the embedded registry's, else those of the machine.
		 * @param transport How to ask DNS servers: udp, with TCP for answers that don't
		 * fit into a datagram, or tcp for all.
		 * @param timeout How long to wait for each DNS server.
		 * @param minTtl Time for which a DNS record is taken for true at least, whatever
		 * its TTL.
		 * @param maxTtl Time for which a DNS record is taken for true at most, whatever
		 * its TTL.
		 */
		public record Dns(@DefaultValue List<String> servers, @DefaultValue("udp") DnsTransport transport,
				@DefaultValue("500ms") Duration timeout, @DefaultValue("1s") Duration minTtl,
				@DefaultValue("1m") Duration maxTtl) {
		}

		Map<String, ConfiguredServices.Service> configuredServices() {
			Map<String, ConfiguredServices.Service> configured = new LinkedHashMap<>();
			this.services.forEach((name, service) -> configured.put(name,
					new ConfiguredServices.Service(service.port(), service.filter())));
			return configured;
		}

		/**
		 * What is known beforehand of a service.
		 *
		 * @param port Port of the service's instances that DNS or the registry gives
		 * without one.
		 * @param queryParameters Attributes that an instance must have to be found.
		 * @param optionalParameters Attributes that an instance must have to be found, as
		 * long as any instance has them.
		 * @param health Health that an instance must have to be found.
		 */
		public record Service(@Nullable Integer port, @DefaultValue Map<String, String> queryParameters,
				@DefaultValue Map<String, String> optionalParameters,
				@DefaultValue("healthy-or-else-all") LookupFilter.Health health) {

			LookupFilter filter() {
				return new LookupFilter(this.queryParameters, this.optionalParameters, this.health);
			}

		}

	}

	/**
	 * How this application is registered.
	 *
	 * @param enabled Whether this application is registered.
	 * @param host Address at which others reach this application, or a name that resolves
	 * to it. By default the ECS task's, the EC2 instance's, server.address, or the
	 * machine's.
	 * @param ipFamily Which IP addresses to register: ipv4 (IPv6 only where there is no
	 * other), ipv6 or both.
	 * @param port Port at which others reach this application, or none if it has none. By
	 * default the web server's.
	 * @param ports Further ports by their names, which become attributes, as in
	 * ports.grpc=9090.
	 * @param instanceId Id of this application's instance within the service. By default
	 * the ECS task's id, or made of address and port.
	 * @param metadata Further attributes of the instance, which callers see as metadata.
	 * They may change while the application runs.
	 * @param recordTypes DNS records of the service, if it has to be created: A or AAAA
	 * as the addresses are, SRV where there is a port.
	 * @param ttl Time for which resolvers may keep the service's DNS records, if it has
	 * to be created.
	 * @param lease Time without renewal after which the embedded registry takes this
	 * application for dead. AWS Cloud Map knows no leases.
	 * @param drain Time for which the application goes on serving after deregistration,
	 * so that callers take notice. By default as long as callers may take.
	 * @param when Moment at which this application is registered.
	 * @param reconcile How often to see whether the registry still holds this application
	 * as it was registered.
	 * @param health How this application's health is checked, and what becomes of it when
	 * it is unhealthy.
	 */
	public record Registration(@DefaultValue("true") boolean enabled, @Nullable String host,
			@DefaultValue("ipv4") IpFamily ipFamily, @Nullable String port, @DefaultValue Map<String, Integer> ports,
			@Nullable String instanceId, @DefaultValue Map<String, String> metadata, @DefaultValue( {
					"A", "SRV" }) Set<RecordType> recordTypes,
			@DefaultValue("10s") Duration ttl, @DefaultValue("15s") Duration lease, @Nullable Duration drain,
			@DefaultValue("ready") RegistrationMoment when, @DefaultValue("5m") Duration reconcile,
			@DefaultValue Health health){

		/**
		 * The health of the registered instance.
		 *
		 * @param group Health group of Actuator that says whether this application is
		 * healthy, and has it deregistered where that lasts. By default the health of the
		 * application as a whole, which only has it reported as unhealthy.
		 * @param interval Time between two checks, and how long one may take.
		 * @param failureThreshold Checks in a row that have to fail before this
		 * application counts as unhealthy.
		 * @param successThreshold Checks in a row that have to succeed before it counts
		 * as healthy again.
		 * @param action What to do at once when this application refuses traffic or the
		 * health group is down.
		 * @param deregisterAfter Time of refused traffic, or of a health group that is
		 * down, after which this application is deregistered, if another instance is
		 * healthy.
		 */
		public record Health(@Nullable String group, @DefaultValue("5s") Duration interval,
				@DefaultValue("2") int failureThreshold, @DefaultValue("2") int successThreshold,
				@DefaultValue("unhealthy") UnhealthyPolicy.Action action,
				@DefaultValue("2m") Duration deregisterAfter) {
		}

	}

}
