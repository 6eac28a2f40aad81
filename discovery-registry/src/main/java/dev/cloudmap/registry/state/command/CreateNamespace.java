package dev.cloudmap.registry.state.command;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.Arns;
import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Tags;
import dev.cloudmap.registry.state.operation.OperationCommand;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Creates a namespace.
 *
 * @param id its id, from {@link Ids#namespace()}
 * @param arn its ARN
 * @param name its name
 * @param namespaceType its type
 * @param description its description
 * @param vpc the VPC of a private DNS namespace
 * @param soaTtl the TTL of negative DNS responses in seconds
 * @param created the current time
 * @param requestId the request id that the client chose
 * @param tags its tags
 */
public record CreateNamespace(String id, String arn, String name, NamespaceType namespaceType,
		@Nullable String description, @Nullable String vpc, long soaTtl, Instant created, @Nullable String requestId,
		Tags tags) implements OperationCommand {

	/** The quota of namespaces of an account and region. */
	private static final int QUOTA = 50;

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
		return "namespace %s %s %s %s".formatted(Arns.account(this.arn), this.namespaceType,
				this.namespaceType.key(this.name), this.vpc);
	}

	/**
	 * Ignores id and time, which differ in each request. The subject contains the name.
	 */
	@Override
	public boolean repeats(OperationCommand earlier) {
		return this.requestId != null && this.requestId.equals(earlier.requestId())
				&& subject().equals(earlier.subject());
	}

	@Override
	public @Nullable String findEarlier(WriteTransaction transaction) {
		Namespace same = findSame(transaction);
		return (same != null && this.requestId != null && this.requestId.equals(same.creatorRequestId()))
				? same.operationId() : null;
	}

	@Override
	public void check(WriteTransaction transaction) {
		if (this.namespaceType.isDns() && (!DomainNames.isValid(this.name) || this.name.endsWith("."))) {
			throw RegistryException
				.invalid(("The name of a DNS namespace must be a domain name of at most %d characters "
						+ "with labels of 1 to %d, such as 'example.local', but is '%s'.")
					.formatted(DomainNames.MAX_NAME, DomainNames.MAX_LABEL, this.name));
		}
		Namespace same = findSame(transaction);
		if (same != null) {
			RegistryException refusal = new RegistryException(ErrorType.NAMESPACE_ALREADY_EXISTS,
					"The namespace '%s' already exists with the id '%s'.".formatted(same.name(), same.id()))
				.with("NamespaceId", same.id());
			throw (same.creatorRequestId() != null) ? refusal.with("CreatorRequestId", same.creatorRequestId())
					: refusal;
		}
		if (transaction.emulation().quotas() && count(transaction) >= QUOTA) {
			throw new RegistryException(ErrorType.RESOURCE_LIMIT_EXCEEDED,
					"There are %d namespaces, which is the quota. Delete a namespace first."
						.formatted(count(transaction)));
		}
	}

	/** Returns the number of namespaces of the account. */
	private long count(WriteTransaction transaction) {
		String owner = Arns.account(this.arn);
		return transaction.snapshot()
			.namespaces()
			.stream()
			.filter((namespace) -> namespace.owner().equals(owner))
			.count();
	}

	@Override
	public void apply(WriteTransaction transaction, String operationId) {
		transaction.add(new Namespace(this.id, this.arn, this.name, this.namespaceType, httpName(transaction),
				this.description, this.vpc, this.soaTtl, this.created, this.requestId, operationId, this.tags));
	}

	/**
	 * Returns the unique HTTP name. Namespaces of other types, VPCs and accounts can have
	 * the same name, so the later one receives a suffix.
	 */
	private String httpName(WriteTransaction transaction) {
		String httpName = this.name;
		while (transaction.snapshot().findNamespaceByHttpName(httpName) != null) {
			httpName = this.name + "-" + Ids.suffix();
		}
		return httpName;
	}

	private @Nullable Namespace findSame(WriteTransaction transaction) {
		return transaction.snapshot()
			.namespacesNamed(this.namespaceType.key(this.name))
			.stream()
			.filter((namespace) -> namespace.owner().equals(Arns.account(this.arn))
					&& namespace.type() == this.namespaceType && Objects.equals(namespace.vpc(), this.vpc))
			.findFirst()
			.orElse(null);
	}

}
