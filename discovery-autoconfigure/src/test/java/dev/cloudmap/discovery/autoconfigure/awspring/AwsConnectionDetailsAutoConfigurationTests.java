package dev.cloudmap.discovery.autoconfigure.awspring;

import java.net.URI;

import io.awspring.cloud.autoconfigure.core.AwsConnectionDetails;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class AwsConnectionDetailsAutoConfigurationTests {

	private static final URI EMULATOR = URI.create("http://127.0.0.1:4566");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AwsConnectionDetailsAutoConfiguration.class));

	@Test
	void emulatorDetailsApplyToCloudMap() {
		this.runner.withBean(AwsConnectionDetails.class, () -> details(EMULATOR)).run((context) -> {
			CloudMapConnectionDetails details = context.getBean(CloudMapConnectionDetails.class);
			assertThat(details.getEndpoint()).isEqualTo(EMULATOR);
			assertThat(details.getRegion()).isEqualTo("eu-central-1");
			assertThat(details.getCredentials()).isNotNull()
				.extracting((credentials) -> credentials.resolveCredentials().accessKeyId())
				.isEqualTo("me");
			assertThat(details.hasDns()).isFalse();
			assertThat(details.getCreate()).isEqualTo(CreationPolicy.Scope.NAMESPACES);
		});
	}

	@Test
	void awsItselfHasDns() {
		this.runner.withBean(AwsConnectionDetails.class, () -> details(null)).run((context) -> {
			CloudMapConnectionDetails details = context.getBean(CloudMapConnectionDetails.class);
			assertThat(details.hasDns()).isTrue();
			assertThat(details.getCreate()).isNull();
		});
	}

	@Test
	void selectsRegistryOfEmulator(CapturedOutput output) {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
			.withBean(AwsConnectionDetails.class, () -> details(EMULATOR))
			.withPropertyValues("discovery.namespace=corp")
			.run((context) -> assertThat(context.getBean(Registry.class).info().location())
				.isEqualTo(EMULATOR.toString()));
		assertThat(output).contains("connection details are provided by the bean awsCloudMapConnectionDetails")
			.contains("has no DNS");
	}

	@Test
	void backsOffForUserConnectionDetails() {
		CloudMapConnectionDetails mine = new CloudMapConnectionDetails() {
		};
		this.runner.withBean(AwsConnectionDetails.class, () -> details(EMULATOR))
			.withBean(CloudMapConnectionDetails.class, () -> mine)
			.run((context) -> assertThat(context.getBean(CloudMapConnectionDetails.class)).isSameAs(mine));
	}

	@Test
	void backsOffWithoutSpringCloudAws() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(CloudMapConnectionDetails.class));
		this.runner.withClassLoader(new FilteredClassLoader(AwsConnectionDetails.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CloudMapConnectionDetails.class));
	}

	private static AwsConnectionDetails details(@Nullable URI endpoint) {
		return new AwsConnectionDetails() {

			@Override
			public @Nullable URI getEndpoint() {
				return endpoint;
			}

			@Override
			public String getRegion() {
				return "eu-central-1";
			}

			@Override
			public String getAccessKey() {
				return "me";
			}

			@Override
			public String getSecretKey() {
				return "s3cret";
			}

		};
	}

}
