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
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
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
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.discovery.thread.Timer;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

/**
 * A registry with the API of Cloud Map, and adapters that call it with the SDK's client.
 */
public abstract class CloudMapFixture {

	public static final Namespace CORP = new Namespace("corp");

	public static final ServiceName WORKER = new ServiceName(CORP, "worker");

	public static final RegistryOptions OPTIONS = RegistryOptions.defaults().withHttpPort(0).withDnsPort(0);

	public static final CreationPolicy IN_VPC = new CreationPolicy(Scope.NAMESPACES, "vpc-1");

	public final Deque<AutoCloseable> resources = new ArrayDeque<>();

	private final DiscoveryThreads threads = keep(new DiscoveryThreads());

	RegistryServer server = start(OPTIONS);

	final ServiceDiscoveryClient client = client(this.server.endpoint());

	public final CloudMapRegistry registry = registry(IN_VPC);

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	RegistryServer start(RegistryOptions options) {
		return keep(RegistryServer.start(options));
	}

	<T extends AutoCloseable> T keep(T resource) {
		this.resources.push(resource);
		return resource;
	}

	ServiceDiscoveryClient client(URI endpoint) {
		return client(endpoint, AnonymousCredentialsProvider.create());
	}

	ServiceDiscoveryClient client(URI endpoint, AwsCredentialsProvider credentials) {
		return keep(TestClients.retryingAtOnce(endpoint, credentials).build());
	}

	CloudMapRegistry registry(CreationPolicy creation) {
		return registry(this.server.endpoint(), creation, null);
	}

	CloudMapRegistry registry(URI endpoint, CreationPolicy creation, Integer defaultPort) {
		return registry(client(endpoint), endpoint, creation, defaultPort);
	}

	CloudMapRegistry registry(ServiceDiscoveryClient with, URI endpoint, CreationPolicy creation, Integer defaultPort) {
		return registry(with, endpoint, creation, defaultPort, this.threads.timer());
	}

	CloudMapRegistry registry(ServiceDiscoveryClient with, URI endpoint, CreationPolicy creation, Integer defaultPort,
			Timer timer) {
		return keep(new CloudMapRegistry(with, new RegistryInfo("cloud-map", endpoint.toString(), null, Set.of()),
				creation, null, (service) -> defaultPort, new CallMeter(() -> false),
				new WatchClient(timer, this.threads.lookups(), this.threads.changes())));
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
