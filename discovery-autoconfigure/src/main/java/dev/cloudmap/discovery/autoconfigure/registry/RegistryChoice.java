package dev.cloudmap.discovery.autoconfigure.registry;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.autoconfigure.TestContexts;
import dev.cloudmap.discovery.autoconfigure.consul.ConsulConnectionDetails;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.registration.aws.EcsMetadata;
import dev.cloudmap.discovery.registry.LoopbackHost;

/**
 * The registry that is used, and the reason.
 *
 * @param type the registry, never {@link RegistryType#AUTO}
 * @param selected the registry that the configuration selects; {@code type} differs from
 * it in a test
 * @param reason the reason, for a log line and a health detail
 * @param source the origin of the choice
 */
public record RegistryChoice(RegistryType type, RegistryType selected, String reason, Source source) {

	private static final List<String> CLOUD_MAP_PROPERTIES = List.of(AwsEndpointSettings.PROPERTY,
			"discovery.cloud-map.region");

	private static final String CONSUL_HOST = "discovery.consul.host";

	private static final String CONSUL_PORT = "discovery.consul.port";

	private static final List<String> CONSUL_PROPERTIES = List.of(CONSUL_HOST, CONSUL_PORT, "discovery.consul.scheme",
			"discovery.consul.token", "discovery.consul.datacenter", "discovery.consul.ssl.bundle");

	/**
	 * Origin of a choice.
	 */
	enum Source {

		/** Configuration or platform. */
		CONFIGURED,

		/** No configuration: the embedded registry is the default. */
		DEFAULT,

		/** A test, which must not use AWS or Consul. */
		TEST

	}

	/**
	 * Chooses the registry.
	 * @throws DiscoveryException if several registries are configured and none is
	 * selected
	 */
	static RegistryChoice of(Environment environment, ListableBeanFactory beanFactory) {
		List<String> cloudMap = beanNames(CloudMapConnectionDetails.class, beanFactory);
		List<String> consul = beanNames(ConsulConnectionDetails.class, beanFactory);
		RegistryChoice choice = choose(environment, cloudMap, consul);
		if (!TestContexts.isMarked(environment)) {
			return choice;
		}
		return switch (choice.type()) {
			case CLOUD_MAP ->
				(cloudMap.isEmpty() && !hasOwnClient(beanFactory) && !AwsEndpointSettings.isSet(environment))
						? choice.replacedInTest("AWS", "Cloud Map") : choice;
			case CONSUL ->
				(consul.isEmpty() && !isConsulOfTest(environment)) ? choice.replacedInTest("Consul", "Consul") : choice;
			default -> choice;
		};
	}

	/**
	 * Returns whether the environment selects AWS Cloud Map. Beans with connection
	 * details may select it too.
	 */
	static boolean selectsCloudMap(Environment environment) {
		return choose(environment, List.of(), List.of()).type() == RegistryType.CLOUD_MAP;
	}

	private static boolean hasOwnClient(ListableBeanFactory beanFactory) {
		return beanNames(ServiceDiscoveryClient.class, beanFactory).stream()
			.anyMatch((name) -> !name.equals(CloudMapRegistryConfiguration.CLIENT));
	}

	/**
	 * An agent on this machine at the default port may be a member of a cluster. With a
	 * port of its own, the test probably has started it.
	 */
	private static boolean isConsulOfTest(Environment environment) {
		String host = value(environment, CONSUL_HOST);
		return value(environment, CONSUL_PORT) != null && (host == null || LoopbackHost.matches(host));
	}

	private static List<String> beanNames(Class<?> type, ListableBeanFactory beanFactory) {
		return List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type, true, false));
	}

	private static RegistryChoice choose(Environment environment, List<String> cloudMapDetails,
			List<String> consulDetails) {
		RegistryType configured = Binder.get(environment)
			.bind("discovery.registry", RegistryType.class)
			.orElse(RegistryType.AUTO);
		if (configured != RegistryType.AUTO) {
			return configured(configured, "discovery.registry=" + environment.getProperty("discovery.registry"));
		}
		boolean noDetails = cloudMapDetails.isEmpty() && consulDetails.isEmpty();
		String cloudMap = noDetails ? cloudMapSign(environment) : detailsSign(cloudMapDetails);
		String consul = noDetails ? consulSign(environment) : detailsSign(consulDetails);
		if (cloudMap != null && consul != null) {
			throw new DiscoveryException(
					"Several registries are configured, and discovery.registry selects none of them: AWS Cloud Map ("
							+ cloudMap + ") and Consul (" + consul + ")",
					"Set discovery.registry=cloud-map or discovery.registry=consul", null);
		}
		if (cloudMap != null) {
			return configured(RegistryType.CLOUD_MAP, cloudMap);
		}
		if (consul != null) {
			return configured(RegistryType.CONSUL, consul);
		}
		return new RegistryChoice(RegistryType.EMBEDDED, RegistryType.EMBEDDED,
				"not on Amazon ECS, and no property of discovery.cloud-map or discovery.consul set", Source.DEFAULT);
	}

	private static RegistryChoice configured(RegistryType type, String reason) {
		return new RegistryChoice(type, type, reason, Source.CONFIGURED);
	}

	private static @Nullable String detailsSign(List<String> beans) {
		return beans.isEmpty() ? null : "connection details are provided by the bean " + beans.get(0);
	}

	private static @Nullable String cloudMapSign(Environment environment) {
		String set = firstSet(environment, CLOUD_MAP_PROPERTIES);
		if (set == null) {
			set = AwsEndpointSettings.firstSet(environment, AwsEndpointSettings.OF_CLOUD_MAP);
		}
		if (set != null) {
			return set + " is set";
		}
		return environment.containsProperty(EcsMetadata.METADATA_URI) ? "running on Amazon ECS" : null;
	}

	private static @Nullable String consulSign(Environment environment) {
		String set = firstSet(environment, CONSUL_PROPERTIES);
		return (set != null) ? set + " is set" : null;
	}

	private static @Nullable String firstSet(Environment environment, List<String> properties) {
		return properties.stream().filter((property) -> value(environment, property) != null).findFirst().orElse(null);
	}

	private static @Nullable String value(Environment environment, String property) {
		String value = Binder.get(environment).bind(property, String.class).orElse("");
		return value.isBlank() ? null : value.trim();
	}

	private RegistryChoice replacedInTest(String avoided, String registry) {
		return new RegistryChoice(RegistryType.EMBEDDED, this.selected, "a test does not use " + avoided + ", although "
				+ this.reason + ". To use " + registry + " in a test, set " + testSetting() + ", or declare a "
				+ ((this.selected == RegistryType.CONSUL) ? "ConsulConnectionDetails" : "CloudMapConnectionDetails")
				+ " bean", Source.TEST);
	}

	/**
	 * The setting with which a test uses the selected registry.
	 */
	String testSetting() {
		return (this.selected == RegistryType.CONSUL) ? CONSUL_PORT + " and a loopback address as " + CONSUL_HOST
				: AwsEndpointSettings.PROPERTY;
	}

	/**
	 * Returns this choice with a warning as the reason, for an application that seems to
	 * be deployed.
	 * @param evidence the evidence for that, such as {@code in Kubernetes (...)}
	 */
	RegistryChoice deployed(String evidence) {
		return new RegistryChoice(this.type, this.selected, "no registry is configured, although the application runs "
				+ evidence
				+ ": it finds only applications on the same machine, and only these find it. To use AWS Cloud Map, set"
				+ " discovery.cloud-map.region. To use Consul, set discovery.consul.host. To confirm the embedded registry, set discovery.registry=embedded",
				this.source);
	}

}
