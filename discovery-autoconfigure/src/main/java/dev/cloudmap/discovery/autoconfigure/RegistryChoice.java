package dev.cloudmap.discovery.autoconfigure;

import java.util.List;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.autoconfigure.DiscoveryProperties.RegistryType;
import dev.cloudmap.discovery.registration.aws.EcsMetadata;

/**
 * Which registry is used, and why.
 *
 * @param type the registry, never {@link RegistryType#AUTO}
 * @param reason why, for a log line and a health detail
 * @param source what it was chosen by
 */
record RegistryChoice(RegistryType type, String reason, Source source) {

	private static final List<String> CLOUD_MAP_PROPERTIES = List.of(AwsEndpointSettings.PROPERTY,
			"discovery.cloud-map.region");

	/**
	 * What a choice is made by.
	 */
	enum Source {

		/** The user's configuration, or the platform. */
		CONFIGURED,

		/** Nothing: the embedded registry is the default. */
		DEFAULT,

		/** A test, which does not use AWS. */
		TEST

	}

	static RegistryChoice of(Environment environment, ListableBeanFactory beanFactory) {
		List<String> details = beanNames(CloudMapConnectionDetails.class, beanFactory);
		RegistryChoice choice = choose(environment, details);
		boolean awsInTest = choice.type() == RegistryType.CLOUD_MAP && TestContexts.isMarked(environment)
				&& details.isEmpty() && beanNames(ServiceDiscoveryClient.class, beanFactory).isEmpty()
				&& !AwsEndpointSettings.isSet(environment);
		return awsInTest ? choice.insideTest() : choice;
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
			return cloudMap("connection details are given by the bean " + details.get(0));
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

	private RegistryChoice insideTest() {
		return new RegistryChoice(RegistryType.EMBEDDED,
				"a test does not use AWS itself, although " + this.reason
						+ ". To use Cloud Map in a test, set discovery.cloud-map.endpoint, or give a"
						+ " CloudMapConnectionDetails bean",
				Source.TEST);
	}

	/**
	 * The same choice for an application that seems to be deployed, which is probably not
	 * what the user wants.
	 * @param signs what shows it, such as {@code in Kubernetes (...)}
	 */
	RegistryChoice deployed(String signs) {
		return new RegistryChoice(this.type, "no registry is configured, although the application runs " + signs
				+ ": it finds, and is found by, only applications on the same machine. To use AWS Cloud Map, set"
				+ " discovery.cloud-map.region; to use this registry on purpose, set discovery.registry=embedded",
				this.source);
	}

}
