package dev.cloudmap.discovery.application;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.testsupport.Ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Applications whose environment has Registrator's variables, and what the registry holds
 * of them.
 */
@ExtendWith(OutputCaptureExtension.class)
class RegistratorTests {

	private final Applications applications = new Applications();

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	@AfterEach
	void stop() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
		this.applications.close();
	}

	@Test
	void registersNameIdTagsAndMetadata(CapturedOutput output) {
		int port = Ports.free();
		ConfigurableApplicationContext worker = start(port,
				Map.of("SERVICE_NAME", "shared", "SERVICE_" + port + "_NAME", "shop", "SERVICE_ID", "shop-1",
						"SERVICE_TAGS", "primary,a\\,b", "SERVICE_REGION", "us2", "SERVICE_DB_PASSWORD", "hunter2",
						"SERVICE_CHECK_SCRIPT", "true", "SERVICE_SERVICE_HOST", "10.0.0.1"));
		await().until(() -> phase(worker) == Phase.REGISTERED);
		assertThat(instances(worker, "shop")).singleElement().satisfies((instance) -> {
			assertThat(instance.id()).isEqualTo("shop-1");
			assertThat(instance.port()).isEqualTo(port);
			assertThat(InstanceAttributes.splitTags(instance.attributes().get("tags"))).containsExactly("primary",
					"a,b");
			assertThat(instance.attributes()).containsEntry("region", "us2")
				.doesNotContainKeys("db_password", "check_script", "service_host");
		});
		assertThat(instances(worker, "shared")).isEmpty();
		assertThat(instances(worker, "worker")).isEmpty();
		ConfigurableApplicationContext backend = this.applications.backend();
		assertThat(backend.getBean(DiscoveryClient.class).getInstances("shop")).extracting(ServiceInstance::getMetadata)
			.singleElement()
			.satisfies((metadata) -> assertThat(metadata).containsEntry("tags", "primary,a\\,b"));
		assertThat(output).containsOnlyOnce("SERVICE_DB_PASSWORD is left out")
			.containsOnlyOnce("[SERVICE_CHECK_SCRIPT] are left out")
			.doesNotContain("hunter2");
	}

	@Test
	void ignoredApplicationIsNotInTheRegistry(CapturedOutput output) {
		ConfigurableApplicationContext backend = this.applications.backend();
		await().until(() -> phase(backend) == Phase.REGISTERED);
		ConfigurableApplicationContext worker = start(0, Map.of("SERVICE_IGNORE", "true", "SERVICE_NAME", "shop"));
		assertThat(worker.getBeanProvider(RegistrationReconciler.class).getIfAvailable()).isNull();
		assertThat(backend.getBean(Registry.class).services(new Namespace("corp")))
			.extracting((service) -> service.name())
			.containsExactly("backend");
		assertThat(output).contains("This application is not registered, since SERVICE_IGNORE is set");
	}

	private ConfigurableApplicationContext start(int port, Map<String, Object> variables) {
		ConfigurableEnvironment environment = new StandardEnvironment() {

			@Override
			public Map<String, Object> getSystemEnvironment() {
				return variables;
			}

		};
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Worker.class)
			.web(WebApplicationType.SERVLET)
			.environment(environment)
			.run("--spring.application.name=worker", "--discovery.namespace=corp", "--server.port=" + port,
					"--discovery.embedded.http-port=" + this.applications.registryPort(),
					"--discovery.embedded.dns-port=0", "--discovery.lookup.refresh=200ms",
					"--discovery.registration.drain=0s", "--spring.main.banner-mode=off");
		this.contexts.add(context);
		return context;
	}

	private static Phase phase(ConfigurableApplicationContext context) {
		return context.getBean(RegistrationReconciler.class).state().phase();
	}

	private static List<Instance> instances(ConfigurableApplicationContext context, String service) {
		return context.getBean(Registry.class).discover(new ServiceName(new Namespace("corp"), service)).instances();
	}

	/** An application that starts without a registration too. */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Worker {

	}

}
