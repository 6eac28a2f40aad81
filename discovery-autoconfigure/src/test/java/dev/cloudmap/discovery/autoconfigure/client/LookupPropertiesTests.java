package dev.cloudmap.discovery.autoconfigure.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.lookup.FallbackInstanceSource;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.dns.DnsInstanceSource;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The effects of the lookup properties.
 */
class LookupPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0");

	@Test
	void modeSelectsLookup() {
		this.runner.withPropertyValues("discovery.lookup.mode=dns")
			.run((context) -> assertThat(context).hasSingleBean(DnsInstanceSource.class));
		this.runner.withPropertyValues("discovery.lookup.mode=api")
			.run((context) -> assertThat(context).doesNotHaveBean(DnsInstanceSource.class)
				.doesNotHaveBean(FallbackInstanceSource.class));
	}

	@Test
	void looksUpServicesInNamedNamespaces() {
		InstanceSource source = (service) -> CompletableFuture
			.completedFuture(new InstanceSet(service, List.of(), "mine"));
		this.runner.withBean("mySource", InstanceSource.class, () -> source)
			.withPropertyValues("discovery.lookup.namespaces=partner,eu.corp")
			.run((context) -> {
				InstanceCatalog catalog = context.getBean(InstanceCatalog.class);
				assertThat(catalog.service("v1.worker.partner").name())
					.isEqualTo(new ServiceName(new Namespace("partner"), "v1.worker"));
				assertThat(catalog.service("worker.eu.corp").name())
					.isEqualTo(new ServiceName(new Namespace("eu.corp"), "worker"));
				assertThat(catalog.service("worker.other").name())
					.isEqualTo(new ServiceName(new Namespace("other"), "worker"));
			});
	}

	@Test
	void snapshotAndMaxStalenessCanBeSet(@TempDir Path directory) {
		InstanceSource source = (service) -> CompletableFuture.completedFuture(new InstanceSet(service,
				List.of(new Instance(service, "a", "127.0.0.1", 1, HealthStatus.HEALTHY, Map.of())), "mine"));
		Path file = directory.resolve("new/snapshot");
		this.runner.withBean("mySource", InstanceSource.class, () -> source)
			.withPropertyValues("discovery.lookup.snapshot=" + file, "discovery.lookup.max-staleness=1h")
			.run((context) -> assertThat(context.getBean(CatalogDiscoveryClient.class).getInstances("worker"))
				.hasSize(1));
		assertThat(file).content().contains("worker");
		this.runner.withPropertyValues("discovery.lookup.max-staleness=1ms")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("discovery.lookup.max-staleness is 1ms: expected 50ms or more"));
	}

	@Test
	void subscribesToChangeSignal() {
		List<ServiceName> subscribed = new CopyOnWriteArrayList<>();
		this.runner
			.withBean("mySource", InstanceSource.class,
					() -> (service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(), "mine")))
			.withBean("mySignal", ChangeSignal.class, () -> (service, changed) -> {
				subscribed.add(service);
				return null;
			})
			.run((context) -> {
				context.getBean(InstanceCatalog.class).service("worker");
				assertThat(subscribed).extracting(ServiceName::name).containsExactly("worker");
			});
	}

	@Test
	void dnsCanUseTcp() {
		this.runner.run((context) -> assertThat(context.getBean(DiscoveryProperties.class).lookup().dns().transport())
			.isNull());
		this.runner.withPropertyValues("discovery.lookup.dns.transport=tcp")
			.run((context) -> assertThat(context.getBean(DiscoveryProperties.class).lookup().dns().transport())
				.isEqualTo(DnsTransport.TCP));
	}

	@Test
	void setsTtlLimitsOfDnsRecords() {
		this.runner.run((context) -> {
			DiscoveryProperties.Lookup.Dns dns = context.getBean(DiscoveryProperties.class).lookup().dns();
			assertThat(dns.minTtl()).isEqualTo(Duration.ofSeconds(1));
			assertThat(dns.maxTtl()).isEqualTo(Duration.ofMinutes(1));
		});
		this.runner.withPropertyValues("discovery.lookup.dns.min-ttl=2m")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(DiscoveryException.class)
				.hasMessageContaining("discovery.lookup.dns.min-ttl is 120000ms")
				.hasMessageContaining("discovery.lookup.dns.max-ttl 60000ms"));
		this.runner.withPropertyValues("discovery.lookup.dns.min-ttl=2m", "discovery.lookup.dns.max-ttl=2m")
			.run((context) -> assertThat(context).hasNotFailed());
		this.runner.withPropertyValues("discovery.lookup.dns.min-ttl=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("discovery.lookup.dns.min-ttl is 0ms: expected 50ms or more"));
	}

}
