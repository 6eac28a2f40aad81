package dev.cloudmap.discovery.autoconfigure.client;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnection;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.Lookup;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.Lookup.Dns;
import dev.cloudmap.discovery.autoconfigure.properties.ServiceLoadBalancerProperties;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.catalog.attribute.AttributeNeed;
import dev.cloudmap.discovery.catalog.attribute.AttributeSource;
import dev.cloudmap.discovery.lookup.ApiInstanceSource;
import dev.cloudmap.discovery.lookup.CallableInstances;
import dev.cloudmap.discovery.lookup.CallableInstances.Scope;
import dev.cloudmap.discovery.lookup.ConfiguredServices;
import dev.cloudmap.discovery.lookup.FallbackInstanceSource;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.SourcePreference;
import dev.cloudmap.discovery.lookup.dns.ConsulConvention;
import dev.cloudmap.discovery.lookup.dns.DnsConvention;
import dev.cloudmap.discovery.lookup.dns.DnsInstanceSource;
import dev.cloudmap.discovery.lookup.dns.query.DnsServers;
import dev.cloudmap.discovery.lookup.dns.query.DnsSettings;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.registry.cloudmap.connection.SharedSecret;
import dev.cloudmap.discovery.registry.embedded.EmbeddedRegistry;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Configuration of the sources of lookups.
 */
@Configuration(proxyBeanMethods = false)
class LookupConfiguration {

	/** The type of registry without loading its class. */
	private static final String CONSUL = "consul";

