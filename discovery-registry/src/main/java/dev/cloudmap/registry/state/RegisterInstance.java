package dev.cloudmap.registry.state;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Registers an instance, or replaces all that was registered under its id.
 *
 * @param key its service and id
 * @param attributes its attributes
 * @param creatorRequestId the creator's own id of the request
 */
public record RegisterInstance(InstanceKey key, Map<String, String> attributes,
		@Nullable String creatorRequestId) implements InstanceCommand {

	static final int MAX_INSTANCES = 1000;

	@Override
	public Operation.Type type() {
		return Operation.Type.REGISTER_INSTANCE;
	}

	@Override
	public void check(Draft draft) {
		Service service = draft.service(this.key.serviceId());
		AttributeRules.check(service, this.attributes);
		if (service.hasRecords(RecordType.SRV)) {
			checkTarget(draft.namespace(service.namespaceId()), service);
		}
		if (draft.findInstance(this.key) == null && draft.instanceCount(service.id()) >= MAX_INSTANCES) {
			throw new RegistryException(Fault.RESOURCE_LIMIT_EXCEEDED,
					"The service '%s' already has %d instances, which is the most a service can have."
						.formatted(service.name(), MAX_INSTANCES));
		}
	}

	/**
	 * SRV records name an instance by its id in front of the service's name.
	 */
	private void checkTarget(Namespace namespace, Service service) {
		String id = this.key.instanceId();
		int length = id.length() + 1 + service.name().length() + 1 + namespace.name().length();
		if (id.length() > DomainNames.MAX_LABEL || length > DomainNames.MAX_NAME) {
			throw RegistryException.invalid(("The service '%s' has SRV records, which name its instances "
					+ "<instance id>.%s.%s. DNS allows %d characters for the id and %d for the name, but '%s' has %d and "
					+ "makes a name of %d. Choose a shorter instance id.")
				.formatted(service.name(), service.name(), namespace.name(), DomainNames.MAX_LABEL,
						DomainNames.MAX_NAME, id, id.length(), length));
		}
	}

	@Override
	public void apply(Draft draft, String operationId) {
		Service service = draft.service(this.key.serviceId());
		Instance instance = new Instance(this.key, this.attributes,
				AttributeRules.initialHealth(service, this.attributes), AttributeRules.lease(this.attributes),
				Instance.Standing.CURRENT, draft.nextRevision(), this.creatorRequestId);
		// Who renews a lease says nothing of what checks have found.
		Instance earlier = (service.healthCheck() != null) ? draft.findInstance(this.key) : null;
		draft.register(
				(earlier != null && instance.renews(earlier)) ? instance.reporting(earlier.reported()) : instance);
	}

}
