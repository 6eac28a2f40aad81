package dev.cloudmap.discovery.registry.cloudmap;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;

import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

/**
 * A registry that speaks Cloud Map's API, and adapters to it with the SDK's client.
 */
abstract class CloudMapFixture {

	static final Namespace CORP = new Namespace("corp");

	static final ServiceName WORKER = new ServiceName(CORP, "worker");

	static final RegistryOptions OPTIONS = RegistryOptions.defaults().withHttpPort(0).withDnsPort(0);

	static final CreationPolicy IN_VPC = new CreationPolicy(Scope.NAMESPACES, "vpc-1");

	final Deque<AutoCloseable> resources = new ArrayDeque<>();

	RegistryServer server = start(OPTIONS);

	final ServiceDiscoveryClient client = client(this.server.endpoint());

	final CloudMapRegistry registry = registry(IN_VPC);

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	RegistryServer start(RegistryOptions options) {
		RegistryServer started = RegistryServer.start(options);
		this.resources.push(started);
		return started;
	}

	ServiceDiscoveryClient client(URI endpoint) {
		ServiceDiscoveryClient built = CloudMapClients
			.builder(new CloudMapConnection(endpoint, "us-east-1", AnonymousCredentialsProvider.create(), null))
			.build();
		this.resources.push(built);
		return built;
	}

	CloudMapRegistry registry(CreationPolicy creation) {
		return registry(this.server.endpoint(), creation, null);
	}

	CloudMapRegistry registry(URI endpoint, CreationPolicy creation, Integer defaultPort) {
		return new CloudMapRegistry(client(endpoint),
				new RegistryInfo("cloud-map", endpoint.toString(), null, Set.of()), creation, null,
				(service) -> defaultPort);
	}

	static InstanceRegistration instance(String id) {
		return instance(id, Map.of());
	}

	static InstanceRegistration instance(String id, Map<String, String> attributes) {
		return new InstanceRegistration(WORKER, id, "10.0.0.1", 8080, attributes, definition());
	}

	static InstanceRegistration instance(ServiceName service, String id) {
		return new InstanceRegistration(service, id, "10.0.0.1", 8080, Map.of(), definition());
	}

	static ServiceDefinition definition() {
		return new ServiceDefinition(Set.of(ServiceDefinition.RecordType.A, ServiceDefinition.RecordType.SRV),
				Duration.ofSeconds(10));
	}

	static List<String> ids(InstanceSet set) {
		return set.instances().stream().map(Instance::id).toList();
	}

}
