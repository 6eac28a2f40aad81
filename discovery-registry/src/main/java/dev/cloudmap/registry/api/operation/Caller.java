package dev.cloudmap.registry.api.operation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.Arns;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * The account and region of a request. Every namespace is shared with every account, with
 * all permissions. As in Cloud Map, an account refers to resources of other accounts by
 * their ARN, since an id only finds resources of its own.
 *
 * @param account the account
 * @param region the region
 */
public record Caller(String account, String region) {

	private static final String DEFAULT_REGION = "us-east-1";

	private static final Pattern CREDENTIAL_SCOPE = Pattern.compile("Credential=([^/,\\s]+)/\\d{8}/([a-z0-9-]{1,32})/");

	/** An access key that is the number of an account. */
	private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");

	private static final Caller UNSIGNED = new Caller(Arns.DEFAULT_ACCOUNT, DEFAULT_REGION);

	/**
	 * Returns the caller of a request.
	 * @param authorization the Authorization header, whose credential scope contains the
	 * access key and the region, or null
	 * @return the caller; its account is the access key if that has 12 digits
	 */
	public static Caller of(@Nullable String authorization) {
		if (authorization != null) {
			Matcher matcher = CREDENTIAL_SCOPE.matcher(authorization);
			if (matcher.find()) {
				String key = matcher.group(1);
				return new Caller(ACCOUNT.matcher(key).matches() ? key : Arns.DEFAULT_ACCOUNT, matcher.group(2));
			}
		}
		return UNSIGNED;
	}

	String newNamespaceArn(String id) {
		return Arns.of(this.region, this.account, "namespace", id);
	}

	/**
	 * Returns the ARN of a new service, which the owner of the namespace owns.
	 */
	String newServiceArn(@Nullable Namespace namespace, String id) {
		return Arns.of(this.region, (namespace != null) ? namespace.owner() : this.account, "service", id);
	}

	/**
	 * Returns the id of a namespace.
	 * @throws RegistryException if another account owns it and the caller did not specify
	 * its ARN
	 */
	String namespaceId(RegistrySnapshot snapshot, String idOrArn) {
		String id = Ids.of(idOrArn);
		Namespace namespace = snapshot.findNamespace(id);
		if (namespace != null && !refersTo(idOrArn, namespace.owner())) {
			throw new RegistryException(ErrorType.NAMESPACE_NOT_FOUND,
					"The account %s has no namespace with the id '%s'. A namespace of another account needs its ARN."
						.formatted(accountIn(idOrArn), id));
		}
		return id;
	}

	/**
	 * Returns the id of a service.
	 * @throws RegistryException if another account owns it and the caller did not specify
	 * its ARN
	 */
	String serviceId(RegistrySnapshot snapshot, String idOrArn) {
		String id = Ids.of(idOrArn);
		ServiceState service = snapshot.findService(id);
		if (service != null && !refersTo(idOrArn, service.service().owner())) {
			throw new RegistryException(ErrorType.SERVICE_NOT_FOUND,
					"The account %s has no service with the id '%s'. A service of another account needs its ARN."
						.formatted(accountIn(idOrArn), id));
		}
		return id;
	}

	/**
	 * Returns whether an id or ARN refers to resources of an account.
	 */
	boolean refersTo(String idOrArn, String owner) {
		return accountIn(idOrArn).equals(owner);
	}

	private String accountIn(String idOrArn) {
		return Ids.of(idOrArn).equals(idOrArn) ? this.account : Arns.account(idOrArn);
	}

	/**
	 * Returns the value of the filter RESOURCE_OWNER that matches resources of an
	 * account.
	 */
	String relationTo(String owner) {
		return owner.equals(this.account) ? "SELF" : "OTHER_ACCOUNTS";
	}

}
