package dev.cloudmap.discovery.autoconfigure.registration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWarDeployment;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.cloud.commons.util.InetUtils;
import org.springframework.cloud.commons.util.InetUtilsProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.InstanceAttributes;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnection;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.autoconfigure.registry.DeploymentSigns;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryChoice;
import dev.cloudmap.discovery.lifecycle.WarContainer;
import dev.cloudmap.discovery.lifecycle.WebServerPortListener;
import dev.cloudmap.discovery.registration.ServingContext;
import dev.cloudmap.discovery.registration.aws.AwsPlatform;
import dev.cloudmap.discovery.registration.aws.Ec2HostResolver;
import dev.cloudmap.discovery.registration.aws.Ec2Metadata;
import dev.cloudmap.discovery.registration.aws.EcsExternalRegistrar;
import dev.cloudmap.discovery.registration.aws.EcsHostResolver;
import dev.cloudmap.discovery.registration.aws.EcsMetadata;
import dev.cloudmap.discovery.registration.host.ConfiguredHostResolver;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.host.HostResolver;
import dev.cloudmap.discovery.registration.host.InetUtilsHostResolver;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.host.Ipv6Interfaces;
import dev.cloudmap.discovery.registration.host.LoopbackHostResolver;
import dev.cloudmap.discovery.registration.host.NetworkScope;
import dev.cloudmap.discovery.registration.instance.ConfiguredAttributes;
import dev.cloudmap.discovery.registration.instance.ManagementServer;
import dev.cloudmap.discovery.registration.instance.ManagementServer.Settings;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.instance.ServerPort;
import dev.cloudmap.discovery.registration.reconcile.ExternalRegistrar;
import dev.cloudmap.discovery.registry.LoopbackHost;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapEndpoint;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * The address, the ports and the attributes with which this application is registered.
 * The user's {@link RegistrationCustomizer} beans are called after those here and see
 * their attributes.
 */
@Configuration(proxyBeanMethods = false)
class InstanceConfiguration {

	/** The user's settings come first, so that nothing detected replaces them. */
	private static final int CONFIGURED = Ordered.HIGHEST_PRECEDENCE;

	private static final int DETECTED = CONFIGURED + 1;

	private static final String VERSION = "spring.application.version";

	private static final String CONFIG_SERVER_PREFIX = "spring.cloud.config.server.prefix";

	static final String METADATA = "discovery.registration.metadata";

	@Bean
	ServerPort serverPort(DiscoveryProperties properties) {
		return ServerPort.of(properties.registration().port());
	}

	@Bean
	NetworkScope registrationNetworkScope(RegistryChoice choice, ObjectProvider<ServiceDiscoveryClient> clients,
			ObjectProvider<ConsulConnection> consul) {
		if (choice.type() == RegistryType.EMBEDDED) {
			return NetworkScope.THIS_MACHINE;
		}
		if (choice.type() == RegistryType.CONSUL) {
			return consul.getObject().isLoopback() ? NetworkScope.THIS_MACHINE : NetworkScope.NETWORK;
		}
		ServiceDiscoveryClient client = clients.getIfAvailable();
		return (client != null && CloudMapEndpoint.of(client).isLoopback()) ? NetworkScope.THIS_MACHINE
				: NetworkScope.NETWORK;
	}

	@Bean
	@ConditionalOnMissingBean
	HostChain hostChain(DiscoveryProperties properties, ServingContext serving, RegistryChoice choice,
			NetworkScope scope, ObjectProvider<HostResolver> ownResolvers, ObjectProvider<EcsMetadata> ecs,
			ObjectProvider<Ec2Metadata> ec2, InetUtils inetUtils, InetUtilsProperties inetUtilsProperties) {
		IpFamily family = properties.registration().ipFamily();
		HostResolver ofServer = new ConfiguredHostResolver("server.address",
				() -> serving.environment().getProperty("server.address"));
		List<HostResolver> resolvers = new ArrayList<>();
		resolvers.add(new ConfiguredHostResolver("discovery.registration.host", properties.registration()::host));
		resolvers.addAll(ownResolvers.orderedStream().toList());
		if (choice.type() == RegistryType.EMBEDDED) {
			resolvers.add(ofServer);
			resolvers.add(new LoopbackHostResolver("the embedded registry serves this machine only"));
		}
		else {
			resolvers.add(new EcsHostResolver(ecs.getIfAvailable(), ec2.getObject()));
			resolvers.add(new Ec2HostResolver(ec2.getObject()));
			resolvers.add(ofServer);
			resolvers.add(new InetUtilsHostResolver(inetUtils, new Ipv6Interfaces(inetUtilsProperties), family));
			if (scope == NetworkScope.THIS_MACHINE) {
				resolvers.add(new LoopbackHostResolver("the registry is on this machine"));
			}
		}
		return new HostChain(resolvers, family, scope);
	}

