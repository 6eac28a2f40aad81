package dev.cloudmap.discovery.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;

/**
 * A registry in memory that remembers its calls and fails when told to.
 */
public class FakeRegistry implements Registry {

	public final List<String> calls = new ArrayList<>();

	public final Map<String, InstanceRegistration> instances = new LinkedHashMap<>();

	public Set<String> services = Set.of();

	public Set<RegistryInfo.Capability> capabilities = Set.of(RegistryInfo.Capability.LEASES);

	public DiscoveryException failure;

	@Override
	public void register(InstanceRegistration registration) {
		called("register " + registration.instanceId());
		this.instances.put(registration.instanceId(), registration);
	}

	@Override
	public void deregister(ServiceName service, String instanceId) {
		called("deregister " + instanceId);
		this.instances.remove(instanceId);
	}

	@Override
	public void reportHealth(ServiceName service, String instanceId, HealthStatus status) {
		called(status + " " + instanceId);
		if (!this.instances.containsKey(instanceId)) {
			throw new NotRegisteredException("no " + instanceId, null);
		}
	}

	@Override
	public InstanceSet discover(ServiceName service) {
		called("discover " + service);
		return new InstanceSet(service, List.of(), "fake");
	}

	@Override
	public Set<String> services(Namespace namespace) {
		called("services " + namespace);
		return this.services;
	}

	@Override
	public RegistryInfo info() {
		return new RegistryInfo("fake", "memory", null, this.capabilities);
	}

	private void called(String call) {
		this.calls.add(call);
		if (this.failure != null) {
			throw this.failure;
		}
	}

}
