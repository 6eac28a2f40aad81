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

	private static final Logger logger = LoggerFactory.getLogger(LookupConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	DnsServers discoveryDnsServers(DiscoveryProperties properties, Registry registry) {
		return dnsServers(properties, registry);
	}

	static DnsServers dnsServers(DiscoveryProperties properties, Registry registry) {
		List<String> configured = properties.lookup().dns().servers();
		return configured.isEmpty() ? DnsServers.of(registry) : DnsServers.of(configured);
	}

	@Bean
	CallableInstances discoveryCallableInstances(DiscoveryProperties properties, Registry registry,
			ObjectProvider<ServiceDiscoveryClient> clients) {
		return new CallableInstances(scope(properties, registry, clients::getIfAvailable));
	}

	static Scope scope(DiscoveryProperties properties, Registry registry,
			Supplier<@Nullable ServiceDiscoveryClient> clients) {
		if (registry instanceof EmbeddedRegistry) {
			return properties.embedded().allowRemoteInstances() ? Scope.UNRESTRICTED : Scope.THIS_MACHINE;
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
			ConfiguredServices services, CallableInstances callable, DiscoveryThreads threads,
			ObjectProvider<CloudMapConnectionDetails> connection) {
		CloudMapConnectionDetails details = (registry instanceof CloudMapRegistry) ? connection.getIfAvailable() : null;
		Lookup lookup = properties.lookup();
		InstanceSource api = api(lookup, registry, services, callable, threads);
		InstanceSource dns = dns(lookup, servers, transport(lookup.dns(), details), services, callable, threads);
		return switch (lookup.mode()) {
			case API -> api;
			case DNS -> {
				requireNoFilters(lookup.services());
				yield dns;
			}
			case AUTO -> usesDns(properties, registry, details)
					? new FallbackInstanceSource(dns, api, (service) -> preference(service, services, registry),
							threads.timer(), lookup.timeout().dividedBy(2), DnsConvention.CLOUD_MAP.maxInstances())
					: api;
		};
	}

	static InstanceSource api(Lookup lookup, Registry registry, ConfiguredServices services, CallableInstances callable,
			DiscoveryThreads threads) {
		return callable.callable(new ApiInstanceSource(registry, services::filter, threads.lookups(), threads.timer(),
				lookup.timeout()));
	}

	static InstanceSource dns(Lookup lookup, DnsServers servers, DnsTransport transport, ConfiguredServices services,
			CallableInstances callable, DiscoveryThreads threads) {
		Dns settings = lookup.dns();
		return new DnsInstanceSource(servers,
				new DnsSettings(transport, settings.timeout(), lookup.timeout(), settings.minTtl(), settings.maxTtl()),
				threads.answers(), threads.timer(), services::port, callable);
	}

	private static DnsTransport transport(Dns settings, @Nullable CloudMapConnectionDetails details) {
		DnsTransport given = (details != null && settings.servers().isEmpty()) ? details.getDnsTransport() : null;
		return (given != null) ? given : settings.transport();
	}

	private static boolean usesDns(DiscoveryProperties properties, Registry registry,
			@Nullable CloudMapConnectionDetails details) {
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