	@Bean
	@Order(CONFIGURED)
	ConfiguredAttributes configuredAttributes(Environment environment, DiscoveryProperties properties,
			ServingContext serving) {
		return new ConfiguredAttributes(() -> {
			Map<String, String> metadata = new LinkedHashMap<>(metadata(environment));
			metadata.putAll(metadata(serving.environment()));
			return metadata;
		}, properties.registration().ports(), properties.registration().tags());
	}

	private static Map<String, String> metadata(Environment environment) {
		return Binder.get(environment).bind(METADATA, Bindable.mapOf(String.class, String.class)).orElseGet(Map::of);
	}

	@Bean
	@Order(DETECTED)
	RegistrationCustomizer versionRegistrationCustomizer(Environment environment, ObjectProvider<BuildProperties> build,
			ServingContext serving) {
		return (attributes) -> {
			BuildProperties properties = build.getIfUnique();
			String built = (properties != null && properties.getVersion() != null) ? properties.getVersion() : "";
			String version = serving.environment().getProperty(VERSION, environment.getProperty(VERSION, built));
			if (!version.isBlank()) {
				attributes.putIfAbsent(InstanceAttributes.VERSION, version.trim());
			}
		};
	}

	/**
	 * The path of Spring Cloud Config's server, for clients that find it through
	 * discovery.
	 */
	@Bean
	@Order(DETECTED)
	@ConditionalOnProperty(CONFIG_SERVER_PREFIX)
	RegistrationCustomizer configServerRegistrationCustomizer(Environment environment) {
		return (attributes) -> attributes.putIfAbsent(InstanceAttributes.CONFIG_PATH,
				environment.getRequiredProperty(CONFIG_SERVER_PREFIX));
	}

	/**
	 * Attributes and addresses from the metadata of ECS and EC2. The beans are null if
	 * the embedded registry is used, and those of ECS elsewhere. Ahead-of-time processing
	 * would evaluate conditions where the application is built.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Aws {

		private static final String EC2_ENDPOINT = "http://169.254.169.254";

		private static final String EC2_IPV6_ENDPOINT = "http://[fd00:ec2::254]";

		@Bean
		@Nullable Ec2Metadata ec2Metadata(RegistryChoice choice, Environment environment, NetworkScope scope) {
			if (choice.type() == RegistryType.EMBEDDED) {
				return null;
			}
			boolean ecs = environment.containsProperty(EcsMetadata.METADATA_URI);
			if (scope == NetworkScope.THIS_MACHINE && !ecs && !isAgentOfDeployment(choice, environment)) {
				return Ec2Metadata.off("not looked up, since the registry is on this machine");
			}
			// the names of the AWS SDK, the system property first
			for (String property : new String[] { "aws.disableEc2Metadata", "AWS_EC2_METADATA_DISABLED" }) {
				String disabled = environment.getProperty(property);
				if (disabled != null) {
					if (Boolean.parseBoolean(disabled)) {
						return Ec2Metadata.off(property + " is true");
					}
					break;
				}
			}
			boolean ipv6 = "ipv6".equalsIgnoreCase(environment.getProperty("aws.ec2MetadataServiceEndpointMode",
					environment.getProperty("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "")));
			return Ec2Metadata.at(environment.getProperty("aws.ec2MetadataServiceEndpoint", environment
				.getProperty("AWS_EC2_METADATA_SERVICE_ENDPOINT", ipv6 ? EC2_IPV6_ENDPOINT : EC2_ENDPOINT)));
		}

		/**
		 * An agent of Consul is on the machine of the application also where it is a
		 * member of a cluster.
		 */
		private static boolean isAgentOfDeployment(RegistryChoice choice, Environment environment) {
			return choice.type() == RegistryType.CONSUL
					&& new DeploymentSigns(environment, Path.of("/")).find() != null;
		}

		@Bean
		@Order(DETECTED)
		@Nullable AwsPlatform awsPlatform(ObjectProvider<EcsMetadata> ecs, ObjectProvider<Ec2Metadata> ec2) {
			Ec2Metadata machine = ec2.getIfAvailable();
			return (machine != null) ? new AwsPlatform(ecs.getIfAvailable(), machine) : null;
		}

		@Bean
		@Nullable EcsMetadata ecsMetadata(RegistryChoice choice, Environment environment) {
			String uri = environment.getProperty(EcsMetadata.METADATA_URI);
			return (uri != null && choice.type() != RegistryType.EMBEDDED) ? new EcsMetadata(uri) : null;
		}

