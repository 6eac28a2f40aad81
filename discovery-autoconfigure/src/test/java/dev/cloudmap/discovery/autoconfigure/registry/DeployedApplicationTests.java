package dev.cloudmap.discovery.autoconfigure.registry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;

import dev.cloudmap.discovery.actuate.DiscoveryHealthIndicator;
import dev.cloudmap.discovery.autoconfigure.actuate.DiscoveryHealthAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.embedded.EmbeddedRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A deployed application without a registry reports that it is isolated.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeployedApplicationTests {

	private final ApplicationContextRunner inKubernetes = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class,
						DiscoveryHealthAutoConfiguration.class, UtilAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0", "KUBERNETES_SERVICE_HOST=10.0.0.1");

	@Test
	void logAndHealthStateRequiredSettings(CapturedOutput output) {
		this.inKubernetes.run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(EmbeddedRegistry.class);
			assertThat(output).containsPattern("WARN.*in Kubernetes \\(KUBERNETES_SERVICE_HOST is set\\)");
			assertThat(context.getBean(DiscoveryHealthIndicator.class).health().getDetails().get("registry")).asString()
				.contains("set discovery.cloud-map.region", "set discovery.registry=embedded");
		});
	}

	@Test
	void regionAndCredentialsDoNotSelectCloudMap(CapturedOutput output) {
		this.inKubernetes
			.withPropertyValues("AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b")
			.run((context) -> assertThat(context).hasSingleBean(EmbeddedRegistry.class));
		assertThat(output).contains("WARN");
	}

	@Test
	void explicitEmbeddedRegistryLogsNoWarning(CapturedOutput output) {
		this.inKubernetes.withPropertyValues("discovery.registry=embedded")
			.run((context) -> assertThat(context).hasSingleBean(EmbeddedRegistry.class));
		assertThat(output).contains("discovery.registry=embedded")
			.doesNotContainPattern("WARN.*RegistryAutoConfiguration");
	}

	@Test
	void userRegistryLogsNoWarning(CapturedOutput output) {
		this.inKubernetes.withBean(Registry.class, FakeRegistry::new)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContainPattern("WARN.*RegistryAutoConfiguration");
	}

}
