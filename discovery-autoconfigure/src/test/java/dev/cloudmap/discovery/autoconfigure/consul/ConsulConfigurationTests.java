package dev.cloudmap.discovery.autoconfigure.consul;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.mock.env.MockEnvironment;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.autoconfigure.TestDefaultsContextCustomizerFactory;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.properties.ConsulProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryChoice;
import dev.cloudmap.discovery.lookup.FallbackInstanceSource;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.dns.DnsInstanceSource;
import dev.cloudmap.discovery.lookup.dns.query.DnsServers;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.consul.ConsulRegistry;
import dev.cloudmap.discovery.registry.consul.ConsulSettings;
import dev.cloudmap.discovery.registry.embedded.EmbeddedRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The configuration of Consul as the registry, without a Consul.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConsulConfigurationTests {

	private static final String ECS = "ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/1";

	private static final String TRUST_STORE = "spring.ssl.bundle.jks.consul.truststore.location";

	private static final String TRUSTED = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts")
		.toUri()
		.toString();

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class, SslAutoConfiguration.class));

	private final ApplicationContextRunner consul = this.runner.withPropertyValues("discovery.registry=consul");

	@Nested
	class Choice {

		@ParameterizedTest
		@ValueSource(strings = { "discovery.consul.host=consul.example", "discovery.consul.port=18500",
				"discovery.consul.scheme=https", "discovery.consul.token=s3cret", "discovery.consul.datacenter=dc1" })
		void autoSelectsConfiguredConsul(String property) {
			ConsulConfigurationTests.this.runner.withPropertyValues(property).run((context) -> {
				assertThat(context.getBean(Registry.class)).isInstanceOf(ConsulRegistry.class);
				assertThat(context.getBean(RegistryChoice.class).reason())
					.isEqualTo(property.substring(0, property.indexOf('=')) + " is set");
			});
		}

		@Test
		void autoSelectsConnectionDetails() {
			ConsulConfigurationTests.this.runner
				.withBean("mine", ConsulConnectionDetails.class, () -> () -> URI.create("http://127.0.0.1:1"))
				.run((context) -> {
					assertThat(context.getBean(Registry.class).info().location()).isEqualTo("http://127.0.0.1:1");
					assertThat(context.getBean(RegistryChoice.class).reason()).contains("the bean mine");
				});
		}

		@Test
		void connectionDetailsPrecedePropertiesOfAnotherRegistry() {
			ConsulConfigurationTests.this.runner
				.withBean(ConsulConnectionDetails.class, () -> () -> URI.create("http://127.0.0.1:1"))
				.withPropertyValues("discovery.cloud-map.region=eu-central-1", "discovery.consul.host=consul.example")
				.run((context) -> assertThat(context.getBean(Registry.class).info().location())
					.isEqualTo("http://127.0.0.1:1"));
		}

		@ParameterizedTest
		@CsvSource({ "discovery.cloud-map.region=eu-central-1, discovery.cloud-map.region is set",
				ECS + ", running on Amazon ECS" })
		void severalConfiguredRegistriesAreAnError(String property, String reason) {
			ConsulConfigurationTests.this.runner
				.withPropertyValues("discovery.consul.host=consul.example", "discovery.namespace=corp", property)
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOfSatisfying(DiscoveryException.class, (ex) -> {
						assertThat(ex.getDescription()).contains("AWS Cloud Map (" + reason + ")")
							.contains("Consul (discovery.consul.host is set)");
						assertThat(ex.getAction())
							.isEqualTo("Set discovery.registry=cloud-map or discovery.registry=consul");
					}));
		}

		@Test
		void connectionDetailsOfSeveralRegistriesAreAnError() {
			ConsulConfigurationTests.this.runner
				.withBean("one", ConsulConnectionDetails.class, () -> () -> URI.create("http://127.0.0.1:1"))
				.withBean("other", CloudMapConnectionDetails.class, () -> new CloudMapConnectionDetails() {
				})
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.hasMessageContaining("the bean one")
					.hasMessageContaining("the bean other"));
		}

		@Test
		void registryPropertySelectsOneOfSeveral() {
			ConsulConfigurationTests.this.consul.withPropertyValues("discovery.cloud-map.region=eu-central-1", ECS)
				.run((context) -> assertThat(context.getBean(Registry.class)).isInstanceOf(ConsulRegistry.class));
		}

		@Test
		void createsNothingOfConsulForAnotherRegistry() {
			ConsulConfigurationTests.this.runner
				.withPropertyValues("discovery.namespace=corp", "discovery.embedded.http-port=0",
						"discovery.embedded.dns-port=0")
				.run((context) -> {
					assertThat(context.getBean(Registry.class)).isInstanceOf(EmbeddedRegistry.class);
					assertThat(context.getBean(InstanceSource.class)).isInstanceOf(FallbackInstanceSource.class);
					assertThat(context.getBeanFactory().containsSingleton("consulConnection")).isFalse();
					assertThat(context.getBeanFactory().containsSingleton("consulRegistryFactory")).isFalse();
				});
		}

		@Test
		void createsNothingOfAwsForConsul() {
			ConsulConfigurationTests.this.consul.run((context) -> {
				assertThat(context.getBean(InstanceSource.class)).isInstanceOf(FallbackInstanceSource.class);
				assertThat(context.getBeanFactory().containsSingleton("cloudMapClient")).isFalse();
			});
		}

	}

	@Nested
	class InTest {

		private final ApplicationContextRunner test = ConsulConfigurationTests.this.consul
			.withInitializer((context) -> new TestDefaultsContextCustomizerFactory()
				.createContextCustomizer(ConsulConfigurationTests.class, List.of())
				.customizeContext(context, null));

		@ParameterizedTest
		@ValueSource(strings = { "discovery.consul.host=127.0.0.1", "discovery.consul.host=consul.example",
				"discovery.consul.token=s3cret" })
		void usesEmbeddedRegistryWithTheSameNamespace(String property, CapturedOutput output) {
			this.test.withPropertyValues(property).run((context) -> {
				assertThat(context.getBean(Registry.class)).isInstanceOf(EmbeddedRegistry.class);
				assertThat(context.getBean(Namespace.class).name()).isEqualTo("service.consul");
			});
			assertThat(output).contains("a test does not use Consul, although discovery.registry=consul")
				.contains("set discovery.consul.port");
		}

		@Test
		void usesOwnConsul() {
			this.test.withPropertyValues("discovery.consul.port=18500")
				.run((context) -> assertThat(context.getBean(Registry.class)).isInstanceOf(ConsulRegistry.class));
			this.test.withBean(ConsulConnectionDetails.class, () -> () -> URI.create("http://127.0.0.1:1"))
				.run((context) -> assertThat(context.getBean(Registry.class)).isInstanceOf(ConsulRegistry.class));
		}

	}

	@Nested
	class NamespaceOfConsul {

		@ParameterizedTest
		@CsvSource({ "discovery.order=0, service.consul", "discovery.consul.datacenter=dc1, service.dc1.consul",
				"discovery.consul.domain=internal.example, service.internal.example",
				"discovery.namespace=service.consul, service.consul",
				"discovery.namespace=Service.Consul, service.consul", "discovery.namespace=, service.consul" })
		void isThatOfDns(String property, String expected) {
			ConsulConfigurationTests.this.consul.withPropertyValues(property).run((context) -> {
				assertThat(context.getBean(Namespace.class).name()).isEqualTo(expected);
				Namespaces namespaces = context.getBean(Namespaces.class);
				assertThat(namespaces.serviceName("worker")).isEqualTo(namespaces.serviceName("worker." + expected));
			});
		}

		@Test
		void cannotBeAnother() {
			ConsulConfigurationTests.this.consul
				.withPropertyValues("discovery.namespace=corp", "spring.profiles.active=production")
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOfSatisfying(DiscoveryException.class, (ex) -> {
						assertThat(ex.getDescription()).contains("'corp'")
							.contains("production")
							.contains("expected service.consul");
						assertThat(ex.getAction()).contains(
								"Remove discovery.namespace, or set discovery.namespace=service.consul in the profile that selects Consul");
					}));
		}

	}

	@Nested
	class Connection {

		@Test
		void hasDefaults() {
			ConsulConfigurationTests.this.consul.run((context) -> {
				ConsulConnection connection = context.getBean(ConsulConnection.class);
				assertThat(connection.settings()).isEqualTo(ConsulSettings.of(URI.create("http://localhost:8500")));
				assertThat(connection.tls()).isNull();
				assertThat(connection.isLoopback()).isTrue();
				assertThat(context.getBean(DnsServers.class).addresses())
					.containsExactly(InetSocketAddress.createUnresolved("localhost", 8600));
			});
		}

		@Test
		void hasProperties() {
			ConsulConfigurationTests.this.consul
				.withPropertyValues("discovery.consul.host=fd00::17", "discovery.consul.port=18501",
						"discovery.consul.scheme=https", "discovery.consul.token= s3cret ",
						"discovery.consul.datacenter=dc1", "discovery.consul.check=http",
						"discovery.consul.check-interval=7s", "discovery.consul.http-check-path=/ok",
						"discovery.consul.deregister-critical-after=10m", "discovery.consul.consistency=consistent",
						"discovery.consul.timeout=3s", "discovery.consul.dns-port=18600")
				.run((context) -> {
					ConsulSettings settings = context.getBean(ConsulConnection.class).settings();
					assertThat(settings.agent()).isEqualTo(URI.create("https://[fd00::17]:18501"));
					assertThat(settings.token()).isEqualTo("s3cret");
					assertThat(settings.datacenter()).isEqualTo("dc1");
					assertThat(settings.check()).isEqualTo(ConsulSettings.Check.HTTP);
					assertThat(settings.checkInterval()).hasSeconds(7);
					assertThat(settings.httpCheckPath()).isEqualTo("/ok");
					assertThat(settings.deregisterCriticalAfter()).hasMinutes(10);
					assertThat(settings.consistency()).isEqualTo(ConsulSettings.Consistency.CONSISTENT);
					assertThat(settings.timeout()).hasSeconds(3);
					assertThat(context.getBean(DnsServers.class).addresses())
						.containsExactly(new InetSocketAddress("fd00::17", 18600));
					assertThat(context.getBean(DiscoveryProperties.class).consul().toString()).doesNotContain("s3cret");
				});
		}

		@Test
		void usesSslBundle() {
			ConsulConfigurationTests.this.consul
				.withPropertyValues("discovery.consul.ssl.bundle=consul", TRUST_STORE + "=" + TRUSTED)
				.run((context) -> {
					ConsulConnection connection = context.getBean(ConsulConnection.class);
					assertThat(connection.tls()).isNotNull();
					assertThat(connection.settings().agent().getScheme()).isEqualTo("https");
				});
			ConsulConfigurationTests.this.consul.withPropertyValues("discovery.consul.ssl.bundle=missing")
				.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("missing"));
			ConsulConfigurationTests.this.consul
				.withPropertyValues("discovery.consul.ssl.bundle=consul", "discovery.consul.scheme=http",
						TRUST_STORE + "=" + TRUSTED)
				.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("expected https"));
		}

		@Test
		void usesConnectionDetails() {
			ConsulConfigurationTests.this.consul.withBean(ConsulConnectionDetails.class, Details::new)
				.withPropertyValues("discovery.consul.token=other")
				.run((context) -> {
					ConsulConnection connection = context.getBean(ConsulConnection.class);
					assertThat(connection.settings().token()).isEqualTo("of-details");
					assertThat(connection.isLoopback()).isFalse();
					assertThat(context.getBean(DnsServers.class).addresses()).isEmpty();
					assertThat(context.getBean(InstanceSource.class)).isNotInstanceOf(FallbackInstanceSource.class);
				});
		}

		@Test
		void readsSslBundleBeforeTheContextExists() {
			ConsulProperties properties = properties("discovery.consul.ssl.bundle=consul");
			MockEnvironment environment = new MockEnvironment().withProperty(TRUST_STORE, TRUSTED);
			assertThat(ConsulConnection.early(properties, environment).tls()).isNotNull();
			assertThatExceptionOfType(DiscoveryException.class)
				.isThrownBy(() -> ConsulConnection.early(properties, new MockEnvironment()))
				.withMessageContaining("spring.ssl.bundle.pem.consul");
		}

		private ConsulProperties properties(String... values) {
			ConsulProperties[] bound = new ConsulProperties[1];
			ConsulConfigurationTests.this.runner.withPropertyValues("discovery.namespace=corp")
				.withPropertyValues("discovery.registry=cloud-map", "discovery.cloud-map.endpoint=http://127.0.0.1:1",
						"discovery.cloud-map.region=eu-central-1")
				.withPropertyValues(values)
				.run((context) -> bound[0] = context.getBean(DiscoveryProperties.class).consul());
			return bound[0];
		}

	}

	@Nested
	class Lookups {

		@Test
		void modeSelectsSource() {
			assertThat(source(ConsulConfigurationTests.this.consul)).isInstanceOf(FallbackInstanceSource.class);
			assertThat(source(ConsulConfigurationTests.this.consul.withPropertyValues("discovery.lookup.mode=dns",
					"discovery.lookup.services.worker.tag=blue")))
				.isInstanceOf(DnsInstanceSource.class);
			assertThat(source(ConsulConfigurationTests.this.consul.withPropertyValues("discovery.lookup.mode=api")))
				.isNotInstanceOfAny(FallbackInstanceSource.class, DnsInstanceSource.class);
		}

		private @Nullable InstanceSource source(ApplicationContextRunner runner) {
			InstanceSource[] source = new InstanceSource[1];
			runner.run((context) -> source[0] = context.getBean(InstanceSource.class));
			return source[0];
		}

		@Test
		void configuredServersPrecede() {
			ConsulConfigurationTests.this.consul.withPropertyValues("discovery.lookup.dns.servers=127.0.0.1:53")
				.run((context) -> assertThat(servers(context)).containsExactly(new InetSocketAddress("127.0.0.1", 53)));
		}

		private static List<InetSocketAddress> servers(ApplicationContext context) {
			return context.getBean(DnsServers.class).addresses();
		}

		@Test
		void warnsOfUdp(CapturedOutput output) {
			ConsulConfigurationTests.this.consul.run((context) -> assertThat(context).hasNotFailed());
			assertThat(output).doesNotContain("WARN");
			ConsulConfigurationTests.this.consul.withPropertyValues("discovery.lookup.dns.transport=udp")
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(output).containsOnlyOnce("Consul shortens UDP answers");
		}

		@Test
		void tagRequiresConsul() {
			ConsulConfigurationTests.this.runner
				.withPropertyValues("discovery.namespace=corp", "discovery.registry=cloud-map",
						"discovery.cloud-map.endpoint=http://127.0.0.1:1", "discovery.cloud-map.region=eu-central-1",
						"discovery.lookup.services.worker.tag=blue")
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.hasMessageContaining("worker.corp].tag is set")
					.hasMessageContaining("only Consul has tags"));
		}

	}

	private static final class Details implements ConsulConnectionDetails {

		@Override
		public URI getAgent() {
			return URI.create("http://10.0.0.7:8500");
		}

		@Override
		public String getToken() {
			return "of-details";
		}

		@Override
		public List<InetSocketAddress> getDnsServers() {
			return List.of();
		}

	}

}
