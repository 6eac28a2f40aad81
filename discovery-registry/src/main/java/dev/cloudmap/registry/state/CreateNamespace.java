package dev.cloudmap.registry.state;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Creates a namespace.
 *
 * @param id the id it is to have, from {@link Ids#namespace()}
 * @param arn the ARN it is to have
 * @param name its name
 * @param namespaceType how its services are found
 * @param description what its creator writes about it
 * @param vpc the VPC of a private DNS namespace
 * @param soaTtl seconds for which DNS clients may remember that a name does not exist
 * @param created when it is created
 * @param creatorRequestId the creator's own id of the request
 * @param tags its tags
 */
public record CreateNamespace(String id, String arn, String name, NamespaceType namespaceType,
		@Nullable String description, @Nullable String vpc, long soaTtl, Instant created,
		@Nullable String creatorRequestId, Tags tags) implements OperationCommand {

	/** The most namespaces of one account and region, where quotas hold. */
	private static final int QUOTA = 50;

	/**
	 * Seconds for which DNS clients may remember that a name does not exist, unless the
	 * request says otherwise. Short, for on a laptop names come into being all the time.
	 */
	public static final long DEFAULT_SOA_TTL = 5;

	@Override
	public Operation.Type type() {
		return Operation.Type.CREATE_NAMESPACE;
	}

	@Override
	public Map<Operation.Target, String> targets() {
		return Map.of(Operation.Target.NAMESPACE, this.id);
	}

	@Override
	public String subject() {
		return "namespace %s %s %s".formatted(this.namespaceType, this.namespaceType.key(this.name), this.vpc);
	}

	@Override
	public @Nullable String requestId() {
		return this.creatorRequestId;
	}

	/**
	 * The id and the time are made for each request, and what names the namespace is in
	 * the subject.
	 */
	@Override
	public boolean repeats(OperationCommand earlier) {
		return this.creatorRequestId != null && this.creatorRequestId.equals(earlier.requestId())
				&& subject().equals(earlier.subject());
	}

	@Override
	public @Nullable String findEarlier(Draft draft) {
		Namespace same = findSame(draft);
		return (same != null && this.creatorRequestId != null && this.creatorRequestId.equals(same.creatorRequestId()))
				? same.operationId() : null;
	}

	@Override
	public void check(Draft draft) {
		if (this.namespaceType.isDns() && (!DomainNames.isValid(this.name) || this.name.endsWith("."))) {
			throw RegistryException
				.invalid(("The name of a DNS namespace must be a domain name of at most %d characters "
						+ "with labels of 1 to %d, such as 'example.local', but is '%s'.")
					.formatted(DomainNames.MAX_NAME, DomainNames.MAX_LABEL, this.name));
		}
		Namespace same = findSame(draft);
		if (same != null) {
			RegistryException refusal = new RegistryException(Fault.NAMESPACE_ALREADY_EXISTS,
					"The namespace '%s' already exists with the id '%s'.".formatted(same.name(), same.id()))
				.with("NamespaceId", same.id());
			throw (same.creatorRequestId() != null) ? refusal.with("CreatorRequestId", same.creatorRequestId())
					: refusal;
		}
		if (draft.realism().quotas() && draft.namespaces().size() >= QUOTA) {
			throw new RegistryException(Fault.RESOURCE_LIMIT_EXCEEDED,
					"There are %d namespaces already, which is the quota. Delete one first."
						.formatted(draft.namespaces().size()));
		}
	}

	@Override
	public void apply(Draft draft, String operationId) {
		draft.add(new Namespace(this.id, this.arn, this.name, this.namespaceType, httpName(draft), this.description,
				this.vpc, this.soaTtl, this.created, this.creatorRequestId, operationId, this.tags));
	}

	/**
	 * Look-ups through the API go by one name, while a name may be used once for each
	 * type and VPC: whoever comes later gets a suffix there.
	 */
	private String httpName(Draft draft) {
		String httpName = this.name;
		while (draft.findNamespaceByHttpName(httpName) != null) {
			httpName = this.name + "-" + Ids.suffix();
		}
		return httpName;
	}

	private @Nullable Namespace findSame(Draft draft) {
		return draft.namespacesNamed(this.namespaceType.key(this.name))
			.stream()
			.filter((namespace) -> namespace.type() == this.namespaceType && Objects.equals(namespace.vpc(), this.vpc))
			.findFirst()
			.orElse(null);
	}

}
