package dev.cloudmap.discovery.autoconfigure.registration;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registration.DiscoveryRegistration;
import dev.cloudmap.discovery.registration.aws.AwsPlatform;
import dev.cloudmap.discovery.registration.aws.EcsMetadata;
import dev.cloudmap.discovery.registration.aws.ScriptedMetadata;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.HostResolver;
import dev.cloudmap.discovery.registration.instance.ManagementServer;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.instance.ServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The registered instance as determined by the properties and the environment.
 */
class InstanceConfigurationTests {

	private static final String CLOUD_MAP = "discovery.cloud-map.region=eu-central-1";

	private static final String ECS = "ECS_CONTAINER_METADATA_URI_V4=";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class, RegistrationAutoConfiguration.class,
				UtilAutoConfiguration.class))
		.withPropertyValues("spring.application.name=worker", "discovery.namespace=corp",
				"discovery.embedded.http-port=0", "discovery.embedded.dns-port=0", "discovery.registration.port=8080");

	@Test
	void usesResolversInOrderAndKeepsResults() {
		this.runner.withPropertyValues(CLOUD_MAP, "server.address=10.1.2.3")
			.withBean(HostResolver.class, () -> () -> HostResolution.none("no idea"))
			.run((context) -> {
				DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
				assertThat(registration.getHost()).isEqualTo("10.1.2.3");
				assertThat(registration.resolution()).satisfiesExactly(
						(first) -> assertThat(first).isEqualTo("discovery.registration.host (not set)"),
						(own) -> assertThat(own).endsWith("(no idea)"),
						(ecs) -> assertThat(ecs).isEqualTo("Amazon ECS (ECS_CONTAINER_METADATA_URI_V4 is not set)"),
						(ec2) -> assertThat(ec2).isEqualTo("Amazon EC2 (aws.disableEc2Metadata is true)"),
						(server) -> assertThat(server).isEqualTo("server.address (set to 10.1.2.3)"));
			});
	}

	@Test
	void configuredServiceReplacesTheNameOfTheApplication() {
		this.runner.withPropertyValues("discovery.registration.service=worker-v2")
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getServiceId())
				.isEqualTo("worker-v2"));
		this.runner.withPropertyValues("discovery.registration.service= ")
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getServiceId())
				.isEqualTo("worker"));
		this.runner.withPropertyValues("discovery.registration.service=my worker")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("'my worker' is not a valid service name")
				.hasMessageContaining("Correct discovery.registration.service"));
	}

	@Test
	void embeddedRegistryDoesNotUseAwsMetadata() {
		try (ScriptedMetadata endpoint = new ScriptedMetadata().task("awsvpc", "FARGATE")) {
			this.runner.withPropertyValues("discovery.registry=embedded", ECS + endpoint.ecsUri()).run((context) -> {
				DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
				assertThat(registration.getUri()).isEqualTo(URI.create("http://127.0.0.1:8080"));
				assertThat(registration.getInstanceId()).isEqualTo("127-0-0-1-8080");
				assertThat(registration.resolution()).containsExactly("discovery.registration.host (not set)",
						"server.address (not set)", "loopback (the embedded registry serves this machine only)");
				assertThat(context.getBeanProvider(AwsPlatform.class).getIfAvailable()).isNull();
				assertThat(context.getBeanProvider(EcsMetadata.class).getIfAvailable()).isNull();
			});
			assertThat(endpoint.requests).isEmpty();
		}
	}

	@Test
	void ecsTaskMetadataSetsAddressIdAndAttributes() {
		try (ScriptedMetadata endpoint = new ScriptedMetadata().task("awsvpc", "FARGATE")) {
			this.runner.withPropertyValues(CLOUD_MAP, ECS + endpoint.ecsUri(), "server.address=10.1.2.3")
				.run((context) -> {
					DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
					assertThat(registration.getUri()).isEqualTo(URI.create("http://10.0.2.106:8080"));
					assertThat(registration.getInstanceId()).isEqualTo("158d1c8083dd49d6");
					assertThat(registration.getMetadata()).containsEntry("AVAILABILITY_ZONE", "eu-central-1a")
						.containsEntry("ECS_SERVICE_NAME", "workers");
				});
		}
	}

	@Test
	void ec2InstanceMetadataSetsAddressAndAttributes() {
		try (ScriptedMetadata endpoint = new ScriptedMetadata().instance()) {
			this.runner
				.withPropertyValues(CLOUD_MAP, "aws.disableEc2Metadata=false",
						"AWS_EC2_METADATA_SERVICE_ENDPOINT=" + endpoint.endpoint() + "/")
				.run((context) -> {
					DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
					assertThat(registration.getUri()).isEqualTo(URI.create("http://10.0.1.17:8080"));
					assertThat(registration.getInstanceId()).isEqualTo("10-0-1-17-8080");
					assertThat(registration.getMetadata()).containsEntry("EC2_INSTANCE_ID", "i-0abcd1234efab5678")
						.containsEntry("REGION", "eu-central-1");
				});
		}
	}

	@ParameterizedTest
	@CsvSource({ "discovery.registration.host=localhost,discovery.registration.host (set to localhost)",
			"server.address=127.0.0.1,server.address (set to 127.0.0.1)" })
	void rejectsLoopbackWithRemoteRegistry(String property, String source) {
		this.runner.withPropertyValues(CLOUD_MAP, property)
			.run((context) -> assertThatExceptionOfType(DiscoveryException.class)
				.isThrownBy(() -> context.getBean(DiscoveryRegistration.class).getHost())
				.withMessageContaining(source)
				.withMessageContaining("loopback"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1" })
	void acceptsLoopbackWithLocalRegistry(String endpoint) {
		this.runner
			.withPropertyValues("discovery.cloud-map.endpoint=" + endpoint, "discovery.registration.host=127.0.0.1",
					"aws.disableEc2Metadata=false")
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getHost())
				.isEqualTo("127.0.0.1"));
		this.runner
			.withPropertyValues("discovery.cloud-map.endpoint=" + endpoint,
					"spring.cloud.inetutils.ignored-interfaces=.*", "aws.disableEc2Metadata=false")
			.run((context) -> {
				DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
				assertThat(registration.getHost()).isNotBlank();
				assertThat(registration.resolution())
					.contains("Amazon EC2 (not looked up, since the registry is on this machine)");
			});
	}

	@Test
	void registersBothAddressFamiliesIfConfigured() {
		this.runner.withPropertyValues("discovery.registration.ip-family=both").run((context) -> {
			DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
			assertThat(registration.getHost()).isEqualTo("127.0.0.1");
			assertThat(registration.getInstanceId()).isEqualTo("127-0-0-1-8080");
		});
		this.runner.withPropertyValues("discovery.registration.ip-family=ipv6")
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getUri())
				.isEqualTo(URI.create("http://[0:0:0:0:0:0:0:1]:8080")));
	}

	@Test
	void prefixOfAConfigServerIsRegistered() {
		String prefix = "spring.cloud.config.server.prefix=/config";
		this.runner.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
			.doesNotContainKey("configPath"));
		this.runner.withPropertyValues(prefix)
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
				.containsEntry("configPath", "/config"));
		this.runner.withPropertyValues(prefix, "discovery.registration.metadata.configPath=/proxied/config")
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
				.containsEntry("configPath", "/proxied/config"));
	}

	@Test
	void attributesContainPortsVersionAndPath() {
		this.runner
			.withPropertyValues("discovery.registration.ports.grpc=9090", "discovery.registration.ports.admin=9091",
					"server.servlet.context-path=/api", "spring.application.version=1.2.3")
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
				.containsEntry("port.grpc", "9090")
				.containsEntry("port.admin", "9091")
				.containsEntry("context-path", "/api")
				.containsEntry("version", "1.2.3")
				.doesNotContainKeys("management.port", "management.context-path"));
		this.runner.withPropertyValues("spring.webflux.base-path=reactive/")
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
				.containsEntry("context-path", "/reactive")
				.doesNotContainKey("version"));
		Properties build = new Properties();
		build.setProperty("version", "2.0.0");
		this.runner.withBean(BuildProperties.class, () -> new BuildProperties(build))
			.withPropertyValues("discovery.registration.metadata.context-path=/mine",
					"server.servlet.context-path=/api")
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
				.containsEntry("version", "2.0.0")
				.containsEntry("context-path", "/mine"));
	}

	@Test
	void managementServerOnLoopbackIsAttributeOnlyForLocalRegistry() {
		this.runner.withPropertyValues(CLOUD_MAP, "management.server.address=127.0.0.1")
			.run((context) -> assertThat(managementAttributes(context.getBean(ManagementServer.class))).isEmpty());
		this.runner.withPropertyValues("management.server.address=127.0.0.1")
			.run((context) -> assertThat(managementAttributes(context.getBean(ManagementServer.class)))
				.containsEntry("management.port", "9001"));
		this.runner
			.withPropertyValues(CLOUD_MAP, "management.server.base-path=manage/",
					"management.endpoints.web.base-path=/")
			.run((context) -> assertThat(managementAttributes(context.getBean(ManagementServer.class)))
				.containsEntry("management.context-path", "/manage"));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			'', /actuator
			server.servlet.context-path=/api, /api/actuator
			server.servlet.context-path=/api spring.mvc.servlet.path=/mvc, /api/mvc/actuator
			spring.webflux.base-path=/reactive, /reactive/actuator
			management.endpoints.web.base-path=/manage, /manage
			server.servlet.context-path=/api management.endpoints.web.base-path=/, /api
			management.endpoints.web.base-path=/, /
			server.port=9000 management.server.port=9000 server.servlet.context-path=/api, /api/actuator
			management.server.base-path=/ignored, /actuator
			""")
	void attributesContainEndpointPathOnApplicationPort(String properties, String path) {
		this.runner.withPropertyValues(properties.isEmpty() ? new String[0] : properties.split(" ")).run((context) -> {
			context.getBean(ServerPort.class).listening(8080);
			assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
				.containsEntry("management.context-path", path)
				.doesNotContainKeys("management.port", "management.scheme");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.server.port=-1", "management.server.port=0" })
	void attributesOmitEndpointPathOnOtherPort(String property) {
		this.runner.withPropertyValues(property).run((context) -> {
			context.getBean(ServerPort.class).listening(8080);
			assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
				.doesNotContainKey("management.context-path");
		});
	}

	@Test
	void attributesOmitEndpointsWithoutActuator() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate.autoconfigure"))
			.run((context) -> {
				context.getBean(ServerPort.class).listening(8080);
				assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
					.doesNotContainKey("management.context-path");
			});
	}

	@Test
	void attributesContainDifferentManagementScheme() {
		this.runner.withPropertyValues("server.ssl.bundle=web", "management.server.ssl.enabled=false")
			.run((context) -> assertThat(managementAttributes(context.getBean(ManagementServer.class)))
				.containsEntry("management.scheme", "http"));
		this.runner.withPropertyValues("management.server.ssl.bundle=web")
			.run((context) -> assertThat(managementAttributes(context.getBean(ManagementServer.class)))
				.containsEntry("management.scheme", "https"));
		this.runner.withPropertyValues("server.ssl.bundle=web")
			.run((context) -> assertThat(managementAttributes(context.getBean(ManagementServer.class)))
				.doesNotContainKey("management.scheme"));
	}

	private static Map<String, String> managementAttributes(ManagementServer server) {
		Map<String, String> attributes = new HashMap<>();
		server.listening(9001);
		server.customize(attributes);
		return attributes;
	}

	@Test
	void customizersOverrideExistingAttributes() {
		this.runner.withPropertyValues("spring.application.version=1.2.3", "discovery.registration.metadata.color=blue")
			.withBean(RegistrationCustomizer.class, () -> (attributes) -> {
				attributes.put("seen", attributes.get("color") + " " + attributes.get("version"));
				attributes.remove("version");
			})
			.run((context) -> assertThat(context.getBean(DiscoveryRegistration.class).getMetadata())
				.containsEntry("seen", "blue 1.2.3")
				.doesNotContainKey("version"));
	}

	@Test
	void metadataCanChangeAtRuntime() {
		this.runner.withPropertyValues("discovery.registration.metadata.color=blue").run((context) -> {
			DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
			assertThat(registration.getMetadata()).containsEntry("color", "blue");
			TestPropertyValues.of("discovery.registration.metadata.color=green").applyTo(context.getEnvironment());
			assertThat(registration.refresh()).isTrue();
			assertThat(registration.getMetadata()).containsEntry("color", "green");
			assertThat(registration.refresh()).isFalse();
		});
	}

	@Test
	void invalidAttributesFailStart() {
		Map<String, List<String>> refused = Map.of("discovery.registration.port=0",
				List.of("discovery.registration.port is '0'", "or none"), "discovery.registration.ports.grpc=70000",
				List.of("discovery.registration.ports.grpc is '70000'"),
				"discovery.registration.metadata.AWS_INSTANCE_PORT=1",
				List.of("'AWS_INSTANCE_PORT' of discovery.registration.metadata", "Set discovery.registration.port"),
				"discovery.registration.metadata.color=grün", List.of("The value 'grün' of 'color'"));
		refused.forEach((property, messages) -> this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(DiscoveryException.class)
				.satisfies((cause) -> assertThat(cause.getMessage()).contains(messages))));
	}

	@Test
	void registersWithoutPort() {
		this.runner.withPropertyValues("discovery.registration.port=none").run((context) -> {
			DiscoveryRegistration registration = context.getBean(DiscoveryRegistration.class);
			assertThat(registration.getInstanceId()).isEqualTo("127-0-0-1");
			assertThat(registration.getPort()).isNegative();
		});
	}

}
