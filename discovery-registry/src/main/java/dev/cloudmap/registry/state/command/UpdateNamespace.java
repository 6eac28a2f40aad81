package dev.cloudmap.registry.state.command;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.NamespaceType;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Updates a namespace.
 *
 * @param id its id
 * @param namespaceType its type
 * @param description the new description, or null to keep the current one
 * @param soaTtl the new TTL of negative DNS responses in seconds, or null to keep the
 * current one
 * @param requestId the request id that the client chose
 */
public record UpdateNamespace(String id, NamespaceType namespaceType, @Nullable String description,
		@Nullable Long soaTtl, @Nullable String requestId) implements NamespaceCommand {

	@Override
	public Operation.Type type() {
		return Operation.Type.UPDATE_NAMESPACE;
	}

	@Override
	public void check(WriteTransaction transaction) {
		Namespace namespace = transaction.snapshot().namespace(this.id);
		if (namespace.type() != this.namespaceType) {
			throw RegistryException
				.invalid("The namespace '%s' has the type %s, but this operation updates namespaces of the type %s."
					.formatted(namespace.name(), namespace.type(), this.namespaceType));
		}
	}

	@Override
	public void apply(WriteTransaction transaction, String operationId) {
		Namespace namespace = transaction.snapshot().namespace(this.id);
		transaction.update(namespace.with((this.description != null) ? this.description : namespace.description(),
				(this.soaTtl != null) ? this.soaTtl : namespace.soaTtl()));
	}

}
