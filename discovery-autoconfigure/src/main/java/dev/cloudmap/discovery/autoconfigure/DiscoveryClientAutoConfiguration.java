package dev.cloudmap.discovery.autoconfigure;

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
import org.springframework.context.annotation.Import;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.Lookup;
import dev.cloudmap.discovery.catalog.AttributeSource;
import dev.cloudmap.discovery.catalog.CatalogListener;
import dev.cloudmap.discovery.catalog.CatalogSettings;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.ServiceAttributes;
import dev.cloudmap.discovery.catalog.ServiceList;
import dev.cloudmap.discovery.catalog.Snapshot;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.client.CatalogReactiveDiscoveryClient;
import dev.cloudmap.discovery.client.HeartbeatPublisher;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.signal.ChangeSignal;
import dev.cloudmap.discovery.source.InstanceSource;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Auto-configuration of discovery: source, signal, catalog and clients.
 */
@AutoConfiguration(after = RegistryAutoConfiguration.class,
		before = { CommonsClientAutoConfiguration.class, ReactiveCommonsClientAutoConfiguration.class,
				SimpleDiscoveryClientAutoConfiguration.class, SimpleReactiveDiscoveryClientAutoConfiguration.class })
@ConditionalOnDiscovery
@Import({ SourceConfiguration.class, SignalConfiguration.class })
public final class DiscoveryClientAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	InstanceCatalog instanceCatalog(Namespaces namespaces, InstanceSource source, AttributeSource attributes,
			ChangeSignal signal, DiscoveryThreads threads, DiscoveryProperties properties,
			ObjectProvider<CatalogListener> listeners) {
		Lookup lookup = properties.lookup();
		CatalogSettings settings = new CatalogSettings(lookup.timeout(), lookup.refresh(), lookup.fullRefresh(),
				lookup.idle(), lookup.maxStaleness());
		Snapshot snapshot = (lookup.snapshot() != null)
				? new Snapshot(lookup.snapshot(), threads.timer(), threads.lookups()) : null;
		return new InstanceCatalog(namespaces, source, attributes, signal, threads.timer(), settings, snapshot,
				listeners.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	ServiceList serviceList(Namespace namespace, Registry registry, DiscoveryThreads threads,
			DiscoveryProperties properties) {
		return new ServiceList(namespace, registry, threads.lookups(), threads.timer(), properties.lookup().timeout(),
				properties.lookup().fullRefresh());
	}

	@Bean
	@ConditionalOnMissingBean
	ServiceAttributes serviceAttributes(Registry registry, DiscoveryThreads threads, DiscoveryProperties properties) {
		return new ServiceAttributes(registry::attributes, threads.lookups(), threads.timer(),
				properties.lookup().serviceAttributes(), properties.lookup().idle());
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
