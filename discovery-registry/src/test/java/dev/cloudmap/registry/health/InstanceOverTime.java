package dev.cloudmap.registry.health;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import dev.cloudmap.registry.ManualScheduler;
import dev.cloudmap.registry.state.FragileJournal;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Samples;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.HealthStatus;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Service;

/**
 * The health of an instance, with a manual clock. The namespace {@code ns-1} exists; the
 * test creates the service and the instance.
 */
abstract class InstanceOverTime {

	static final InstanceReference KEY = new InstanceReference("srv-1", "i");

	final ManualScheduler scheduler = new ManualScheduler();

	final FragileJournal journal = new FragileJournal();

	final RegistryState state = new RegistryState(this.journal, this.scheduler, () -> Emulation.NONE);

	@BeforeEach
	void createNamespace() {
		this.state.submit(Samples.createNamespace("ns-1", "corp")).join();
	}

	@AfterEach
	void closeState() {
		this.state.close();
	}

	void create(Service service) {
		this.state.submit(Samples.createService(service)).join();
	}

	void register(InstanceReference key, Map<String, String> attributes) {
		this.state.submit(new RegisterInstance(key, attributes, null)).join();
	}

	void pass(String duration) {
		this.scheduler.advance(Duration.parse(duration));
		// Due commands run on the writer thread: wait until it is idle.
		this.state.submit((transaction) -> "").exceptionally((failure) -> "").join();
	}

	Instance find(InstanceReference key) {
		return this.state.snapshot().service(key.serviceId()).instances().get(key.instanceId());
	}

	HealthStatus status() {
		return find(KEY).health();
	}

}
