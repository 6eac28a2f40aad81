package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.embedded.EmbeddedRegistry;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of applications with {@link CloudMapConnectionDetails}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConnectionDetailsTests {

	private static final ServiceName SERVICE = new ServiceName(new Namespace("corp"), "worker");

	private final RegistryServer server = RegistryServer
		.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.lookup.timeout=30s");

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void chooseCloudMapDespiteOtherSettings(CapturedOutput output) {
		this.runner.withBean("mine", CloudMapConnectionDetails.class, () -> details(true, null))
			.withPropertyValues("discovery.cloud-map.region=eu-central-1")
			.run((context) -> assertThat(context).hasSingleBean(CloudMapRegistry.class)
				.doesNotHaveBean(EmbeddedRegistry.class));
		assertThat(output).contains("connection details are provided by the bean mine");
	}

	@Test
	void doNotReplaceConfiguredRegistry() {
		this.runner.withBean(CloudMapConnectionDetails.class, () -> details(false, null))
			.withPropertyValues("discovery.registry=embedded", "discovery.embedded.http-port=0",
					"discovery.embedded.dns-port=0")
			.run((context) -> {
				assertThat(context).hasSingleBean(EmbeddedRegistry.class).doesNotHaveBean(CloudMapRegistry.class);
				register(context);
				assertThat(lookup(context).source()).isEqualTo("dns");
			});
	}

	@Test
	void letRegistrationCreateNamespaceWithDns(CapturedOutput output) {
		this.runner.withBean(CloudMapConnectionDetails.class, () -> details(true, null)).run((context) -> {
			register(context);
			assertThat(lookup(context).source()).isEqualTo("dns");
		});
		assertThat(this.server.dnsStatistics().udpQueries()).isPositive();
		assertThat(output).doesNotContain("has no DNS");
	}

	@Test
	void setTransportOfDns() {
		this.runner.withBean(CloudMapConnectionDetails.class, () -> details(true, DnsTransport.TCP)).run((context) -> {
			register(context);
			assertThat(lookup(context).source()).isEqualTo("dns");
		});
		assertThat(this.server.dnsStatistics().tcpQueries()).isPositive();
		assertThat(this.server.dnsStatistics().udpQueries()).isZero();
	}

	@Test
	void doNotSetTransportOfConfiguredServers() {
		this.runner.withBean(CloudMapConnectionDetails.class, () -> details(true, DnsTransport.TCP))
			.withPropertyValues("discovery.lookup.dns.servers=127.0.0.1:" + this.server.dnsAddress().getPort())
			.run((context) -> {
				register(context);
				assertThat(lookup(context).source()).isEqualTo("dns");
			});
		assertThat(this.server.dnsStatistics().udpQueries()).isPositive();
	}

	@Test
	void withoutDnsUseApiForLookups(CapturedOutput output) {
		this.runner.withBean(CloudMapConnectionDetails.class, () -> details(false, null)).run((context) -> {
			register(context);
			assertThat(lookup(context).source()).isEqualTo("api");
		});
		assertThat(output).containsOnlyOnce("The registry at " + this.server.endpoint() + " has no DNS");
	}

	@Test
	void withoutDnsUseConfiguredServers(CapturedOutput output) {
		this.runner.withBean(CloudMapConnectionDetails.class, () -> details(false, null))
			.withPropertyValues("discovery.lookup.dns.servers=127.0.0.1:" + this.server.dnsAddress().getPort())
			.run((context) -> {
				register(context);
				assertThat(lookup(context).source()).isEqualTo("dns");
			});
		assertThat(output).doesNotContain("has no DNS");
	}

	private static void register(ApplicationContext context) {
		context.getBean(Registry.class)
			.register(new InstanceRegistration(SERVICE, "i-1", "127.0.0.1", 1, Map.of(),
					new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	private static InstanceSet lookup(ApplicationContext context) {
		InstanceSet found = context.getBean(InstanceSource.class).lookup(SERVICE).toCompletableFuture().join();
		assertThat(found.instances()).singleElement().extracting("port").isEqualTo(1);
		return found;
	}

	private CloudMapConnectionDetails details(boolean dns, @Nullable DnsTransport transport) {
		return new CloudMapConnectionDetails() {

			@Override
			public URI getEndpoint() {
				return ConnectionDetailsTests.this.server.endpoint();
			}

			@Override
			public AwsCredentialsProvider getCredentials() {
				return AnonymousCredentialsProvider.create();
			}

			@Override
			public boolean hasDns() {
				return dns;
			}

			@Override
			public List<InetSocketAddress> getDnsServers() {
				return List.of(ConnectionDetailsTests.this.server.dnsAddress());
			}

			@Override
			public @Nullable DnsTransport getDnsTransport() {
				return transport;
			}

			@Override
			public CreationPolicy.Scope getCreate() {
				return CreationPolicy.Scope.NAMESPACES;
			}

			@Override
			public String getVpc() {
				return "vpc-1";
			}

		};
	}

}
