package dev.cloudmap.discovery.registry.embedded;

import java.net.URI;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryContract;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.registry.RegistryInfo.Capability;
import dev.cloudmap.discovery.registry.cloudmap.CloudMapRegistry;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy;
import dev.cloudmap.discovery.registry.cloudmap.CreationPolicy.Scope;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;
import dev.cloudmap.discovery.registry.cloudmap.connection.LoopbackClient;
import dev.cloudmap.discovery.registry.cloudmap.watch.WatchClient;
import dev.cloudmap.discovery.thread.DiscoveryThreads;

/**
 * The contract with an embedded registry, as a member of it.
 */
class EmbeddedContractTests extends RegistryContract {

	private static final CallMeter meter = new CallMeter(() -> false);

	private static DiscoveryThreads threads;

	private static EmbeddedRegistry host;

	private static EmbeddedRegistry member;

	EmbeddedContractTests() {
		super(member, new Namespace("corp"));
	}

	@BeforeAll
	static void start() {
		threads = new DiscoveryThreads();
		host = started(0);
		member = started(URI.create(host.info().location()).getPort());
	}

	@AfterAll
	static void stop() {
		member.stop();
		host.stop();
		threads.close();
	}

	private static EmbeddedRegistry started(int port) {
		EmbeddedRegistry started = new EmbeddedRegistry(new HostOrJoin(port, 0, null, false), meter,
				EmbeddedContractTests::connect, Runnable::run);
		started.start();
		return started;
	}

	private static Registry connect(Membership membership) {
		URI endpoint = membership.endpoint();
		return new CloudMapRegistry(new LoopbackClient(endpoint, "us-east-1"),
				new RegistryInfo("embedded", endpoint.toString(), null, Set.of(Capability.WATCH)),
				new CreationPolicy(Scope.NAMESPACES, null), null, (service) -> null, meter,
				new WatchClient(threads.timer(), threads.lookups(), threads.changes()));
	}

}
