package dev.cloudmap.discovery.registry.consul;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.RegistryContract;
import dev.cloudmap.discovery.thread.DiscoveryThreads;
import dev.cloudmap.testsupport.ConsulAgent;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The contract with a real Consul agent.
 */
@Tag("slow")
class ConsulContractIT extends RegistryContract {

	private static @Nullable ConsulAgent agent;

	private static @Nullable DiscoveryThreads threads;

	private static @Nullable ConsulRegistry registry;

	ConsulContractIT() {
		super(registry, new Namespace("service.consul"));
	}

	@BeforeAll
	static void start(@TempDir Path directory) throws Exception {
		assumeTrue(ConsulAgent.executable().isPresent(), ConsulAgent.MISSING);
		agent = ConsulAgent.start(directory, "");
		threads = new DiscoveryThreads();
		registry = new ConsulRegistry(ConsulSettings.of(agent.uri()), null, threads.timer(), threads.lookups(),
				threads.changes(), (service) -> null);
	}

	@AfterAll
	static void stop() throws Exception {
		if (registry != null) {
			registry.close();
			threads.close();
			agent.close();
		}
	}

}
