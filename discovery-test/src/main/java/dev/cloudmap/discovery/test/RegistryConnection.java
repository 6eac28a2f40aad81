package dev.cloudmap.discovery.test;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

import dev.cloudmap.discovery.autoconfigure.registry.CloudMapConnectionDetails;

/**
 * The connection details of a test's registry, and the properties that they override.
 *
 * @param registry the registry
 */
record RegistryConnection(TestRegistry registry) implements CloudMapConnectionDetails {

	private static final String NAMESPACE = "discovery.namespace";

	/**
	 * Production properties that select another registry, namespace or DNS server, or
	 * restrict what may be created.
	 */
	private static final Map<String, Object> OVERRIDES = Map.of("discovery.registry", "cloud-map",
			"discovery.cloud-map.create", "services", "discovery.cloud-map.vpc", "",
			"discovery.cloud-map.namespace-ids", "", "discovery.lookup.dns.servers", "");

	static void connect(ConfigurableApplicationContext context, TestRegistry registry) {
		ConfigurableEnvironment environment = context.getEnvironment();
		String configured = environment.getProperty(NAMESPACE, "").trim();
		if (!configured.isEmpty()) {
			registry.addNamespace(configured);
		}
		environment.getPropertySources().addFirst(new MapPropertySource("testRegistry", OVERRIDES));
		environment.getPropertySources()
			.addLast(new MapPropertySource("testRegistryDefaults", Map.of(NAMESPACE, registry.namespace(),
					"discovery.registration.host", "127.0.0.1", "discovery.registration.drain", "0s")));
		RootBeanDefinition definition = new RootBeanDefinition(CloudMapConnectionDetails.class,
				() -> new RegistryConnection(registry));
		definition.setPrimary(true);
		((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("testRegistryConnectionDetails",
				definition);
	}

	@Override
	public URI getEndpoint() {
		return this.registry.httpEndpoint();
	}

	@Override
	public String getRegion() {
		return TestRegistry.REGION;
	}

	@Override
	public AwsCredentialsProvider getCredentials() {
		return AnonymousCredentialsProvider.create();
	}

	@Override
	public List<InetSocketAddress> getDnsServers() {
		return List.of(this.registry.dnsAddress());
	}

}
