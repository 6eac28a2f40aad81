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
 * The services of the tests: one for each test, so that what one learns of its instances
 * is nothing to the others.
 */
final class Workers {

	/** Longer than a label of a name may be. */
	static final String LONG_NAME = "a".repeat(64);

	/** As long, of a service that another discovery client knows. */
	static final String FOREIGN_NAME = "b".repeat(64);

	static final ServiceName WORKER = service("worker");

	/** Every host of a URL, as the clients call it. */
	static final List<String> HOSTS = List.of("worker", "worker.corp", "payments", "server.hello-world.com:5000",
			"wroker", LONG_NAME, "even", "secure", "partly-dead", "partly-refusing", "dead", "sick", "metered",
			"observed", "hanging", "full", "given-up", "legacy", FOREIGN_NAME);

	private Workers() {
	}

	static ServiceName service(String name) {
		return new ServiceName(new Namespace("corp"), name);
	}

	/**
	 * The id of the instance at a port.
	 */
	static String id(int port) {
		return "i-" + port;
	}

	/**
	 * Registers instances on loopback, in the registry that the application has for its
	 * own.
	 */
	static void register(ApplicationContext application, String service, Map<String, String> attributes, int... ports) {
		Registry registry = application.getBean(Registry.class);
		for (int port : ports) {
			registry.register(new InstanceRegistration(service(service), id(port), "127.0.0.1", port, attributes,
					new ServiceDefinition(EnumSet.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
		}
	}

}
