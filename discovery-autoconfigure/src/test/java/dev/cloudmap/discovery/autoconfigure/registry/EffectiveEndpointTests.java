package dev.cloudmap.discovery.autoconfigure.registry;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.registration.host.NetworkScope;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint of Cloud Map applies to all requests, to the rules for loopback addresses
 * and to messages, whichever source sets it.
 */
class EffectiveEndpointTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static RegistryServer server;

	private final ApplicationContextRunner bare = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class, RegistrationAutoConfiguration.class,
				UtilAutoConfiguration.class))
		.withSystemProperties("aws.accessKeyId=test", "aws.secretAccessKey=test")
		.withPropertyValues("spring.application.name=worker", "discovery.namespace=corp",
				"discovery.cloud-map.create=namespaces");

	private final ApplicationContextRunner runner = this.bare.withPropertyValues("discovery.registry=cloud-map");

	@BeforeAll
	static void start() {
		server = RegistryServer.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.cloud-map.endpoint", "AWS_ENDPOINT_URL_SERVICEDISCOVERY", "AWS_ENDPOINT_URL" })
	void propertyOrEnvironmentVariable(String name) {
		this.runner.withPropertyValues(name + "=" + server.endpoint()).run(this::assertEndpointIsUsed);
	}

	@ParameterizedTest
	@ValueSource(strings = { "aws.endpointUrlServiceDiscovery", "aws.endpointUrl" })
	void systemProperty(String name) {
		this.runner.withSystemProperties(name + "=" + server.endpoint()).run(this::assertEndpointIsUsed);
	}

	@Test
	void requiresRegionWithoutEndpoint() {
		this.runner.withSystemProperties("aws.disableEc2Metadata=true", "aws.configFile=none", "aws.region=")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining(DiscoveryException.class.getName())
				.hasStackTraceContaining("Set discovery.cloud-map.region, for example to eu-central-1"));
	}

	@Test
	void requiresRegionForVpcInterfaceEndpoint() {
		this.runner.withSystemProperties("aws.disableEc2Metadata=true", "aws.configFile=none", "aws.region=")
			.withPropertyValues(
					"discovery.cloud-map.endpoint=https://vpce-1.servicediscovery.eu-west-1.vpce.amazonaws.com")
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("Set discovery.cloud-map.region"));
	}

	@Test
	void awsProfile(@TempDir Path directory) throws IOException {
		Path config = directory.resolve("config");
		Files.writeString(config, """
				[default]
				services = local
				[services local]
				servicediscovery =
				  endpoint_url = %s
				""".formatted(server.endpoint()));
		this.runner.withSystemProperties("aws.configFile=" + config).run(this::assertEndpointIsUsed);
	}

	@Test
	void clientCustomizer() {
		this.runner
			.withBean(CloudMapClientCustomizer.class, () -> (builder) -> builder.endpointOverride(server.endpoint()))
			.run(this::assertEndpointIsUsed);
	}

	@Test
	void userClient() {
		this.runner
			.withBean(ServiceDiscoveryClient.class,
					() -> ServiceDiscoveryClient.builder()
						.endpointOverride(server.endpoint())
						.region(Region.EU_WEST_1)
						.credentialsProvider(AnonymousCredentialsProvider.create())
						.build())
			.run(this::assertEndpointIsUsed);
	}

	private void assertEndpointIsUsed(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		Registry registry = context.getBean(Registry.class);
		assertThat(registry.info().location()).isEqualTo(server.endpoint().toString());
		assertThat(context.getBean(NetworkScope.class)).isEqualTo(NetworkScope.THIS_MACHINE);
		registry.register(new InstanceRegistration(WORKER, "i-1", "127.0.0.1", 8080, Map.of(),
				new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10))));
		assertThat(registry.discover(WORKER).instances()).hasSize(1);
		assertThat(registry.revision(WORKER)).isPositive();
	}

	@Test
	void endpointOfCloudMapSelectsCloudMap() {
		this.bare.withPropertyValues("AWS_ENDPOINT_URL_SERVICEDISCOVERY=" + server.endpoint()).run((context) -> {
			assertThat(context.getBean(RegistryChoice.class).reason())
				.isEqualTo("AWS_ENDPOINT_URL_SERVICEDISCOVERY is set");
			assertEndpointIsUsed(context);
		});
	}

	@Test
	void endpointOfAllAwsServicesDoesNotSelectCloudMap() {
		this.bare
			.withPropertyValues("AWS_ENDPOINT_URL=" + server.endpoint(), "discovery.embedded.http-port=0",
					"discovery.embedded.dns-port=0")
			.run((context) -> assertThat(context.getBean(Registry.class).info().type()).isEqualTo("embedded"));
	}

	@Test
	void ignoresBlankSettings() {
		this.bare.withPropertyValues("discovery.cloud-map.endpoint=", "discovery.cloud-map.region=",
				"AWS_ENDPOINT_URL_SERVICEDISCOVERY=", "discovery.embedded.http-port=0", "discovery.embedded.dns-port=0")
			.run((context) -> assertThat(context.getBean(Registry.class).info().type()).isEqualTo("embedded"));
		this.runner
			.withPropertyValues("discovery.cloud-map.region=", "discovery.cloud-map.endpoint=" + server.endpoint())
			.run((context) -> assertThat(region(context)).isEqualTo(Region.US_EAST_1));
	}

	@Test
	void configuredRegionAppliesToAnyEndpoint() {
		this.runner.withPropertyValues("discovery.cloud-map.endpoint=" + server.endpoint())
			.run((context) -> assertThat(region(context)).isEqualTo(Region.US_EAST_1));
		this.runner.withPropertyValues("discovery.cloud-map.endpoint=" + server.endpoint())
			.withSystemProperties("aws.region=eu-west-3")
			.run((context) -> assertThat(region(context)).isEqualTo(Region.EU_WEST_3));
		this.runner
			.withPropertyValues("discovery.cloud-map.endpoint=" + server.endpoint(),
					"discovery.cloud-map.region=eu-north-1")
			.withSystemProperties("aws.region=eu-west-3")
			.run((context) -> assertThat(region(context)).isEqualTo(Region.EU_NORTH_1));
	}

	private static Region region(AssertableApplicationContext context) {
		return context.getBean(ServiceDiscoveryClient.class).serviceClientConfiguration().region();
	}

	@Test
	void invalidUrlFailsWithExplanation() {
		this.runner.withPropertyValues("AWS_ENDPOINT_URL_SERVICEDISCOVERY=localhost:8054")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("AWS_ENDPOINT_URL_SERVICEDISCOVERY is 'localhost:8054'"));
	}

	@Test
	void locationOmitsCredentialsOfEndpoint() {
		URI endpoint = URI.create(server.endpoint().toString().replace("//", "//me:secret@"));
		this.runner.withPropertyValues("discovery.cloud-map.endpoint=" + endpoint)
			.run((context) -> assertThat(context.getBean(Registry.class).info().location())
				.isEqualTo(server.endpoint().toString()));
	}

}
