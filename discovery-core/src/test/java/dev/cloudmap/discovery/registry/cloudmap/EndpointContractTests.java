package dev.cloudmap.discovery.registry.cloudmap;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryContract;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.registry.RegistryServer;

/**
 * The contract with the SDK's client and a standalone registry.
 */
class EndpointContractTests extends RegistryContract {

	private static final Deque<AutoCloseable> resources = new ArrayDeque<>();

	private static Registry registry;

	EndpointContractTests() {
		super(registry, new Namespace("corp"));
	}

	@BeforeAll
	static void start() {
		DiscoveryThreads threads = keep(new DiscoveryThreads());
		URI endpoint = keep(RegistryServer.start(CloudMapFixture.OPTIONS)).endpoint();
		ServiceDiscoveryClient client = keep(
				TestClients.retryingAtOnce(endpoint, AnonymousCredentialsProvider.create()).build());
		registry = keep(new CloudMapRegistry(client, new RegistryInfo("cloud-map", endpoint.toString(), null, Set.of()),
				new CreationPolicy(Scope.NAMESPACES, null), null, (service) -> null, new CallMeter(() -> false),
				new WatchClient(threads.timer(), threads.lookups(), threads.changes())));
	}

	@AfterAll
	static void stop() throws Exception {
		for (AutoCloseable resource : resources) {
			resource.close();
		}
	}

	private static <T extends AutoCloseable> T keep(T resource) {
		resources.push(resource);
		return resource;
	}

}
