package dev.cloudmap.discovery.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Lookup;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Lookup.Dns;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.source.ApiInstanceSource;
import dev.cloudmap.discovery.source.FallbackInstanceSource;
import dev.cloudmap.discovery.source.InstanceSource;
import dev.cloudmap.discovery.source.SourcePreference;
import dev.cloudmap.discovery.source.dns.DnsInstanceSource;
import dev.cloudmap.discovery.source.dns.DnsServers;
import dev.cloudmap.discovery.source.dns.DnsSettings;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * How a service is looked up once.
 */
@Configuration(proxyBeanMethods = false)
class SourceConfiguration {

	/** Spring Cloud LoadBalancer's configurations that go by instances' attributes. */
	private static final Set<String> CONFIGURATIONS_WITH_METADATA = Set.of("zone-preference", "weighted");

	@Bean
	@ConditionalOnMissingBean
	DnsServers discoveryDnsServers(DiscoveryProperties properties, Registry registry) {
		List<String> configured = properties.lookup().dns().servers();
		return configured.isEmpty() ? DnsServers.of(registry) : DnsServers.of(configured);
	}

	@Bean
	@ConditionalOnMissingBean
	InstanceSource instanceSource(DiscoveryProperties properties, Registry registry, DnsServers servers,
			KnownServices services, LoadBalancerSettings balancing, DiscoveryThreads threads, Environment environment) {
		Lookup lookup = properties.lookup();
		Dns settings = lookup.dns();
		InstanceSource api = new ApiInstanceSource(registry, services::filter, threads.lookups(), threads.timer(),
				lookup.timeout());
		InstanceSource dns = new DnsInstanceSource(servers, new DnsSettings(settings.transport(), settings.timeout(),
				lookup.timeout(), settings.minTtl(), settings.maxTtl()), threads.answers(), threads.timer(),
				services::port);
		return switch (lookup.mode()) {
			case API -> api;
			case DNS -> {
				requireNoFilters(lookup.services());
				yield dns;
			}
			case AUTO ->
				new FallbackInstanceSource(dns, api, preferences(services, lookup.metadata(), balancing, environment),
						threads.timer(), lookup.timeout().dividedBy(2));
		};
	}

	/**
	 * What each service's look-up needs.
	 * @param metadata whether attributes are wanted at all, if the user says so
	 */
	private static Function<ServiceName, SourcePreference> preferences(KnownServices services,
			@Nullable Boolean metadata, LoadBalancerSettings balancing, Environment environment) {
		boolean never = Boolean.FALSE.equals(metadata);
		boolean always = (metadata != null) ? metadata : usesMetadata(environment);
		return (service) -> {
			LookupFilter filter = services.filter(service);
			LoadBalancerProperties calls = balancing.of(service);
			if (filter.isBinding() || (!never && calls.choosesByMetadata())) {
				return SourcePreference.API_ONLY;
			}
			return (always || !filter.isNone() || (!never && calls.usesMetadata())) ? SourcePreference.API
					: SourcePreference.DNS;
		};
	}

	private static boolean usesMetadata(Environment environment) {
		String configuration = environment.getProperty("spring.cloud.loadbalancer.configurations", "");
		return CONFIGURATIONS_WITH_METADATA.contains(configuration.toLowerCase(Locale.ROOT))
				|| !environment.getProperty("spring.cloud.loadbalancer.zone", "").isBlank();
	}

	private static void requireNoFilters(Map<String, Lookup.Service> services) {
		services.forEach((name, service) -> {
			if (!service.filter().isNone()) {
				throw new DiscoveryException(
						"discovery.lookup.mode is dns, but discovery.lookup.services." + name
								+ " sets query-parameters, optional-parameters or health, which DNS knows nothing of",
						"Set discovery.lookup.mode=auto or api, or leave these out", null);
			}
		});
	}

}
