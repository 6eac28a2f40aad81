package dev.cloudmap.discovery.clients;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

import org.springframework.context.ApplicationContext;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.registry.ServiceDefinition;

/**
 * The services of the tests. Each test has its own service, so that statistics about its
 * instances do not affect other tests.
 */
final class Workers {

	/** A service name that exceeds the maximum length of a DNS label. */
	static final String LONG_NAME = "a".repeat(64);

	/** A name of the same length, for a service of another discovery client. */
	static final String FOREIGN_NAME = "b".repeat(64);

	static final ServiceName WORKER = service("worker");

	/** All hosts in the URLs of the tests. */
	static final List<String> HOSTS = List.of("worker", "worker.corp", "payments", "server.hello-world.com:5000",
			"wroker", LONG_NAME, "even", "secure", "by-attribute", "by-name", "partly-dead", "partly-refusing", "dead",
			"sick", "metered", "observed", "hanging", "unresponsive", "full", "given-up", "legacy", FOREIGN_NAME);

	private Workers() {
	}

	static ServiceName service(String name) {
		return new ServiceName(new Namespace("corp"), name);
	}

	/**
	 * Returns the id of the instance at a port.
	 */
	static String id(int port) {
		return "i-" + port;
	}

	/**
	 * Registers instances on loopback in the application's own registry.
	 */
	static void register(ApplicationContext application, String service, Map<String, String> attributes, int... ports) {
		Registry registry = application.getBean(Registry.class);
		for (int port : ports) {
			registry.register(new InstanceRegistration(service(service), id(port), "127.0.0.1", port, attributes,
					new ServiceDefinition(EnumSet.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
		}
	}

}
