package dev.cloudmap.discovery.autoconfigure.registry;

import java.util.List;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.autoconfigure.TestContexts;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.registration.aws.EcsMetadata;

/**
 * The registry that is used, and the reason.
 *
 * @param type the registry, never {@link RegistryType#AUTO}
 * @param reason the reason, for a log line and a health detail
 * @param source the origin of the choice
 */
public record RegistryChoice(RegistryType type, String reason, Source source) {

	private static final List<String> CLOUD_MAP_PROPERTIES = List.of(AwsEndpointSettings.PROPERTY,
			"discovery.cloud-map.region");

	/**
	 * Origin of a choice.
	 */
	enum Source {

		/** Configuration or platform. */
		CONFIGURED,

		/** No configuration: the embedded registry is the default. */
		DEFAULT,

		/** A test, which must not use AWS. */
		TEST

	}

	static RegistryChoice of(Environment environment, ListableBeanFactory beanFactory) {
		List<String> details = beanNames(CloudMapConnectionDetails.class, beanFactory);
		RegistryChoice choice = choose(environment, details);
		boolean awsInTest = choice.type() == RegistryType.CLOUD_MAP && TestContexts.isMarked(environment)
				&& details.isEmpty() && !hasOwnClient(beanFactory) && !AwsEndpointSettings.isSet(environment);
		return awsInTest ? choice.replacedInTest() : choice;
	}

	/**
	 * Returns whether the environment selects AWS Cloud Map. Beans with connection
	 * details may select it too.
	 */
	static boolean selectsCloudMap(Environment environment) {
		return choose(environment, List.of()).type() == RegistryType.CLOUD_MAP;
	}

	private static boolean hasOwnClient(ListableBeanFactory beanFactory) {
		return beanNames(ServiceDiscoveryClient.class, beanFactory).stream()
			.anyMatch((name) -> !name.equals(CloudMapRegistryConfiguration.CLIENT));
	}

	private static List<String> beanNames(Class<?> type, ListableBeanFactory beanFactory) {
		return List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type, true, false));
	}

	private static RegistryChoice choose(Environment environment, List<String> details) {
		RegistryType configured = Binder.get(environment)
			.bind("discovery.registry", RegistryType.class)
			.orElse(RegistryType.AUTO);
		if (configured != RegistryType.AUTO) {
			return new RegistryChoice(configured, "discovery.registry=" + environment.getProperty("discovery.registry"),
					Source.CONFIGURED);
		}
		if (!details.isEmpty()) {
			return cloudMap("connection details are provided by the bean " + details.get(0));
		}
		for (String property : CLOUD_MAP_PROPERTIES) {
			if (!Binder.get(environment).bind(property, String.class).orElse("").isBlank()) {
				return cloudMap(property + " is set");
			}
		}
		String endpoint = AwsEndpointSettings.firstSet(environment, AwsEndpointSettings.OF_CLOUD_MAP);
		if (endpoint != null) {
			return cloudMap(endpoint + " is set");
		}
		if (environment.containsProperty(EcsMetadata.METADATA_URI)) {
			return cloudMap("running on Amazon ECS");
		}
		return new RegistryChoice(RegistryType.EMBEDDED, "not on Amazon ECS, and no discovery.cloud-map property set",
				Source.DEFAULT);
	}

	private static RegistryChoice cloudMap(String reason) {
		return new RegistryChoice(RegistryType.CLOUD_MAP, reason, Source.CONFIGURED);
	}

	private RegistryChoice replacedInTest() {
		return new RegistryChoice(RegistryType.EMBEDDED,
				"a test does not use AWS, although " + this.reason
						+ ". To use Cloud Map in a test, set discovery.cloud-map.endpoint, or declare a"
						+ " CloudMapConnectionDetails bean",
				Source.TEST);
	}

	/**
	 * Returns this choice with a warning as the reason, for an application that seems to
	 * be deployed.
	 * @param evidence the evidence for that, such as {@code in Kubernetes (...)}
	 */
	RegistryChoice deployed(String evidence) {
		return new RegistryChoice(this.type, "no registry is configured, although the application runs " + evidence
				+ ": it finds only applications on the same machine, and only these find it. To use AWS Cloud Map, set"
				+ " discovery.cloud-map.region. To confirm the embedded registry, set discovery.registry=embedded",
				this.source);
	}

}