		@Bean
		@ConditionalOnMissingBean(ExternalRegistrar.class)
		@Nullable EcsExternalRegistrar ecsExternalRegistrar(Registry registry, RegistryChoice choice,
				ObjectProvider<EcsMetadata> ecs) {
			EcsMetadata task = ecs.getIfAvailable();
			return (task != null && choice.type() == RegistryType.CLOUD_MAP) ? new EcsExternalRegistrar(registry, task)
					: null;
		}

	}

	/**
	 * An application that is deployed to a servlet container.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWarDeployment
	@ConditionalOnClass(ServletContext.class)
	static class War {

		@Bean
		@Order(DETECTED)
		WarContainer warContainer(ServletContext servlets, ServingContext serving, DiscoveryThreads threads) {
			return new WarContainer(servlets, serving, threads.timer(), threads.lookups());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebServerInitializedEvent.class)
	static class WebServer {

		private static final String ACTUATOR = "/actuator";

		private static final String ENDPOINTS = "org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties";

		private static final int DEFAULT_PORT = 8080;

		@Bean
		@Order(DETECTED)
		ManagementServer managementServer(ServingContext serving, NetworkScope scope, ServerPort port,
				ObjectProvider<AwsPlatform> platform, ObjectProvider<WarContainer> container) {
			return new ManagementServer(() -> settings(serving.get(), scope, container.getIfAvailable()), port,
					platform.getIfAvailable());
		}

		private static Settings settings(ApplicationContext context, NetworkScope scope,
				@Nullable WarContainer container) {
			Environment environment = context.getEnvironment();
			boolean hidden = scope == NetworkScope.NETWORK
					&& LoopbackHost.matches(environment.getProperty("management.server.address"));
			String endpoints = environment.containsProperty("management.endpoints.web.base-path")
					? path(environment, "management.endpoints.web.base-path") : ACTUATOR;
			String own = orRoot(path(environment, "management.server.base-path") + endpoints);
			String shared = orRoot(
					applicationPath(environment, container) + path(environment, "spring.mvc.servlet.path") + endpoints);
			return new Settings(hasSharedEndpoints(context) ? shared : null, hidden ? null : own,
					ownScheme(environment));
		}

		/**
		 * Whether Actuator's endpoints are on the application's port: by the rules of
		 * Spring Boot's {@code ManagementPortType}.
		 */
		private static boolean hasSharedEndpoints(ApplicationContext context) {
			if (!ClassUtils.isPresent(ENDPOINTS, context.getClassLoader())) {
				return false;
			}
			Environment environment = context.getEnvironment();
			Integer management = environment.getProperty("management.server.port", Integer.class);
			int application = environment.getProperty("server.port", Integer.class, DEFAULT_PORT);
			return management == null || (management > 0 && management == application);
		}

		/**
		 * The scheme of a management server that has settings of its own for TLS; null
		 * where it has the application's scheme.
		 */
		private static @Nullable String ownScheme(Environment environment) {
			Binder binder = Binder.get(environment);
			Ssl management = binder.bind("management.server.ssl", Ssl.class).orElse(null);
			if (management == null) {
				return null;
			}
			boolean secure = Ssl.isEnabled(management);
			return (secure != Ssl.isEnabled(binder.bind("server.ssl", Ssl.class).orElse(null)))
					? (secure ? "https" : "http") : null;
		}

		@Bean
		WebServerPortListener webServerPortListener(ManagementServer management, ServingContext serving) {
			return new WebServerPortListener(management, serving);
		}

		/**
		 * Attributes for the scheme and the path, for callers that look up through the
		 * API.
		 */
		@Bean
		@Order(DETECTED)
		RegistrationCustomizer webRegistrationCustomizer(ServingContext serving,
				ObjectProvider<WarContainer> container) {
			return (attributes) -> {
				Environment environment = serving.environment();
				Ssl ssl = Binder.get(environment).bind("server.ssl", Ssl.class).orElse(null);
				String path = applicationPath(environment, container.getIfAvailable());
				if (Ssl.isEnabled(ssl)) {
					attributes.putIfAbsent(InstanceAttributes.SECURE, "true");
				}
				if (!path.isEmpty()) {
					attributes.putIfAbsent(InstanceAttributes.CONTEXT_PATH, path);
				}
			};
		}

		/**
		 * A servlet container ignores the property.
		 */
		private static String applicationPath(Environment environment, @Nullable WarContainer container) {
			if (container != null) {
				return container.contextPath();
			}
			String servlet = path(environment, "server.servlet.context-path");
			return servlet.isEmpty() ? path(environment, "spring.webflux.base-path") : servlet;
		}

		private static String orRoot(String path) {
			return path.isEmpty() ? "/" : path;
		}

		/**
		 * A path with a slash in front and none behind; empty for the root.
		 */
		private static String path(Environment environment, String property) {
			String path = StringUtils.trimTrailingCharacter(environment.getProperty(property, "").trim(), '/');
			return (path.isEmpty() || path.startsWith("/")) ? path : "/" + path;
		}

	}

}
