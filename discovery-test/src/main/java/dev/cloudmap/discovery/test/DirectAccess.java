package dev.cloudmap.discovery.test;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.ChangeHealth;
import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.CreateService;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.CustomHealthCheck;
import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.state.operation.OperationCommand;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * Changes a registry's content without the API, and so without its delays and failures.
 * The registry's rules apply, except those for the form of requests.
 */
final class DirectAccess {

	private static final String ARN_PREFIX = "arn:aws:servicediscovery:us-east-1:000000000000:";

	private static final String VPC = "vpc-test";

	/** Short for callers without change notifications. */
	private static final long TTL_SECONDS = 1;

	private static final List<DnsRecordSettings.TypedRecord> RECORDS = List.of(
			new DnsRecordSettings.TypedRecord(RecordType.A, TTL_SECONDS),
			new DnsRecordSettings.TypedRecord(RecordType.SRV, TTL_SECONDS));

	private final RegistryState state;

	DirectAccess(RegistryState state) {
		this.state = state;
	}

	/**
	 * Creates a namespace with DNS if it does not exist.
	 * @throws IllegalArgumentException if the name is not that of a namespace
	 */
	void addNamespace(String name) {
		if (this.state.snapshot().findNamespaceByHttpName(name) == null) {
			String id = Ids.namespace();
			carryOut(new CreateNamespace(id, ARN_PREFIX + "namespace/" + id, name, NamespaceType.DNS_PRIVATE, null, VPC,
					RegistryMode.EXTENDED.soaTtl(), Instant.now(), null, Tags.NONE));
		}
	}

	/**
	 * Registers an instance, or replaces what is registered under its id. Creates the
	 * service if it does not exist.
	 * @throws IllegalArgumentException if the registry rejects it
	 */
	void register(String namespace, String service, String instanceId, Map<String, String> attributes) {
		carryOut(new RegisterInstance(new InstanceReference(serviceId(namespace, service), instanceId), attributes,
				null));
	}

	private String serviceId(String namespaceName, String name) {
		Namespace namespace = this.state.snapshot().findNamespaceByHttpName(namespaceName);
		if (namespace == null) {
			throw new IllegalStateException("The namespace '%s' no longer exists.".formatted(namespaceName));
		}
		return submit((draft) -> {
			ServiceState existing = this.state.snapshot().findService(namespace, name);
			if (existing != null) {
				return existing.service();
			}
			String id = Ids.service();
			Service service = new Service(id, ARN_PREFIX + "service/" + id, namespace.id(), name, null,
					new DnsRecordSettings(RoutingPolicy.MULTIVALUE, RECORDS), null, new CustomHealthCheck(1),
					Instant.now(), null, Map.of(), Tags.NONE);
			return new CreateService(service, CreateService.Kind.BY_NAMESPACE).apply(draft);
		}).id();
	}

	/**
	 * Deregisters an instance; does nothing if it is not registered.
	 */
	void deregister(String namespace, String service, String instanceId) {
		Instance instance = RegisteredContent.of(this.state.snapshot(), namespace).instance(service, instanceId);
		if (instance != null) {
			try {
				carryOut(new DeregisterInstance(instance.key()));
			}
			catch (IllegalArgumentException ex) {
				// deregistered meanwhile
			}
		}
	}

	/**
	 * Reports the health of an instance.
	 * @throws IllegalStateException if it is not registered
	 */
	void report(String namespace, String service, String instanceId, ChangeHealth.Verdict verdict) {
		Instance instance = RegisteredContent.of(this.state.snapshot(), namespace).instance(service, instanceId);
		if (instance == null || submit(
				new ChangeHealth(instance.key(), instance.registration(), verdict)) == ChangeHealth.Outcome.OUTDATED) {
			throw new IllegalStateException("The instance '%s' of service '%s' is not registered, so its health cannot"
				.formatted(instanceId, service) + " be reported. Call recovered() to register it again.");
		}
	}

	private void carryOut(OperationCommand command) {
		String conflict = submit((draft) -> {
			command.check(draft);
			String found = command.findRecordConflict(draft);
			if (found == null) {
				command.apply(draft, "test");
			}
			return (found != null) ? found : "";
		});
		if (!conflict.isEmpty()) {
			throw new IllegalArgumentException(conflict);
		}
	}

	private <R> R submit(Command<R> command) {
		try {
			return this.state.submit(command).join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof RegistryException refusal) {
				throw new IllegalArgumentException(refusal.message(), refusal);
			}
			throw ex;
		}
	}

}
