package dev.cloudmap.discovery.clients;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.source.InstanceSource;

/**
 * The instances that look-ups find: of the service worker those at the ports of a
 * property, and of others none.
 */
@Configuration(proxyBeanMethods = false)
class Workers {

	static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	static final String PORTS = "test.ports";

	@Bean
	InstanceSource source(Environment environment) {
		List<Instance> instances = Stream.of(environment.getRequiredProperty(PORTS, Integer[].class))
			.map((port) -> new Instance(WORKER, "i-" + port, "127.0.0.1", port, HealthStatus.HEALTHY, Map.of()))
			.toList();
		return (service) -> CompletableFuture
			.completedFuture(new InstanceSet(service, service.equals(WORKER) ? instances : List.of(), "test"));
	}

}
