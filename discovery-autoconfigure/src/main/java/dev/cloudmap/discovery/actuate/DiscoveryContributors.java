package dev.cloudmap.discovery.actuate;

import java.util.List;
import java.util.Set;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.health.reactive.ReactiveDiscoveryHealthIndicator;

/**
 * Identifies the health contributors that report on discovery rather than on the
 * application: those of this library, of Spring Cloud, and of other discovery clients. An
 * unavailable registry must not make an instance unhealthy.
 */
final class DiscoveryContributors {

	/** The names of those contributors. */
	private static final Set<String> NAMES = Set.of("discovery", "discoveryComposite", "discoveryClient",
			"reactiveDiscoveryClients", "eureka", "consul", "zookeeper", "nacosDiscovery");

	/**
	 * Prefixes of the names of their classes. Contributors that implement Spring Cloud's
	 * interface are part of its composite, whose classes are in the first package.
	 */
	private static final List<String> PACKAGES = List.of("org.springframework.cloud.client.discovery.",
			"org.springframework.cloud.netflix.eureka.", "org.springframework.cloud.consul.",
			"org.springframework.cloud.zookeeper.", "org.springframework.cloud.kubernetes.",
			"com.alibaba.cloud.nacos.discovery.", "com.tencent.cloud.polaris.");

	private DiscoveryContributors() {
	}

	/**
	 * Whether a contributor is one of them.
	 * @param name its name, without that of the composite that contains it
	 * @param contributor the contributor
	 */
	static boolean include(String name, Object contributor) {
		Class<?> type = AopProxyUtils.ultimateTargetClass(contributor);
		return NAMES.contains(name) || DiscoveryHealthIndicator.class.isAssignableFrom(type)
				|| DiscoveryClient.class.isAssignableFrom(type) || ReactiveDiscoveryClient.class.isAssignableFrom(type)
				|| org.springframework.cloud.client.discovery.health.DiscoveryHealthIndicator.class
					.isAssignableFrom(type)
				|| ReactiveDiscoveryHealthIndicator.class.isAssignableFrom(type)
				|| PACKAGES.stream().anyMatch(type.getName()::startsWith);
	}

}
