package dev.cloudmap.registry.state.command;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.cloudmap.registry.state.model.DnsRecordSettings;
import dev.cloudmap.registry.state.model.HealthCheck;
import dev.cloudmap.registry.state.model.Instance;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RecordType;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.model.Service;
import dev.cloudmap.registry.state.operation.OperationCommand;
import dev.cloudmap.registry.state.rule.AttributeRules;
import dev.cloudmap.registry.state.rule.ServiceRules;
import dev.cloudmap.registry.state.snapshot.ServiceState;
import dev.cloudmap.registry.state.snapshot.WriteTransaction;

/**
 * Updates a service. As in Cloud Map, DNS records and a Route 53 health check that are
 * not in the request are removed. A custom health check stays.
 *
 * @param id its id
 * @param description the new description, or null to keep the current one
 * @param records the new DNS records, of types that the service has
 * @param healthCheck the new Route 53 health check, or null to remove it
 */
public record UpdateService(String id, @Nullable String description, List<DnsRecordSettings.TypedRecord> records,
		@Nullable HealthCheck healthCheck) implements OperationCommand {

	public UpdateService {
		records = List.copyOf(records);
	}

	@Override
	public Operation.Type type() {
		return Operation.Type.UPDATE_SERVICE;
	}

	@Override
	public Map<Operation.Target, String> targets() {
		return Map.of(Operation.Target.SERVICE, this.id);
	}

	@Override
	public String subject() {
		return "service " + this.id;
	}

	@Override
	public void check(WriteTransaction transaction) {
		Service service = transaction.snapshot().service(this.id).service();
		Namespace namespace = transaction.snapshot().namespace(service.namespaceId());
		if (!namespace.type().isDns()) {
			throw RegistryException
				.invalid("The service '%s' is in the HTTP namespace '%s', whose services cannot be updated."
					.formatted(service.name(), namespace.name()));
		}
		checkRecordTypes(service);
		ServiceRules.checkHealth(namespace, updated(service));
	}

	private void checkRecordTypes(Service service) {
		DnsRecordSettings dns = service.dns();
		Set<RecordType> present = types((dns != null) ? dns.records() : List.of());
		Set<RecordType> wanted = types(this.records);
		if (wanted.size() != this.records.size()) {
			throw RegistryException
				.invalid("DnsRecords must have each type once, but are %s.".formatted(types(this.records)));
		}
		if (!present.containsAll(wanted)) {
			throw RegistryException.invalid(("DnsRecords cannot get another type: the service '%s' has %s, but the "
					+ "request has %s. Create another service for other types.")
				.formatted(service.name(), present, wanted));
		}
	}

	private static Set<RecordType> types(List<DnsRecordSettings.TypedRecord> records) {
		return records.stream().map(DnsRecordSettings.TypedRecord::type).collect(Collectors.toCollection(TreeSet::new));
	}

	@Override
	public void apply(WriteTransaction transaction, String operationId) {
		ServiceState state = transaction.snapshot().service(this.id);
		Service before = state.service();
		Service service = updated(before);
		transaction.update(service);
		if ((before.healthCheck() == null) != (service.healthCheck() == null)) {
			for (Instance instance : state.instances().values()) {
				transaction
					.changeHealth(instance.reporting(AttributeRules.initialHealth(service, instance.attributes())));
			}
		}
	}

	private Service updated(Service service) {
		DnsRecordSettings dns = service.dns();
		return service.with((this.description != null) ? this.description : service.description(),
				(dns != null && !this.records.isEmpty()) ? new DnsRecordSettings(dns.routingPolicy(), this.records)
						: null,
				this.healthCheck);
	}

}
