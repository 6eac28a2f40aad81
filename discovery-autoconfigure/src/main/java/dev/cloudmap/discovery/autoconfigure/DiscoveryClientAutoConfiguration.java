package dev.cloudmap.discovery.autoconfigure;

import java.util.List;

import reactor.core.publisher.Flux;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.ConditionalOnBlockingDiscoveryEnabled;
import org.springframework.cloud.client.ConditionalOnReactiveDiscoveryEnabled;
import org.springframework.cloud.client.ReactiveCommonsClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClientAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Lookup;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Lookup.Dns;
import dev.cloudmap.discovery.catalog.CatalogListener;
import dev.cloudmap.discovery.catalog.CatalogSettings;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.catalog.Snapshot;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.client.CatalogReactiveDiscoveryClient;
import dev.cloudmap.discovery.client.HeartbeatPublisher;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.signal.ChangeSignal;
import dev.cloudmap.discovery.source.ApiInstanceSource;
import dev.cloudmap.discovery.source.FallbackInstanceSource;
import dev.cloudmap.discovery.source.InstanceSource;
import dev.cloudmap.discovery.source.dns.DnsInstanceSource;
import dev.cloudmap.discovery.source.dns.DnsServers;
import dev.cloudmap.discovery.source.dns.DnsSettings;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Auto-configuration of discovery: source, catalog and clients.
 */
@AutoConfiguration(after = RegistryAutoConfiguration.class,
		before = { CommonsClientAutoConfiguration.class, ReactiveCommonsClientAutoConfiguration.class,
				SimpleDiscoveryClientAutoConfiguration.class, SimpleReactiveDiscoveryClientAutoConfiguration.class })
@ConditionalOnDiscovery
public final class DiscoveryClientAutoConfiguration {

	/** Tells of no change. */
	private static final ChangeSignal.Subscription NONE = new ChangeSignal.Subscription() {

		@Override
		public ChangeSignal.Coverage coverage() {
			return ChangeSignal.Coverage.NONE;
		}

		@Override
		public void close() {
		}

	};

	@Bean
	@ConditionalOnMissingBean
	DnsServers discoveryDnsServers(DiscoveryProperties properties, Registry registry) {
		List<String> configured = properties.lookup().dns().servers();
		return configured.isEmpty() ? DnsServers.of(registry) : DnsServers.of(configured);
	}

	@Bean
	@ConditionalOnMissingBean
	InstanceSource instanceSource(DiscoveryProperties properties, Registry registry, DnsServers servers,
			ServicePorts ports, DiscoveryThreads threads) {
		Lookup lookup = properties.lookup();
		Dns settings = lookup.dns();
		InstanceSource api = new ApiInstanceSource(registry, threads.lookups());
		InstanceSource dns = new DnsInstanceSource(servers,
				new DnsSettings(settings.transport(), settings.timeout(), settings.minTtl(), settings.maxTtl()),
				threads.lookups(), threads.timer(), ports);
		return switch (lookup.mode()) {
			case API -> api;
			case DNS -> dns;
			case AUTO -> new FallbackInstanceSource(dns, api);
		};
	}

	@Bean
	@ConditionalOnMissingBean
	InstanceCatalog instanceCatalog(Namespace namespace, InstanceSource source, ObjectProvider<ChangeSignal> signal,
			DiscoveryThreads threads, DiscoveryProperties properties, ObjectProvider<CatalogListener> listeners) {
		Lookup lookup = properties.lookup();
		Namespaces namespaces = new Namespaces(namespace, lookup.namespaces().stream().map(Namespace::new).toList());
		CatalogSettings settings = new CatalogSettings(lookup.timeout(), lookup.refresh(), lookup.fullRefresh(),
				lookup.idle(), lookup.maxStaleness());
		Snapshot snapshot = (lookup.snapshot() != null)
				? new Snapshot(lookup.snapshot(), threads.timer(), threads.lookups()) : null;
		return new InstanceCatalog(namespaces, source, signal.getIfAvailable(() -> (service, changed) -> NONE),
				threads.timer(), settings, snapshot, listeners.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	ServiceList serviceList(Namespace namespace, Registry registry, DiscoveryThreads threads,
			DiscoveryProperties properties) {
		return new ServiceList(namespace, registry, threads.lookups(), threads.timer(), properties.lookup().timeout(),
				properties.lookup().fullRefresh());
	}

	@Bean
	HeartbeatPublisher discoveryHeartbeatPublisher(ApplicationEventPublisher publisher) {
		return new HeartbeatPublisher(publisher);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBlockingDiscoveryEnabled
	static class Blocking {

		@Bean
		@ConditionalOnMissingBean
		CatalogDiscoveryClient catalogDiscoveryClient(InstanceCatalog catalog, ServiceList services) {
			return new CatalogDiscoveryClient(catalog, services);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Flux.class)
	@ConditionalOnReactiveDiscoveryEnabled
	static class Reactive {

		@Bean
		@ConditionalOnMissingBean
		CatalogReactiveDiscoveryClient catalogReactiveDiscoveryClient(InstanceCatalog catalog, ServiceList services) {
			return new CatalogReactiveDiscoveryClient(catalog, services);
		}

	}

}
