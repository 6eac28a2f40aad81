package dev.cloudmap.benchmarks.freshness;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.CatalogListener;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.registry.Registry;

/**
 * An application that calls a service: a separate context with the starter's
 * auto-configuration and all defaults.
 */
final class Caller implements CatalogListener, AutoCloseable {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final String service;

	/**
	 * Completes with the time at which the catalog showed the expected instances, by the
	 * nanosecond clock.
	 */
	private volatile CompletableFuture<Long> shown = new CompletableFuture<>();

	private volatile Set<String> expected = Set.of();

	Caller(int registryPort, String namespace, String service) {
		this.service = service;
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("caller", Map.of("discovery.namespace", namespace, "discovery.registry",
					"embedded", "discovery.embedded.http-port", registryPort)));
		this.context.registerBean("caller", CatalogListener.class, () -> this);
		this.context.register(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class);
		this.context.refresh();
	}

	/**
	 * Returns a future that completes when the catalog shows exactly these instances.
	 */
	CompletableFuture<Long> expect(Set<String> ids) {
		CompletableFuture<Long> future = new CompletableFuture<>();
		this.expected = ids;
		this.shown = future;
		return future;
	}

	@Override
	public void onChange(InstanceSet set) {
		long now = System.nanoTime();
		if (set.instances().stream().map(Instance::id).collect(Collectors.toSet()).equals(this.expected)) {
			this.shown.complete(now);
		}
	}

	/**
	 * Returns the ids of the instances in the catalog.
	 */
	Set<String> instances() {
		return this.context.getBean(DiscoveryClient.class)
			.getInstances(this.service)
			.stream()
			.map(ServiceInstance::getInstanceId)
			.collect(Collectors.toSet());
	}

	/**
	 * Returns the source of the last lookup, such as {@code api}.
	 */
	String source() {
		var entry = this.context.getBean(InstanceCatalog.class).service(this.service).entry();
		return (entry != null) ? entry.set().source() : "none";
	}

	Registry registry() {
		return this.context.getBean(Registry.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

}
