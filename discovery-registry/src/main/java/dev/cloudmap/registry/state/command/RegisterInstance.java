package dev.cloudmap.registry.state.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.emulation.RegistryMode;
import dev.cloudmap.registry.state.model.AttributeNames;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.InstanceReference;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.rule.AttributeRules;
import dev.cloudmap.registry.state.rule.Ec2Instances;
import dev.cloudmap.registry.state.rule.InstanceNameRules;
import dev.cloudmap.registry.state.rule.RecordConflicts;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Registers an instance, or replaces the instance with its id.
 *
 * @param key the instance
 * @param attributes its attributes
 * @param requestId the request id that the client chose
 */
public record RegisterInstance(InstanceReference key, Map<String, String> attributes,
		@Nullable String requestId) implements InstanceCommand {

	/** The maximum number of instances of a service. */
	static final int MAX_INSTANCES = 1000;

	/** The quota of instances of a DNS namespace. */
	private static final int DNS_NAMESPACE_QUOTA = 2000;

	/** The quota of instances of an HTTP namespace. */
	private static final int HTTP_NAMESPACE_QUOTA = 6000;

	public RegisterInstance {
		attributes = Map.copyOf(attributes);
	}

	@Override
	public Operation.Type type() {
		return Operation.Type.REGISTER_INSTANCE;
	}

	/**
	 * A repeated request has no effect unless it renews a lease.
	 */
	@Override
	public @Nullable String findEarlier(WriteTransaction transaction) {
		ServiceState service = transaction.snapshot().findService(this.key.serviceId());
		Instance instance = (service != null) ? service.instances().get(this.key.instanceId()) : null;
		if (this.requestId == null || instance == null || instance.lease() != null) {
			return null;
		}
		boolean same = this.requestId.equals(instance.creatorRequestId()) && instance.attributes().equals(registered());
		return same ? instance.operationId() : null;
	}

	@Override
	public void check(WriteTransaction transaction) {
		RegistrySnapshot snapshot = transaction.snapshot();
		Service service = snapshot.service(this.key.serviceId()).service();
		Namespace namespace = snapshot.namespace(service.namespaceId());
		lease(transaction);
		AttributeRules.check(namespace, service, this.attributes);
		if (transaction.mode() == RegistryMode.EXTENDED) {
			String obstacle = InstanceNameRules.findObstacle(snapshot, transaction.mode(), namespace, service,
					this.key);
			if (obstacle != null) {
				throw RegistryException.invalid(obstacle);
			}
		}
		if (snapshot.findInstance(this.key) == null) {
			checkCapacity(transaction, namespace, service);
		}
	}

	private static void checkCapacity(WriteTransaction transaction, Namespace namespace, Service service) {
		RegistrySnapshot snapshot = transaction.snapshot();
		if (snapshot.service(service.id()).instances().size() >= MAX_INSTANCES) {
			throw new RegistryException(ErrorType.RESOURCE_LIMIT_EXCEEDED,
					"The service '%s' already has %d instances, which is the maximum.".formatted(service.name(),
							MAX_INSTANCES));
		}
		if (transaction.emulation().quotas()) {
			int quota = namespace.type().isDns() ? DNS_NAMESPACE_QUOTA : HTTP_NAMESPACE_QUOTA;
			int present = snapshot.servicesOf(namespace.id())
				.stream()
				.mapToInt((other) -> other.instances().size())
				.sum();
			if (present >= quota) {
				throw new RegistryException(ErrorType.RESOURCE_LIMIT_EXCEEDED,
						"The namespace '%s' already has %d instances, which is the quota.".formatted(namespace.name(),
								present));
			}
		}
	}

	@Override
	public @Nullable String findRecordConflict(WriteTransaction transaction) {
		if (transaction.mode() == RegistryMode.EXTENDED) {
			return null;
		}
		RegistrySnapshot snapshot = transaction.snapshot();
		Service service = snapshot.service(this.key.serviceId()).service();
		String obstacle = InstanceNameRules.findObstacle(snapshot, transaction.mode(),
				snapshot.namespace(service.namespaceId()), service, this.key);
		return (obstacle != null) ? obstacle : RecordConflicts.find(snapshot, this.key, registered());
	}

	@Override
	public void apply(WriteTransaction transaction, String operationId) {
		ServiceState state = transaction.snapshot().service(this.key.serviceId());
		Service service = state.service();
		Instance instance = new Instance(this.key, registered(), AttributeRules.initialHealth(service, this.attributes),
				lease(transaction), Instance.Standing.CURRENT, transaction.nextRevision(), this.requestId,
				(this.requestId != null) ? operationId : null);
		// The renewal of a lease does not change the result of health checks.
		Instance earlier = (service.healthCheck() != null) ? state.instances().get(this.key.instanceId()) : null;
		transaction.register(
				(earlier != null && instance.renews(earlier)) ? instance.reporting(earlier.reported()) : instance);
	}

	/**
	 * Returns the lease, or null without a lease and in {@link RegistryMode#LIKE_AWS}.
	 */
	private @Nullable Duration lease(WriteTransaction transaction) {
		return (transaction.mode() == RegistryMode.EXTENDED) ? AttributeRules.lease(this.attributes) : null;
	}

	/**
	 * Returns the attributes, with the address of an EC2 instance.
	 */
	private Map<String, String> registered() {
		String ec2InstanceId = this.attributes.get(AttributeNames.EC2_INSTANCE_ID);
		if (ec2InstanceId == null) {
			return this.attributes;
		}
		Map<String, String> completed = new LinkedHashMap<>(this.attributes);
		completed.put(AttributeNames.IPV4, Ec2Instances.address(ec2InstanceId));
		return completed;
	}

}
