package dev.cloudmap.registry.state.command;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.DomainNames;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.RoutingPolicy;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.rule.ServiceRules;
import dev.cloudmap.registry.state.snapshot.Command;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Creates a service.
 *
 * @param service the service
 * @param kind how lookups find the service
 */
public record CreateService(Service service, Kind kind) implements Command<Service> {

	/** The allowed combinations of record types. */
	private static final Set<Set<RecordType>> RECORD_SETS = Set.of(EnumSet.of(RecordType.A),
			EnumSet.of(RecordType.AAAA), EnumSet.of(RecordType.A, RecordType.AAAA), EnumSet.of(RecordType.SRV),
			EnumSet.of(RecordType.CNAME), EnumSet.of(RecordType.SRV, RecordType.A),
			EnumSet.of(RecordType.SRV, RecordType.AAAA), EnumSet.of(RecordType.SRV, RecordType.A, RecordType.AAAA));

	@Override
	public Service apply(WriteTransaction transaction) {
		Namespace namespace = transaction.snapshot().namespace(this.service.namespaceId());
		ServiceState found = transaction.snapshot().findService(namespace, this.service.name());
		if (found != null) {
			Service existing = found.service();
			if (isRepetition(existing)) {
				return existing;
			}
			throw alreadyExists(existing);
		}
		ServiceRules.checkHealth(namespace, this.service);
		checkDns(namespace);
		transaction.add(this.service);
		return this.service;
	}

	private boolean isRepetition(Service existing) {
		return this.service.creatorRequestId() != null
				&& this.service.creatorRequestId().equals(existing.creatorRequestId())
				&& this.service.name().equals(existing.name())
				&& Objects.equals(this.service.description(), existing.description())
				&& Objects.equals(this.service.dns(), existing.dns())
				&& Objects.equals(this.service.healthCheck(), existing.healthCheck())
				&& Objects.equals(this.service.customHealth(), existing.customHealth());
	}

	private RegistryException alreadyExists(Service existing) {
		RegistryException refusal = new RegistryException(ErrorType.SERVICE_ALREADY_EXISTS,
				"The namespace already has a service '%s' with the id '%s'.".formatted(existing.name(), existing.id()))
			.with("ServiceId", existing.id())
			.with("ServiceArn", existing.arn());
		return (existing.creatorRequestId() != null) ? refusal.with("CreatorRequestId", existing.creatorRequestId())
				: refusal;
	}

	private void checkDns(Namespace namespace) {
		DnsRecordSettings dns = this.service.dns();
		if (dns == null) {
			if (namespace.type().isDns() && this.kind == Kind.BY_NAMESPACE) {
				throw RegistryException
					.invalid("A service in the DNS namespace '%s' needs a DnsConfig, or the Type HTTP "
						.formatted(namespace.name()) + "for lookups through the API only.");
			}
			return;
		}
		if (!namespace.type().isDns()) {
			throw RegistryException.invalid("A service in an HTTP namespace cannot have a DnsConfig, but '%s' is one."
				.formatted(namespace.name()));
		}
		if (this.kind == Kind.API_ONLY) {
			throw RegistryException.invalid("A service of Type HTTP has no DNS records: leave out DnsConfig or Type.");
		}
		checkRecords(dns);
		String fullName = DomainNames.below(this.service.name(), namespace.name());
		if (fullName.length() > DomainNames.MAX_NAME) {
			throw RegistryException
				.invalid("The service's DNS name '%s' has %d characters, but DNS allows %d. Choose a shorter name."
					.formatted(fullName, fullName.length(), DomainNames.MAX_NAME));
		}
	}

	private void checkRecords(DnsRecordSettings dns) {
		Set<RecordType> types = EnumSet.noneOf(RecordType.class);
		dns.records().forEach((entry) -> types.add(entry.type()));
		if (types.size() != dns.records().size() || !RECORD_SETS.contains(types)) {
			throw RegistryException
				.invalid(("DnsRecords must be one of A, AAAA, A and AAAA, SRV, SRV with A or AAAA or "
						+ "both, or CNAME, each type once, but are %s.")
					.formatted(dns.records().stream().map(DnsRecordSettings.TypedRecord::type).toList()));
		}
		if (dns.has(RecordType.CNAME) && dns.routingPolicy() != RoutingPolicy.WEIGHTED) {
			throw RegistryException
				.invalid("CNAME records need the RoutingPolicy WEIGHTED: a name can have only one CNAME record.");
		}
	}

	/**
	 * How lookups find a service.
	 */
	public enum Kind {

		/** Through the API, and through DNS in a DNS namespace. */
		BY_NAMESPACE,

		/** Through the API only. */
		API_ONLY

	}

}
