package dev.cloudmap.discovery.autoconfigure.client;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.LookupFilter.Health;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

import static org.assertj.core.api.Assertions.assertThat;

class SourceConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0")
		.withSystemProperties("aws.accessKeyId=test", "aws.secretAccessKey=test");

	@Test
	void filtersApplyToApiLookups() {
		FilteredRegistry registry = new FilteredRegistry();
		ApplicationContextRunner filtered = this.runner.withBean(Registry.class, () -> registry)
			.withPropertyValues("discovery.lookup.services.other.query-parameters.version=2",
					"discovery.lookup.services.other.optional-parameters.zone=a",
					"discovery.lookup.services.other.health=healthy", "discovery.lookup.dns.servers=127.0.0.1:1");
		for (String mode : new String[] { "auto", "api" }) {
			filtered.withPropertyValues("discovery.lookup.mode=" + mode).run((context) -> {
				InstanceSource source = context.getBean(InstanceSource.class);
				source.lookup(new ServiceName(new Namespace("corp"), "other")).toCompletableFuture().join();
				assertThat(registry.filter)
					.isEqualTo(new LookupFilter(Map.of("version", "2"), Map.of("zone", "a"), Health.HEALTHY));
				source.lookup(new ServiceName(new Namespace("corp"), "third")).toCompletableFuture().join();
				assertThat(registry.filter).isEqualTo(LookupFilter.NONE);
			});
		}
		filtered.withPropertyValues("discovery.lookup.mode=dns")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("discovery.lookup.mode is dns")
				.hasMessageContaining("discovery.lookup.services.other")
				.hasMessageContaining("Set discovery.lookup.mode=auto or api"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.lookup.mode=auto", "discovery.lookup.metadata=true",
			"spring.cloud.loadbalancer.zone=eu-central-1a", "spring.cloud.loadbalancer.configurations=zone-preference",
			"discovery.load-balancer.subset.metadata.slot=blue", "discovery.lookup.metadata=false" })
	void usesDnsByDefault(String property) {
		assertThat(sourceOf(property)).isEqualTo("dns");
	}

	@Test
	void fallsBackToDnsUnlessQueryParametersRequireApi() {
		Registry unavailable = new FakeRegistry() {
			@Override
			public InstanceSet discover(ServiceName service, LookupFilter filter) {
				throw new RegistryUnavailableException("unavailable", null);
			}
		};
		ServiceName other = new ServiceName(new Namespace("corp"), "other");
		try (RegistryServer server = RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0))) {
			this.runner.withPropertyValues(cloudMap(server)).run((context) -> register(context, other));
			ApplicationContextRunner runner = this.runner.withBean(Registry.class, () -> unavailable)
				.withPropertyValues(cloudMap(server));
			runner.withPropertyValues("discovery.lookup.services.other.optional-parameters.version=2")
				.run((context) -> assertThat(lookup(context, other)).succeedsWithin(Duration.ofMinutes(1))
					.extracting(InstanceSet::source)
					.isEqualTo("dns"));
			runner.withPropertyValues("discovery.lookup.services.other.query-parameters.version=2")
				.run((context) -> assertThat(lookup(context, other)).failsWithin(Duration.ofMinutes(1))
					.withThrowableThat()
					.withMessageContaining("unavailable"));
		}
	}

	private static CompletableFuture<InstanceSet> lookup(ApplicationContext context, ServiceName service) {
		return context.getBean(InstanceSource.class).lookup(service).toCompletableFuture();
	}

	@Test
	void usesDnsWhileLookupThreadsAreBlocked() {
		CountDownLatch hanging = new CountDownLatch(1);
		try {
			assertThat(sourceOf((context) -> {
				for (int i = 0; i < 100; i++) {
					context.getBean(DiscoveryThreads.class).lookups().execute(() -> await(hanging));
				}
			}, "discovery.lookup.mode=auto")).isEqualTo("dns");
		}
		finally {
			hanging.countDown();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private String sourceOf(String... properties) {
		return sourceOf((context) -> {
		}, properties);
	}

	private String sourceOf(Consumer<ApplicationContext> before, String... properties) {
		AtomicReference<String> source = new AtomicReference<>();
		ServiceName other = new ServiceName(new Namespace("corp"), "other");
		try (RegistryServer server = RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0))) {
			this.runner.withPropertyValues(cloudMap(server)).withPropertyValues(properties).run((context) -> {
				register(context, other);
				before.accept(context);
				source.set(context.getBean(InstanceSource.class)
					.lookup(other)
					.toCompletableFuture()
					.orTimeout(1, TimeUnit.MINUTES)
					.join()
					.source());
			});
		}
		return source.get();
	}

	private static String[] cloudMap(RegistryServer server) {
		return new String[] { "discovery.registry=cloud-map", "discovery.cloud-map.endpoint=" + server.endpoint(),
				"discovery.cloud-map.create=namespaces", "discovery.cloud-map.vpc=vpc-1",
				"discovery.lookup.dns.servers=127.0.0.1:" + server.dnsAddress().getPort() };
	}

	private static void register(ApplicationContext context, ServiceName service) {
		context.getBean(Registry.class)
			.register(new InstanceRegistration(service, "i-1", "127.0.0.1", 1, Map.of(),
					new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	private static final class FilteredRegistry extends FakeRegistry {

		private LookupFilter filter;

		@Override
		public InstanceSet discover(ServiceName service, LookupFilter filter) {
			this.filter = filter;
			return super.discover(service, filter);
		}

	}

}