	private static final Logger logger = LoggerFactory.getLogger(LookupConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	DnsServers discoveryDnsServers(DiscoveryProperties properties, Registry registry,
			ObjectProvider<ConsulConnection> consul) {
		return dnsServers(properties, registry, consul(registry, consul::getObject));
	}

	static DnsServers dnsServers(DiscoveryProperties properties, Registry registry, @Nullable ConsulConnection consul) {
		List<String> configured = properties.lookup().dns().servers();
		if (!configured.isEmpty()) {
			return DnsServers.of(configured);
		}
		return (consul != null) ? consul::dnsServers : DnsServers.of(registry);
	}

	/**
	 * The connection to Consul; null for another registry.
	 */
	private static @Nullable ConsulConnection consul(Registry registry, Supplier<ConsulConnection> connection) {
		return registry.info().type().equals(CONSUL) ? connection.get() : null;
	}

	@Bean
	DnsConvention discoveryDnsConvention(Registry registry, ConfiguredServices services) {
		return convention(registry, services);
	}

	static DnsConvention convention(Registry registry, ConfiguredServices services) {
		if (registry.info().type().equals(CONSUL)) {
			return new ConsulConvention(services::tag);
		}
		services.requireNoTags(registry.info());
		return DnsConvention.CLOUD_MAP;
	}

	@Bean
	CallableInstances discoveryCallableInstances(DiscoveryProperties properties, Registry registry,
			ObjectProvider<ServiceDiscoveryClient> clients, ObjectProvider<ConsulConnection> consul) {
		return new CallableInstances(
				scope(properties, registry, clients::getIfAvailable, consul(registry, consul::getObject)));
	}

	static Scope scope(DiscoveryProperties properties, Registry registry,
			Supplier<@Nullable ServiceDiscoveryClient> clients, @Nullable ConsulConnection consul) {
		if (registry instanceof EmbeddedRegistry) {
			return properties.embedded().allowRemoteInstances() ? Scope.UNRESTRICTED : Scope.THIS_MACHINE;
		}
		if (consul != null) {
			if (properties.consul().allowLoopbackInstances()) {
				return Scope.UNRESTRICTED;
			}
			return consul.isLoopback() ? Scope.ANYWHERE : Scope.NETWORK;
		}
		if (properties.cloudMap().allowLoopbackInstances()) {
			return Scope.UNRESTRICTED;
		}
		ServiceDiscoveryClient client = clients.get();
		CloudMapEndpoint endpoint = (client != null) ? CloudMapEndpoint.of(client) : new CloudMapEndpoint(null, null);
		return (endpoint.isKnown() && !endpoint.isLoopback()) ? Scope.NETWORK : Scope.ANYWHERE;
	}

	@Bean
	@ConditionalOnMissingBean
	InstanceSource instanceSource(DiscoveryProperties properties, Registry registry, DnsServers servers,
			DnsConvention convention, ConfiguredServices services, CallableInstances callable, DiscoveryThreads threads,
			ObjectProvider<CloudMapConnectionDetails> connection) {
		CloudMapConnectionDetails details = (registry instanceof CloudMapRegistry) ? connection.getIfAvailable() : null;
		Lookup lookup = properties.lookup();
		InstanceSource api = api(lookup, registry, services, callable, threads);
		InstanceSource dns = dns(lookup, servers, transport(lookup.dns(), details, convention), convention, services,
				callable, threads);
		return switch (lookup.mode()) {
			case API -> api;
			case DNS -> {
				requireNoFilters(lookup.services());
				yield dns;
			}
			case AUTO -> usesDns(properties, registry, servers, details)
					? new FallbackInstanceSource(dns, api, (service) -> preference(service, services, registry),
							threads.timer(), lookup.timeout().dividedBy(2), convention.maxInstances())
					: api;
		};
	}

	static InstanceSource api(Lookup lookup, Registry registry, ConfiguredServices services, CallableInstances callable,
			DiscoveryThreads threads) {
		return callable.callable(new ApiInstanceSource(registry, services::filter, threads.lookups(), threads.timer(),
				lookup.timeout()));
	}

	static InstanceSource dns(Lookup lookup, DnsServers servers, DnsTransport transport, DnsConvention convention,
			ConfiguredServices services, CallableInstances callable, DiscoveryThreads threads) {
		Dns settings = lookup.dns();
		return new DnsInstanceSource(servers,
				new DnsSettings(transport, settings.timeout(), lookup.timeout(), settings.minTtl(), settings.maxTtl()),
				threads.answers(), threads.timer(), services::port, callable, convention);
	}

	static DnsTransport transport(Dns settings, @Nullable CloudMapConnectionDetails details, DnsConvention convention) {
		DnsTransport given = (details != null && settings.servers().isEmpty()) ? details.getDnsTransport() : null;
		if (given == null) {
			given = settings.transport();
		}
		if (given == DnsTransport.UDP && convention.transport() == DnsTransport.TCP) {
			logger.warn("discovery.lookup.dns.transport is udp. Consul shortens UDP answers, so that instances may be"
					+ " missing. Remove the property to use TCP");
		}
		return (given != null) ? given : convention.transport();
	}

	private static boolean usesDns(DiscoveryProperties properties, Registry registry, DnsServers servers,
			@Nullable CloudMapConnectionDetails details) {
		if (registry.info().type().equals(CONSUL)) {
			return !servers.addresses().isEmpty();
		}
		if (details != null && !details.hasDns() && properties.lookup().dns().servers().isEmpty()) {
			logger.info("The registry at {} has no DNS. Services are looked up through its API",
					registry.info().location());
			return false;
		}
		// with a secret, only answers with a proof of the registry are trusted, and DNS
		// has none
		return !(registry instanceof EmbeddedRegistry) || SharedSecret.of(properties.embedded().secret()) == null;
	}

	private static SourcePreference preference(ServiceName service, ConfiguredServices services, Registry registry) {
		LookupFilter filter = services.filter(service);
		// if several namespaces have the same name, DNS may serve another one
		if (filter.isBinding() || registry.hasNamesakes(service.namespace())) {
			return SourcePreference.API_ONLY;
		}
		if (registry.info().type().equals(CONSUL)) {
			return SourcePreference.API;
		}
		return filter.isNone() ? SourcePreference.DNS : SourcePreference.API;
	}

	/**
	 * Complements instances found through DNS with attributes from the API.
	 */
	@Bean
	@ConditionalOnMissingBean
	AttributeSource attributeSource(DiscoveryProperties properties, Registry registry,
			ServiceLoadBalancerProperties loadBalancer, CallableInstances callable, DiscoveryThreads threads) {
		Lookup lookup = properties.lookup();
		if (lookup.mode() != Lookup.LookupMode.AUTO || !lookup.metadata()) {
			return AttributeSource.none();
		}
		InstanceSource api = callable.callable(new ApiInstanceSource(registry, (service) -> LookupFilter.ALL,
				threads.lookups(), threads.timer(), lookup.timeout()));
		return new AttributeSource(api, (service) -> loadBalancer.of(service).choosesByMetadata()
				? AttributeNeed.REQUIRED : AttributeNeed.USED);
	}

	private static void requireNoFilters(Map<String, Lookup.Service> services) {
		services.forEach((name, service) -> {
			if (!service.filter().isNone()) {
				throw new DiscoveryException(
						"discovery.lookup.mode is dns, but discovery.lookup.services." + name
								+ " sets query-parameters, optional-parameters or health, which DNS does not support",
						"Set discovery.lookup.mode=auto or api, or remove these properties", null);
			}
		});
	}

}
