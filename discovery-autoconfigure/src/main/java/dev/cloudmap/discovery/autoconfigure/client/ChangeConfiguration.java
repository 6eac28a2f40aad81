package dev.cloudmap.discovery.autoconfigure.client;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.Lookup;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.Lookup.LookupMode;
import dev.cloudmap.discovery.change.AutoSignal;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.NoSignal;
import dev.cloudmap.discovery.change.RevisionSignal;
import dev.cloudmap.discovery.change.WatchSignal;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * Configuration of the source of change notifications.
 */
@Configuration(proxyBeanMethods = false)
class ChangeConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ChangeSignal changeSignal(DiscoveryProperties properties, Registry registry, DiscoveryThreads threads) {
		Lookup lookup = properties.lookup();
		return switch (lookup.signal()) {
			case WATCH -> new WatchSignal(registry);
			case REVISION -> revisions(lookup, registry, threads);
			case NONE -> new NoSignal();
			// lookups through DNS only must not require credentials for the API
			case AUTO -> new AutoSignal(new WatchSignal(registry),
					(lookup.mode() == LookupMode.DNS) ? new NoSignal() : revisions(lookup, registry, threads));
		};
	}

	private static RevisionSignal revisions(Lookup lookup, Registry registry, DiscoveryThreads threads) {
		return new RevisionSignal(registry, threads.lookups(), threads.timer(), lookup.refresh());
	}

}
