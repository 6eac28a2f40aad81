package dev.cloudmap.discovery.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.NoCustomHealthException;
import dev.cloudmap.discovery.NotRegisteredException;
import dev.cloudmap.discovery.ServiceName;

/**
 * A registry in memory that records its calls and fails if configured.
 */
public class FakeRegistry implements Registry {

	public final List<String> calls = new ArrayList<>();

	public final Map<String, InstanceRegistration> instances = new LinkedHashMap<>();

	/** The ids of the instances that a lookup of any service returns. */
	public Set<String> healthyPeers = Set.of();

	public boolean keepsHealth = true;

	/** Whether there are other applications; null if the registry does not report it. */
	public Boolean knowsOthers = true;

	public Set<String> services = Set.of();

	/** The services without instances. */
	public Set<String> empty = Set.of();

	/** The revisions by service name. */
	public final Map<String, Long> revisions = new ConcurrentHashMap<>();

	/** All watches, in order of creation. */
	public final List<FakeWatch> watches = new ArrayList<>();

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
		if (!this.keepsHealth) {
			throw new NoCustomHealthException("no custom health", null);
		}
		if (!this.instances.containsKey(instanceId)) {
			throw new NotRegisteredException("no " + instanceId, null);
		}
	}

	@Override
	public Optional<Map<String, String>> attributes(ServiceName service, String instanceId) {
		called("attributes " + instanceId);
		return Optional.ofNullable(this.instances.get(instanceId)).map(InstanceRegistration::allAttributes);
	}

	@Override
	public InstanceSet discover(ServiceName service, LookupFilter filter) {
		called("discover " + service);
		return new InstanceSet(service,
				this.healthyPeers.stream()
					.map((id) -> new Instance(service, id, "10.0.0.9", 80, HealthStatus.HEALTHY, Map.of()))
					.toList(),
				"fake");
	}

	@Override
	public long revision(ServiceName service) {
		called("revision " + service);
		Long revision = this.revisions.get(service.name());
		if (revision == null) {
			throw new NotRegisteredException("no " + service, null);
		}
		return revision;
	}

	@Override
	public Watch watch(Namespace namespace, WatchListener listener) {
		called("watch " + namespace);
		FakeWatch watch = new FakeWatch(listener);
		this.watches.add(watch);
		return watch;
	}

	@Override
	public Set<ListedService> services(Namespace namespace) {
		called("services " + namespace);
		return this.services.stream()
			.map((name) -> new ListedService(name, this.empty.contains(name) ? 0 : 1))
			.collect(Collectors.toSet());
	}

	@Override
	public boolean knowsOtherApplications() {
		if (this.knowsOthers == null) {
			throw new DiscoveryException("does not say");
		}
		return this.knowsOthers;
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

	/**
	 * A watch that reports what a test triggers.
	 */
	public static final class FakeWatch implements Watch {

		public final WatchListener listener;

		public boolean closed;

		/** The names that are followed, each as often as it was reported; may be null. */
		public final List<String> followed = new ArrayList<>();

		private boolean live;

		FakeWatch(WatchListener listener) {
			this.listener = listener;
		}

		public void open() {
			this.live = true;
			this.listener.onOpen();
		}

		public void lose() {
			this.live = false;
			this.listener.onLost();
		}

		@Override
		public boolean isLive() {
			return this.live;
		}

		@Override
		public void follow(String service) {
			this.followed.add(service);
		}

		@Override
		public void unfollow(String service) {
			this.followed.remove(service);
		}

		@Override
		public void close() {
			this.closed = true;
			this.live = false;
		}

	}

}
