package dev.cloudmap.discovery.test.testcontainers;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.origin.OriginProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.testcontainers.context.ImportTestcontainers;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.boot.testcontainers.service.connection.ServiceConnectionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.testcontainers.containers.GenericContainer;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.lookup.InstanceSource;
import dev.cloudmap.discovery.lookup.dns.query.DnsTransport;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests connection details without an engine.
 */
@ExtendWith(OutputCaptureExtension.class)
class ServiceConnectionTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ServiceConnectionAutoConfiguration.class));

	private final ApplicationContextRunner application = this.runner
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.lookup.timeout=30s");

	@Test
	void registryProvidesApiAndDnsOverTcp() {
		this.runner.withUserConfiguration(WithRegistry.class).run((context) -> {
			RunningRegistry container = context.getBean(RunningRegistry.class);
			CloudMapConnectionDetails details = context.getBean(CloudMapConnectionDetails.class);
			assertThat(details.getEndpoint()).isEqualTo(container.server().endpoint());
			assertThat(details.getCredentials()).isInstanceOf(AnonymousCredentialsProvider.class);
			assertThat(details.hasDns()).isTrue();
			assertThat(details.getDnsServers())
				.containsExactly(new InetSocketAddress("127.0.0.1", container.server().dnsAddress().getPort()));
			assertThat(details.getDnsTransport()).isEqualTo(DnsTransport.TCP);
			assertThat(details.getCreate()).isEqualTo(CreationPolicy.Scope.NAMESPACES);
			assertThat(details).isInstanceOf(OriginProvider.class);
		});
	}

	@Test
	void usesCredentialsOfTheRegistry() {
		this.runner.withUserConfiguration(WithRegistry.class).run((context) -> {
			context.getBean(RunningRegistry.class).withCredentials("someone", "s3cret");
			assertThat(context.getBean(CloudMapConnectionDetails.class).getCredentials()).isNotNull()
				.extracting((credentials) -> credentials.resolveCredentials().accessKeyId())
				.isEqualTo("someone");
		});
	}

	@Test
	void applicationUsesTheRegistry(CapturedOutput output) {
		this.application.withUserConfiguration(WithRegistry.class).run((context) -> {
			ServiceName service = new ServiceName(new Namespace("corp"), "worker");
			context.getBean(Registry.class)
				.register(new InstanceRegistration(service, "i-1", "127.0.0.1", 1, Map.of(),
						new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
			InstanceSet found = context.getBean(InstanceSource.class).lookup(service).toCompletableFuture().join();
			assertThat(found.source()).isEqualTo("dns");
			assertThat(found.instances()).singleElement().extracting("id").isEqualTo("i-1");
			assertThat(context.getBean(RunningRegistry.class).server().dnsStatistics().udpQueries()).isZero();
		});
		assertThat(output).contains("CLOUD_MAP (connection details are provided by the bean");
	}

	@ParameterizedTest
	@ValueSource(classes = { WithLocalStack.class, WithFloci.class, WithMiniStack.class })
	void emulatorsProvideTheApiOnly(Class<?> configuration) {
		this.runner.withUserConfiguration(configuration).run((context) -> {
			CloudMapConnectionDetails details = context.getBean(CloudMapConnectionDetails.class);
			assertThat(details.getEndpoint()).isEqualTo(URI.create("http://127.0.0.1:14566"));
			assertThat(details.getRegion()).isEqualTo("eu-west-1");
			assertThat(details.getCredentials()).isNotNull()
				.extracting((credentials) -> credentials.resolveCredentials().accessKeyId())
				.isEqualTo("test");
			assertThat(details.hasDns()).isFalse();
			assertThat(details.getCreate()).isEqualTo(CreationPolicy.Scope.NAMESPACES);
		});
	}

	@Test
	void applicationLooksUpThroughTheApiOfAnEmulator(CapturedOutput output) {
		this.application.withUserConfiguration(WithEmulator.class).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("The registry at http://127.0.0.1:14566 has no DNS");
	}

	@Test
	void consulProvidesApiAndDnsOverTcp() {
		this.runner.withUserConfiguration(WithConsul.class).run((context) -> {
			ConsulConnectionDetails details = context.getBean(ConsulConnectionDetails.class);
			assertThat(details.getAgent()).isEqualTo(URI.create("http://127.0.0.1:18500"));
			assertThat(details.getToken()).isEqualTo("s3cret");
			assertThat(details.getDnsServers()).containsExactly(new InetSocketAddress("127.0.0.1", 18600));
			assertThat(details).isInstanceOf(OriginProvider.class);
		});
	}

	@Test
	void otherContainersHaveNoConnectionDetails() {
		this.runner.withUserConfiguration(WithOther.class)
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("No ConnectionDetails"));
	}

	@Configuration(proxyBeanMethods = false)
	static class WithRegistry {

		@Bean
		@ServiceConnection
		RunningRegistry registry() {
			return new RunningRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WithEmulator {

		@Bean
		@ServiceConnection("localstack/localstack")
		GenericContainer<?> localstack() {
			return new RunningEmulator("localstack/localstack:4.9");
		}

	}

	/** A container field of a test class: the image is known, the name is not. */
	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class WithLocalStack {

		@ServiceConnection
		static final GenericContainer<?> CONTAINER = new RunningEmulator("localstack/localstack:4.9")
			.withEnv("AWS_DEFAULT_REGION", "eu-west-1");

	}

	/** A container field of a test class: the image is known, the name is not. */
	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class WithFloci {

		@ServiceConnection
		static final GenericContainer<?> CONTAINER = new RunningEmulator("floci/floci").withEnv("AWS_DEFAULT_REGION",
				"eu-west-1");

	}

	/** A container field of a test class: the image is known, the name is not. */
	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class WithMiniStack {

		@ServiceConnection
		static final GenericContainer<?> CONTAINER = new RunningEmulator("mirror.example/ministackorg/ministack:latest")
			.withEnv("AWS_DEFAULT_REGION", "eu-west-1");

	}

	/** A container field of a test class: the image is known, the name is not. */
	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers
	static class WithConsul {

		@ServiceConnection
		static final GenericContainer<?> CONTAINER = new RunningEmulator("hashicorp/consul:1.20")
			.withEnv("CONSUL_HTTP_TOKEN", "s3cret")
			.withExposedPorts(8500, 8600);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportTestcontainers(Others.class)
	static class WithOther {

	}

	interface Others {

		@ServiceConnection
		GenericContainer<?> REDIS = new RunningEmulator("redis:7");

	}

}
