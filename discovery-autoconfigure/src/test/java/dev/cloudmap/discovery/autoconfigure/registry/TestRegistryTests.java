package dev.cloudmap.discovery.autoconfigure.registry;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClientBuilder;

import dev.cloudmap.discovery.autoconfigure.TestDefaultsContextCustomizerFactory;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.registration.aws.Ec2Metadata;
import dev.cloudmap.discovery.registration.aws.EcsMetadata;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.embedded.EmbeddedRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test never uses AWS, whatever the configuration of the application.
 */
@ExtendWith(OutputCaptureExtension.class)
class TestRegistryTests {

	private static final String ENDPOINT = "http://127.0.0.1:1";

	/** Creates contexts like the Spring TestContext framework. */
	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer((context) -> new TestDefaultsContextCustomizerFactory()
			.createContextCustomizer(TestRegistryTests.class, List.of())
			.customizeContext(context, null))
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class, RegistrationAutoConfiguration.class,
				UtilAutoConfiguration.class))
		.withPropertyValues("spring.application.name=worker", "discovery.namespace=corp");

	@ParameterizedTest
	@ValueSource(strings = { "discovery.registry=cloud-map", "discovery.cloud-map.region=eu-central-1",
			"ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/1" })
	void usesEmbeddedRegistryInsteadOfAws(String property, CapturedOutput output) {
		this.runner.withPropertyValues(property, "AWS_REGION=eu-central-1").run((context) -> {
			assertThat(context).hasNotFailed()
				.hasSingleBean(EmbeddedRegistry.class)
				.doesNotHaveBean(CloudMapRegistry.class);
			assertThat(context.getBeanProvider(Ec2Metadata.class).getIfAvailable()).isNull();
			assertThat(context.getBeanProvider(EcsMetadata.class).getIfAvailable()).isNull();
		});
		assertThat(output).contains("a test does not use AWS").contains("set discovery.cloud-map.endpoint");
	}

	@ParameterizedTest
	@ValueSource(strings = { "discovery.cloud-map.endpoint", "AWS_ENDPOINT_URL_SERVICEDISCOVERY", "AWS_ENDPOINT_URL" })
	void keepsExplicitEndpoint(String property) {
		this.runner.withPropertyValues("discovery.registry=cloud-map", property + "=" + ENDPOINT)
			.run((context) -> assertThat(context.getBean(Registry.class).info().location()).isEqualTo(ENDPOINT));
	}

	@Test
	void keepsConnectionDetails() {
		this.runner.withBean(CloudMapConnectionDetails.class, Details::new)
			.run((context) -> assertThat(context.getBean(Registry.class).info().location()).isEqualTo(ENDPOINT));
	}

	@Test
	void keepsUserClientUnlessItCallsAws() {
		ServiceDiscoveryClientBuilder client = ServiceDiscoveryClient.builder().region(Region.EU_CENTRAL_1);
		ApplicationContextRunner own = this.runner.withPropertyValues("discovery.registry=cloud-map")
			.withBean(ServiceDiscoveryClient.class, client::build);
		own.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.hasMessageContaining("A test does not use AWS")
			.hasMessageContaining("eu-central-1"));
		client.endpointOverride(URI.create(ENDPOINT));
		own.run((context) -> assertThat(context.getBean(Registry.class).info().location()).isEqualTo(ENDPOINT));
	}

	@Test
	void keepsUserRegistry() {
		this.runner.withBean(Registry.class, FakeRegistry::new)
			.withPropertyValues("discovery.registry=cloud-map")
			.run((context) -> assertThat(context).hasSingleBean(Registry.class).hasSingleBean(FakeRegistry.class));
	}

	@Test
	void applicationStartedByTestUsesNoAws(CapturedOutput output) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--discovery.namespace=corp", "--discovery.cloud-map.region=eu-central-1",
					"--discovery.embedded.http-port=0", "--discovery.embedded.dns-port=0")) {
			assertThat(context.getBean(Registry.class)).isInstanceOf(EmbeddedRegistry.class);
		}
		assertThat(output).contains("a test does not use AWS").doesNotContainPattern("WARN.*RegistryAutoConfiguration");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(RegistryAutoConfiguration.class)
	static class Application {

	}

	private static final class Details implements CloudMapConnectionDetails {

		@Override
		public @Nullable URI getEndpoint() {
			return URI.create(ENDPOINT);
		}

	}

}
