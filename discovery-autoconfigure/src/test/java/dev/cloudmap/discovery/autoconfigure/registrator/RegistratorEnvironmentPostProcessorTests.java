package dev.cloudmap.discovery.autoconfigure.registrator;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.PropertyCheckAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Registrator's variables beside the properties of an application.
 */
@ExtendWith(OutputCaptureExtension.class)
class RegistratorEnvironmentPostProcessorTests {

	private static final Map<String, Object> VARIABLES = Map.of("SERVICE_NAME", "shop", "SERVICE_ID", "shop-1",
			"SERVICE_TAGS", "primary,a\\,b", "SERVICE_REGION", "us2", "SERVICE_MY_TEAM", "${spring.application.name}",
			"SERVICE_CHECK_TTL", "1m", "SERVICE_CHECK_TCP", "true", "SERVICE_PASSWORD", "hunter2");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class, RegistrationAutoConfiguration.class,
				PropertyCheckAutoConfiguration.class, UtilAutoConfiguration.class))
		.withPropertyValues("spring.application.name=worker", "discovery.namespace=corp",
				"discovery.embedded.http-port=0", "discovery.embedded.dns-port=0", "discovery.registration.port=8080");

	@Test
	void variablesSetWhatIsNotConfigured(CapturedOutput output) {
		with(VARIABLES).run((context) -> {
			DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
			assertThat(registration.getServiceId()).isEqualTo("shop");
			assertThat(registration.getInstanceId()).isEqualTo("shop-1");
			assertThat(registration.getMetadata()).containsEntry("tags", "primary,a\\,b")
				.containsEntry("region", "us2")
				.containsEntry("my_team", "${spring.application.name}")
				.containsEntry("discovery.lease", "60")
				.doesNotContainKeys("name", "id", "password", "check_tcp");
			assertThat(context.getBean(DiscoveryProperties.class).registration().tags()).containsExactly("primary",
					"a,b");
			assertThat(origin(context, "discovery.registration.service"))
				.isEqualTo("System Environment Property \"SERVICE_NAME\"");
			assertThat(origin(context, "discovery.registration.metadata[region]"))
				.isEqualTo("System Environment Property \"SERVICE_REGION\"");
		});
		assertThat(output).contains("discovery.registration.service (SERVICE_NAME)")
			.containsOnlyOnce("SERVICE_PASSWORD is left out: it looks like a secret")
			.containsOnlyOnce("[SERVICE_CHECK_TCP] are left out: this application checks its own health")
			.doesNotContain("hunter2")
			.doesNotContain("is unknown");
	}

	@Test
	void propertiesTakePrecedence() {
		with(VARIABLES)
			.withPropertyValues("discovery.registration.service=orders", "discovery.registration.instanceId=own",
					"discovery.registration.tags=mine", "discovery.registration.metadata.region=eu",
					"discovery.registration.metadata.my_team=blue", "discovery.registration.lease=20s")
			.run((context) -> {
				DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
				assertThat(registration.getServiceId()).isEqualTo("orders");
				assertThat(registration.getInstanceId()).isEqualTo("own");
				assertThat(registration.getMetadata()).containsEntry("tags", "mine")
					.containsEntry("region", "eu")
					.containsEntry("my_team", "blue")
					.containsEntry("discovery.lease", "20");
				assertThat(context.getEnvironment().getPropertySources().contains("registrator")).isFalse();
			});
	}

	@Test
	void defaultPropertiesTakePrecedence() {
		this.runner.withInitializer((context) -> {
			context.getEnvironment()
				.getPropertySources()
				.addLast(
						new MapPropertySource("defaultProperties", Map.of("discovery.registration.service", "orders")));
			process(context, VARIABLES);
		}).run((context) -> {
			assertThat(context.getBean(DiscoveryRegistration.class).getServiceId()).isEqualTo("orders");
			assertThat(context.getBean(DiscoveryRegistration.class).getInstanceId()).isEqualTo("shop-1");
		});
	}

	@Test
	void variablesOfPortApply(CapturedOutput output) {
		Map<String, Object> variables = Map.of("SERVICE_80_NAME", "web", "SERVICE_9000_NAME", "metrics");
		with(variables).withPropertyValues("server.port=80")
			.run((context) -> assertThat(service(context)).isEqualTo("web"));
		with(variables).withPropertyValues("discovery.registration.port=9000", "server.port=80")
			.run((context) -> assertThat(service(context)).isEqualTo("metrics"));
		assertThat(output).doesNotContain("are for other ports");
		with(variables).withPropertyValues("server.port=0")
			.run((context) -> assertThat(service(context)).isEqualTo("worker"));
		assertThat(output).contains("[SERVICE_80_NAME, SERVICE_9000_NAME] are for other ports than [8080]");
	}

	@Test
	void variablesOfOtherToolsAreNotUsed(CapturedOutput output) {
		Map<String, Object> others = Map.of("SERVICE_REGION", "us2", "SERVICE_TAGS", "a", "SERVICE_PASSWORD", "x",
				"SERVICE_PORT", "tcp://10.0.0.1:80", "SERVICE_SERVICE_HOST", "10.0.0.1");
		with(others).run((context) -> assertUnused(context));
		assertThat(output).doesNotContain("SERVICE_");
		with(Map.of("SERVICE_NAME", "/web/service", "SERVICE_REGION", "us2")).run((context) -> assertUnused(context));
		assertThat(output)
			.containsOnlyOnce("Registrator's variables are not used: with SERVICE_NAME, '/web/service' is not a valid");
	}

	@Test
	void propertySwitchesVariablesOnAndOff(CapturedOutput output) {
		with(VARIABLES).withPropertyValues("discovery.registration.registrator=false")
			.run((context) -> assertUnused(context));
		with(Map.of("SERVICE_REGION", "us2")).withPropertyValues("discovery.registration.registrator=true")
			.run((context) -> {
				assertThat(service(context)).isEqualTo("worker");
				assertThat(context.getBean(DiscoveryRegistration.class).getMetadata()).containsEntry("region", "us2");
			});
		assertThat(output).doesNotContain("is unknown");
		with(VARIABLES).withPropertyValues("discovery.enabled=false")
			.run((context) -> assertThat(context.getEnvironment().getPropertySources().contains("registrator"))
				.isFalse());
	}

	@Test
	void ignoredApplicationIsNotRegistered(CapturedOutput output) {
		with(Map.of("SERVICE_IGNORE", "true", "SERVICE_REGION", "us2")).run((context) -> {
			assertThat(context).doesNotHaveBean(DiscoveryRegistration.class);
			assertThat(origin(context, "discovery.registration.enabled"))
				.isEqualTo("System Environment Property \"SERVICE_IGNORE\"");
		});
		with(Map.of("SERVICE_8080_IGNORE", "1", "SERVICE_NAME", "shop"))
			.run((context) -> assertThat(context).doesNotHaveBean(DiscoveryRegistration.class));
		with(Map.of("SERVICE_9000_IGNORE", "1", "SERVICE_NAME", "shop"))
			.run((context) -> assertThat(service(context)).isEqualTo("shop"));
		with(Map.of("SERVICE_IGNORE", "1", "SERVICE_NAME", "shop"))
			.withPropertyValues("discovery.registration.enabled=true")
			.run((context) -> assertThat(service(context)).isEqualTo("shop"));
		assertThat(output).containsOnlyOnce("This application is not registered, since SERVICE_IGNORE is set")
			.containsOnlyOnce("This application is not registered, since SERVICE_8080_IGNORE is set");
	}

	@Test
	void ignoreHasNoEffectAfterAheadOfTimeProcessing(CapturedOutput output) {
		System.setProperty("spring.aot.enabled", "true");
		try {
			StandardEnvironment environment = new StandardEnvironment();
			process(environment, Map.of("SERVICE_IGNORE", "true"));
			assertThat(environment.getProperty("discovery.registration.enabled")).isNull();
		}
		finally {
			System.clearProperty("spring.aot.enabled");
		}
		assertThat(output).contains("Build it with discovery.registration.enabled=false");
	}

	@Test
	void variablesOfBuildAreNotUsedByAheadOfTimeProcessing() {
		System.setProperty("spring.aot.processing", "true");
		try {
			StandardEnvironment environment = new StandardEnvironment();
			process(environment, VARIABLES);
			assertThat(environment.getPropertySources().contains("registrator")).isFalse();
		}
		finally {
			System.clearProperty("spring.aot.processing");
		}
	}

	private ApplicationContextRunner with(Map<String, Object> variables) {
		return this.runner.withInitializer((context) -> process(context, variables));
	}

	private static void process(ConfigurableApplicationContext context, Map<String, Object> variables) {
		process(context.getEnvironment(), variables);
	}

	private static void process(ConfigurableEnvironment environment, Map<String, Object> variables) {
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
		ConfigurationPropertySources.attach(environment);
		new RegistratorEnvironmentPostProcessor((destination) -> destination.get()).postProcessEnvironment(environment,
				new SpringApplication());
	}

	private static void assertUnused(ConfigurableApplicationContext context) {
		assertThat(service(context)).isEqualTo("worker");
		assertThat(context.getBean(DiscoveryRegistration.class).getMetadata()).containsOnlyKeys("discovery.lease");
		assertThat(context.getBean(DiscoveryProperties.class).registration().lease()).isEqualTo(Duration.ofSeconds(15));
	}

	private static String service(ConfigurableApplicationContext context) {
		return context.getBean(DiscoveryRegistration.class).getServiceId();
	}

	private static String origin(ConfigurableApplicationContext context, String property) {
		return String.valueOf(
				OriginLookup.getOrigin(context.getEnvironment().getPropertySources().get("registrator"), property));
	}

}
