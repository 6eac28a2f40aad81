package dev.cloudmap.discovery.autoconfigure;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.ReactiveCommonsClientAutoConfiguration;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.EnableDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.composite.reactive.ReactiveCompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationAutoConfiguration;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.cloud.client.serviceregistry.ServiceRegistryAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.actuate.DiscoveryHealthIndicator;
import dev.cloudmap.discovery.autoconfigure.actuate.DiscoveryHealthAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.loadbalancer.DiscoveryLoadBalancerAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.AutoRegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryChoice;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.attribute.ServiceAttributes;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.client.CatalogReactiveDiscoveryClient;
import dev.cloudmap.discovery.lookup.FallbackInstanceSource;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.HostResolver;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.embedded.EmbeddedRegistry;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class DiscoveryAutoConfigurationTests {

	private final ApplicationContextRunner bare = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class,
				RegistrationAutoConfiguration.class, AutoRegistrationAutoConfiguration.class,
				DiscoveryLoadBalancerAutoConfiguration.class, DiscoveryHealthAutoConfiguration.class,
				UtilAutoConfiguration.class, AutoServiceRegistrationAutoConfiguration.class,
				ServiceRegistryAutoConfiguration.class, CommonsClientAutoConfiguration.class,
				ReactiveCommonsClientAutoConfiguration.class, SimpleDiscoveryClientAutoConfiguration.class,
				SimpleReactiveDiscoveryClientAutoConfiguration.class, CompositeDiscoveryClientAutoConfiguration.class,
				ReactiveCompositeDiscoveryClientAutoConfiguration.class, LoadBalancerAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.bare.withPropertyValues("spring.application.name=worker",
			"discovery.namespace=corp", "discovery.embedded.http-port=0", "discovery.embedded.dns-port=0",
			// the first call of the SDK is slow on a machine under load
			"discovery.lookup.timeout=30s");

	@Test
	void requiresOnlyNamespace() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed()
				.hasSingleBean(EmbeddedRegistry.class)
				.hasSingleBean(InstanceCatalog.class)
				.hasSingleBean(ServiceAttributes.class)
				.hasSingleBean(CatalogDiscoveryClient.class)
				.hasSingleBean(CatalogReactiveDiscoveryClient.class)
				.hasSingleBean(ServiceRegistry.class)
				.hasSingleBean(Registration.class)
				.hasSingleBean(AutoServiceRegistration.class)
				.hasSingleBean(DiscoveryHealthIndicator.class);
			assertThat(context.getBean(InstanceSource.class)).isInstanceOf(FallbackInstanceSource.class);
			assertThat(context.getBean(DiscoveryClient.class).getServices()).isEmpty();
			assertThat(context.getBean(Registry.class).info().role()).isEqualTo("host");
		});
	}

	@Test
	void closesServerAndTimerWithContext() {
		// the threads of contexts that other tests cache
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		this.runner.run((context) -> {
			URI endpoint = URI.create(context.getBean(Registry.class).info().location());
			context.close();
			try (RegistryServer again = RegistryServer
				.start(RegistryOptions.defaults().withHttpPort(endpoint.getPort()).withDnsPort(0))) {
				assertThat(again.httpAddress().getPort()).isEqualTo(endpoint.getPort());
			}
			// threads end asynchronously
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
					.filteredOn((thread) -> !before.contains(thread))
					.extracting(Thread::getName)
					.noneMatch((name) -> name.startsWith("discovery-timer")));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.enabled=false", "spring.cloud.discovery.enabled=false" })
	void canBeDisabled(String property) {
		this.bare.withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Namespace.class)
				.doesNotHaveBean(Registry.class)
				.doesNotHaveBean(InstanceCatalog.class)
				.doesNotHaveBean(ServiceRegistry.class)
				.doesNotHaveBean(AutoServiceRegistration.class)
				.doesNotHaveBean(DiscoveryHealthIndicator.class)
				.doesNotHaveBean(DiscoveryLoadBalancerAutoConfiguration.class));
	}

	@Test
	void eachClientCanBeDisabled() {
		this.runner.withPropertyValues("spring.cloud.discovery.blocking.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CatalogDiscoveryClient.class)
				.hasSingleBean(CatalogReactiveDiscoveryClient.class));
		this.runner.withPropertyValues("spring.cloud.discovery.reactive.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(CatalogDiscoveryClient.class)
				.doesNotHaveBean(CatalogReactiveDiscoveryClient.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.registration.enabled=false", "spring.cloud.service-registry.enabled=false" })
	void registrationCanBeDisabled(String property) {
		this.runner.withPropertyValues(property, "spring.application.name=")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ServiceRegistry.class)
				.doesNotHaveBean(Registration.class)
				.doesNotHaveBean(AutoServiceRegistration.class)
				.hasSingleBean(CatalogDiscoveryClient.class)
				.hasSingleBean(DiscoveryHealthIndicator.class));
	}

	@Test
	void automaticRegistrationCanBeDisabled() {
		this.runner.withPropertyValues("spring.cloud.service-registry.auto-registration.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(ServiceRegistry.class)
				.doesNotHaveBean(AutoServiceRegistration.class));
		this.runner.withUserConfiguration(ByHand.class)
			.run((context) -> assertThat(context).hasSingleBean(ServiceRegistry.class)
				.doesNotHaveBean(AutoServiceRegistration.class));
	}

	@Test
	void healthCanBeDisabled() {
		this.runner.withPropertyValues("management.health.discovery.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(DiscoveryHealthIndicator.class));
	}

	@Test
	void worksWithoutOptionalClasses() {
		this.runner
			.withClassLoader(new FilteredClassLoader(LoadBalancerClientFactory.class, ServiceInstanceListSupplier.class,
					HealthIndicator.class, WebServerInitializedEvent.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DiscoveryLoadBalancerAutoConfiguration.class)
				.doesNotHaveBean("discoveryHealthIndicator")
				.doesNotHaveBean("webServerPortListener")
				.hasSingleBean(CatalogDiscoveryClient.class)
				.hasSingleBean(DiscoveryAutoServiceRegistration.class));
	}

	@Test
	void cloudMapWorksWithoutEmbeddedRegistryOnClassPath() {
		this.runner.withClassLoader(new FilteredClassLoader("dev.cloudmap.registry"))
			.withPropertyValues("discovery.cloud-map.region=eu-central-1")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(CloudMapRegistry.class));
	}

	@Test
	void missingEmbeddedRegistryFailsWithExplanation() {
		this.runner.withClassLoader(new FilteredClassLoader("dev.cloudmap.registry"))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("not on Amazon ECS")
				.hasMessageContaining("dev.cloudmap:discovery-registry"));
	}

	@Test
	void autoSelectsCloudMapIfConfiguredOrOnEcs() {
		String region = "discovery.cloud-map.region=eu-central-1";
		this.runner.withPropertyValues(region).run((context) -> {
			assertThat(context).hasSingleBean(CloudMapRegistry.class).doesNotHaveBean(EmbeddedRegistry.class);
			assertThat(context.getBean(RegistryChoice.class).reason()).isEqualTo("discovery.cloud-map.region is set");
			assertThat(context.getBean(Registry.class).info().location()).isEqualTo("eu-central-1");
		});
		this.runner.withPropertyValues("discovery.cloud-map.endpoint=http://127.0.0.1:1")
			.run((context) -> assertThat(context.getBean(Registry.class).info().location())
				.isEqualTo("http://127.0.0.1:1"));
		this.runner.withPropertyValues("ECS_CONTAINER_METADATA_URI_V4=http://127.0.0.1:1/v4")
			.withSystemProperties("aws.region=eu-west-1")
			.run((context) -> {
				assertThat(context).hasSingleBean(CloudMapRegistry.class);
				assertThat(context.getBean(RegistryChoice.class).reason()).isEqualTo("running on Amazon ECS");
				assertThat(context.getBean(Registry.class).info().location()).isEqualTo("eu-west-1");
			});
		this.runner.withPropertyValues("discovery.registry=embedded", region)
			.run((context) -> assertThat(context).hasSingleBean(EmbeddedRegistry.class));
	}

	@Test
	void connectionDetailsReplaceProperties() {
		this.runner.withUserConfiguration(Details.class).run((context) -> {
			Registry registry = context.getBean(Registry.class);
			assertThat(registry).isInstanceOf(CloudMapRegistry.class);
			assertThat(registry.info().location()).isEqualTo("http://127.0.0.1:2");
			assertThat(registry.dnsServers()).containsExactly(new InetSocketAddress("127.0.0.1", 3));
		});
	}

	@Test
	void connectionDetailsOfParentContextReplaceProperties() {
		new ApplicationContextRunner().withUserConfiguration(Details.class)
			.run((parent) -> this.runner.withParent(parent)
				.run((context) -> assertThat(context.getBean(Registry.class).info().location())
					.isEqualTo("http://127.0.0.1:2")));
	}

	@Test
	void childContextUsesRegistryAndChoiceOfParent() {
		this.runner.withUserConfiguration(Details.class)
			.run((parent) -> this.runner.withParent(parent)
				.withPropertyValues("discovery.registry=embedded")
				.run((child) -> {
					assertThat(child.getBean(Registry.class)).isSameAs(parent.getBean(Registry.class));
					assertThat(child.getBean(RegistryChoice.class)).isSameAs(parent.getBean(RegistryChoice.class));
				}));
	}

	@Test
	void userBeansTakePrecedence() {
		this.runner.withBean(Registry.class, FakeRegistry::new)
			.withBean("mySource", InstanceSource.class,
					() -> (service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(), "mine")))
			.withBean("myNamespace", Namespace.class, () -> new Namespace("mine"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Registry.class)
				.hasSingleBean(FakeRegistry.class)
				.hasSingleBean(InstanceSource.class)
				.hasSingleBean(Namespace.class)
				.hasBean("mySource"));
		this.runner.withUserConfiguration(OwnClient.class)
			.withPropertyValues("discovery.cloud-map.region=eu-central-1")
			.run((context) -> assertThat(context).hasSingleBean(ServiceDiscoveryClient.class).hasBean("ownClient"));
	}

	@Test
	void userHostResolverTakesPrecedence() {
		this.runner.withBean(HostResolver.class, () -> () -> HostResolution.of("10.9.8.7", "mine"))
			.withPropertyValues("discovery.registration.port=1234")
			.run((context) -> assertThat(context.getBean(Registration.class).getHost()).isEqualTo("10.9.8.7"));
	}

	@Test
	void registrationUsesProperties() {
		this.runner
			.withPropertyValues("discovery.registration.host=10.1.2.3", "discovery.registration.port=1234",
					"discovery.registration.metadata.color=blue", "discovery.registration.instance-id=me")
			.run((context) -> {
				Registration registration = context.getBean(Registration.class);
				assertThat(registration.getServiceId()).isEqualTo("worker");
				assertThat(registration.getInstanceId()).isEqualTo("me");
				assertThat(registration.getUri()).isEqualTo(URI.create("http://10.1.2.3:1234"));
				assertThat(registration.getMetadata()).containsEntry("color", "blue")
					.containsEntry("discovery.lease", "15");
			});
	}

	@Test
	void registersHttpsServerAsSecure() {
		this.runner.withPropertyValues("discovery.registration.port=8443", "server.ssl.bundle=mine").run((context) -> {
			Registration registration = context.getBean(Registration.class);
			assertThat(registration.isSecure()).isTrue();
			assertThat(registration.getUri()).isEqualTo(URI.create("https://127.0.0.1:8443"));
		});
		this.runner
			.withPropertyValues("discovery.registration.port=8080", "server.ssl.bundle=mine",
					"server.ssl.enabled=false")
			.run((context) -> assertThat(context.getBean(Registration.class).isSecure()).isFalse());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableDiscoveryClient(autoRegister = false)
	static class ByHand {

	}

	@Configuration(proxyBeanMethods = false)
	static class Details {

		@Bean
		CloudMapConnectionDetails details() {
			return new CloudMapConnectionDetails() {

				@Override
				public @Nullable URI getEndpoint() {
					return URI.create("http://127.0.0.1:2");
				}

				@Override
				public @Nullable List<InetSocketAddress> getDnsServers() {
					return List.of(new InetSocketAddress("127.0.0.1", 3));
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClient {

		@Bean
		ServiceDiscoveryClient ownClient() {
			return new ServiceDiscoveryClient() {

				@Override
				public String serviceName() {
					return SERVICE_NAME;
				}

				@Override
				public void close() {
				}

			};
		}

	}

}
