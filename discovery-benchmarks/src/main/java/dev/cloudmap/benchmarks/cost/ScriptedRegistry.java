package dev.cloudmap.benchmarks.cost;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ListedService;
import dev.cloudmap.discovery.registry.LookupFilter;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.thread.Timer;

/**
 * Simulates AWS Cloud Map for a caller. It answers immediately, counts calls, and sends
 * no notifications.
 */
final class ScriptedRegistry implements Registry {

	private final Map<ServiceName, Callee> callees;

	private final Timer timer;

	private long discoveries;

	private long revisions;

	private long registrations;

	private long reports;

	private long checks;

	private Map<String, String> registered = Map.of();

	ScriptedRegistry(Map<ServiceName, Callee> callees, Timer timer) {
		this.callees = callees;
		this.timer = timer;
	}

	/** Returns the number of calls of DiscoverInstances. */
	long discoveries() {
		return this.discoveries;
	}

	/** Returns the number of calls of DiscoverInstancesRevision. */
	long revisions() {
		return this.revisions;
	}

	/** Returns the number of calls that register or re-register an instance. */
	long registrations() {
		return this.registrations;
	}

	/** Returns the number of calls that report the health of an instance. */
	long reports() {
		return this.reports;
	}

	/** Returns the number of calls that check whether an instance is registered. */
	long checks() {
		return this.checks;
	}

	private Callee.State state(ServiceName service) {
		Callee callee = this.callees.get(service);
		if (callee == null) {
			throw new IllegalArgumentException("Unknown service: " + service);
		}
		return callee.at(this.timer.now());
	}

	@Override
	public InstanceSet discover(ServiceName service, LookupFilter filter) {
		this.discoveries++;
		return new InstanceSet(service, state(service).instances(), "api");
	}

	@Override
	public long revision(ServiceName service) {
		this.revisions++;
		return state(service).revision();
	}

	@Override
	public void register(InstanceRegistration registration) {
		this.registrations++;
		this.registered = registration.allAttributes();
	}

	@Override
	public Optional<Map<String, String>> attributes(ServiceName service, String instanceId) {
		this.checks++;
		return Optional.of(this.registered);
	}

	@Override
	public void deregister(ServiceName service, String instanceId) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void reportHealth(ServiceName service, String instanceId, HealthStatus status) {
		this.reports++;
	}

	@Override
	public Set<ListedService> services(Namespace namespace) {
		throw new UnsupportedOperationException();
	}

	@Override
	public RegistryInfo info() {
		return new RegistryInfo("cloud-map", "simulation", null, Set.of());
	}

}
