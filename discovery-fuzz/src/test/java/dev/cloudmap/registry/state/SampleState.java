package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.fuzz.Check;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.Emulation;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.state.snapshot.Change;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.time.Scheduler;

/**
 * A registry state with sample content, and checks that apply to any content. The ids are
 * {@code ns-corp} (private DNS), {@code ns-http}, {@code srv-worker}, {@code srv-plain}
 * (no health check), {@code srv-http} and the instance {@code one} of each service.
 */
public final class SampleState implements AutoCloseable {

	private static final int MAX_INSTANCES = 1000;

	private final MemoryJournal journal = new MemoryJournal();

	private final Scheduler scheduler;

	private final RegistryState state;

	private final LookupView view;

	public SampleState(Scheduler scheduler, Emulation emulation) {
		this.scheduler = scheduler;
		fill();
		Supplier<Emulation> always = () -> emulation;
		this.state = new RegistryState(this.journal, scheduler, always);
		this.view = LookupView.of(this.state, always, scheduler);
	}

	private void fill() {
		try (RegistryState filled = new RegistryState(this.journal, this.scheduler, () -> Emulation.NONE)) {
			namespace(filled, "corp", NamespaceType.DNS_PRIVATE, "vpc-1");
			namespace(filled, "http", NamespaceType.HTTP, null);
			DnsRecordSettings dns = new DnsRecordSettings(RoutingPolicy.MULTIVALUE,
					List.of(new DnsRecordSettings.TypedRecord(RecordType.A, 10),
							new DnsRecordSettings.TypedRecord(RecordType.SRV, 10)));
			service(filled, "corp", "worker", dns, new CustomHealthCheck(1));
			service(filled, "corp", "plain", dns, null);
			service(filled, "http", "http", null, new CustomHealthCheck(1));
		}
	}

	private static void namespace(RegistryState state, String name, NamespaceType type, String vpc) {
		state
			.submit(new CreateNamespace("ns-" + name,
					"arn:aws:servicediscovery:eu-west-1:000000000000:namespace/ns-" + name, name, type, null, vpc, 5,
					Instant.EPOCH, null, Tags.NONE))
			.join();
	}

	private static void service(RegistryState state, String namespace, String name, DnsRecordSettings dns,
			CustomHealthCheck check) {
		String id = "srv-" + name;
		state
			.submit(new CreateService(
					new Service(id, "arn:aws:servicediscovery:eu-west-1:000000000000:service/" + id, "ns-" + namespace,
							name, null, dns, null, check, Instant.EPOCH, null, Map.of(), Tags.NONE),
					(dns != null) ? CreateService.Kind.BY_NAMESPACE : CreateService.Kind.API_ONLY))
			.join();
		state
			.submit(new RegisterInstance(new InstanceReference(id, "one"),
					Map.of(AttributeNames.IPV4, "10.0.0.1", AttributeNames.PORT, "80"), null))
			.join();
	}

	public RegistryState state() {
		return this.state;
	}

	public LookupView view() {
		return this.view;
	}

	/**
	 * Checks that the content is consistent, and that it is the same after a restart.
	 */
	public void check() {
		RegistrySnapshot snapshot = this.state.snapshot();
		for (Namespace namespace : snapshot.namespaces()) {
			Check.that(namespace.equals(snapshot.findNamespaceByHttpName(namespace.httpName())),
					"A namespace is not found by its name:", namespace);
		}
		for (ServiceState each : snapshot.services()) {
			Service service = each.service();
			Namespace namespace = snapshot.findNamespace(service.namespaceId());
			Check.that(namespace != null && each.equals(snapshot.findService(namespace, service.name())),
					"A service is not found by its name:", service);
			Check.that(each.instances().size() <= MAX_INSTANCES, "A service has too many instances");
			each.instances()
				.forEach((id, instance) -> Check.that(instance.key().equals(new InstanceReference(service.id(), id)),
						"The key of an instance differs from its service and id:", instance));
		}
		try (RegistryState again = new RegistryState(this.journal, this.scheduler, () -> Emulation.NONE)) {
			Check.that(content(again.snapshot()).equals(content(snapshot)), "The content differs after a restart:",
					content(again.snapshot()), content(snapshot));
		}
	}

	private static Set<Object> content(RegistrySnapshot snapshot) {
		Set<Object> content = new HashSet<>(snapshot.namespaces());
		for (ServiceState service : snapshot.services()) {
			content.add(service.service());
			content.addAll(service.instances().values());
		}
		return content;
	}

	@Override
	public void close() {
		this.state.close();
	}

	/**
	 * A journal in memory with the JSON format of the store.
	 */
	private static final class MemoryJournal implements Journal {

		private final JsonMapper mapper = JsonMapper.shared();

		private final Map<String, String> namespaces = new TreeMap<>();

		private final Map<String, String> services = new TreeMap<>();

		private final Map<InstanceReference, String> instances = new java.util.HashMap<>();

		private long revision;

		@Override
		public synchronized Contents load() {
			return new Contents(this.revision, read(this.namespaces.values(), Namespace.class),
					read(this.services.values(), Service.class), read(this.instances.values(), Instance.class),
					List.of());
		}

		private <T> List<T> read(Collection<String> values, Class<T> type) {
			return values.stream().map((json) -> this.mapper.readValue(json, type)).toList();
		}

		@Override
		public synchronized void commit(Commit commit) {
			this.revision = commit.revision();
			commit.changes().forEach(this::put);
		}

		@Override
		public synchronized void restore(Contents contents) {
			this.namespaces.clear();
			this.services.clear();
			this.instances.clear();
			this.revision = contents.revision();
			contents.namespaces().forEach(this::put);
			contents.services().forEach(this::put);
			contents.instances().forEach(this::put);
		}

		private void put(Change change) {
			if (change instanceof Change.InstanceRegistered registered) {
				put(registered.instance());
			}
			else if (change instanceof Change.HealthChanged health) {
				put(health.instance());
			}
			else if (change instanceof Change.InstanceDeregistered deregistered) {
				this.instances.remove(deregistered.instance().key());
			}
			else if (change instanceof Change.ServiceCreated created) {
				put(created.service());
			}
			else if (change instanceof Change.ServiceUpdated updated) {
				put(updated.service());
			}
			else if (change instanceof Change.ServiceDeleted deleted) {
				this.services.remove(deleted.service().id());
			}
			else if (change instanceof Change.NamespaceCreated created) {
				put(created.namespace());
			}
			else if (change instanceof Change.NamespaceUpdated updated) {
				put(updated.namespace());
			}
			else if (change instanceof Change.NamespaceDeleted deleted) {
				this.namespaces.remove(deleted.namespace().id());
			}
		}

		private void put(Namespace namespace) {
			this.namespaces.put(namespace.id(), this.mapper.writeValueAsString(namespace));
		}

		private void put(Service service) {
			this.services.put(service.id(), this.mapper.writeValueAsString(service));
		}

		private void put(Instance instance) {
			this.instances.put(instance.key(), this.mapper.writeValueAsString(instance));
		}

		@Override
		public void close() {
		}

	}

}
