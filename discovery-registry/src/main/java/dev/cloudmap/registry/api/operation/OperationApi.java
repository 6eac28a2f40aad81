package dev.cloudmap.registry.api.operation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.cloudmap.registry.api.message.Json;
import dev.cloudmap.registry.api.message.OperationMessages.GetOperation;
import dev.cloudmap.registry.api.message.OperationMessages.ListOperations;
import dev.cloudmap.registry.api.message.OperationMessages.OperationAnswer;
import dev.cloudmap.registry.api.message.OperationMessages.OperationDetail;
import dev.cloudmap.registry.api.message.OperationMessages.OperationFilter;
import dev.cloudmap.registry.api.message.OperationMessages.OperationFilterName;
import dev.cloudmap.registry.api.message.OperationMessages.OperationPage;
import dev.cloudmap.registry.api.message.OperationMessages.OperationSummary;
import dev.cloudmap.registry.api.message.FilterCondition;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.model.ErrorType;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Namespace;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.model.RegistryException;
import dev.cloudmap.registry.state.snapshot.RegistrySnapshot;
import dev.cloudmap.registry.state.snapshot.ServiceState;

/**
 * The operations that read operations.
 */
final class OperationApi {

	private static final List<FilterCondition> EQUALITY = List.of(FilterCondition.EQ);

	private static final List<FilterCondition> MEMBERSHIP = List.of(FilterCondition.EQ, FilterCondition.IN);

	private static final List<FilterCondition> INTERVAL = List.of(FilterCondition.BETWEEN);

	/** The name of SUCCESS in the text of the API reference. */
	private static final String SUCCESS_IN_PROSE = "SUCCEED";

	private final RegistryState state;

	OperationApi(RegistryState state) {
		this.state = state;
	}

	OperationAnswer get(GetOperation request, Caller caller) {
		Operation operation = this.state.findOperation(request.operationId());
		String account = (request.ownerAccount() != null) ? request.ownerAccount() : caller.account();
		if (operation == null || !owner(operation, account).equals(account)) {
			throw new RegistryException(ErrorType.OPERATION_NOT_FOUND,
					"There is no operation with the id '%s' in the account %s.".formatted(request.operationId(),
							account));
		}
		Map<String, String> targets = new TreeMap<>();
		operation.targets().forEach((target, id) -> targets.put(target.name(), id));
		return new OperationAnswer(
				new OperationDetail(operation.id(), account, operation.type().name(), operation.status().name(),
						operation.errorMessage(), (operation.errorCode() != null) ? operation.errorCode().name() : null,
						operation.created(), operation.updated(), targets));
	}

	/**
	 * Returns the account that owns the changed resource.
	 * @param unknown the account if the resource does not exist
	 */
	private String owner(Operation operation, String unknown) {
		RegistrySnapshot snapshot = this.state.snapshot();
		ServiceState service = snapshot.findService(operation.targets().getOrDefault(Operation.Target.SERVICE, ""));
		if (service != null) {
			return service.service().owner();
		}
		Namespace namespace = snapshot.findNamespace(operation.targets().getOrDefault(Operation.Target.NAMESPACE, ""));
		return (namespace != null) ? namespace.owner() : unknown;
	}

	OperationPage list(ListOperations request) {
		List<OperationFilter> filters = (request.filters() != null) ? request.filters() : List.of();
		Page<Operation> page = Page.of(this.state.operations(), Operation::id,
				new Page.Request(List.of("ListOperations", filters), request.maxResults(), request.nextToken()));
		return new OperationPage(page.elements()
			.stream()
			.filter(ListFilters.all(filters, OperationApi::filter))
			.map((operation) -> new OperationSummary(operation.id(), operation.status().name()))
			.toList(), page.nextToken());
	}

	private static Predicate<Operation> filter(OperationFilter filter) {
		return switch (OperationFilterName.valueOf(filter.name())) {
			case NAMESPACE_ID -> targets(filter, Operation.Target.NAMESPACE);
			case SERVICE_ID -> targets(filter, Operation.Target.SERVICE);
			case STATUS -> {
				List<String> values = filter.values()
					.stream()
					.map((value) -> value.equals(SUCCESS_IN_PROSE) ? Operation.Status.SUCCESS.name() : value)
					.toList();
				Predicate<Operation> matching = matching(filter, values, MEMBERSHIP,
						(operation) -> operation.status().name());
				ListFilters.requireConstants(filter.name(), values, Operation.Status.values());
				yield matching;
			}
			case TYPE -> {
				Predicate<Operation> matching = matching(filter, filter.values(), MEMBERSHIP,
						(operation) -> operation.type().name());
				ListFilters.requireConstants(filter.name(), filter.values(), Operation.Type.values());
				yield matching;
			}
			case UPDATE_DATE -> matching(filter, filter.values(), INTERVAL,
					(operation) -> Json.epochSeconds(operation.updated()).toPlainString());
		};
	}

	private static Predicate<Operation> targets(OperationFilter filter, Operation.Target target) {
		return matching(filter, filter.values().stream().map(Ids::of).toList(), EQUALITY,
				(operation) -> operation.targets().getOrDefault(target, ""));
	}

	private static Predicate<Operation> matching(OperationFilter filter, List<String> values,
			List<FilterCondition> allowed, Function<Operation, String> property) {
		Predicate<String> matches = ListFilters.of(filter.name(), values, filter.condition(), allowed);
		return (operation) -> matches.test(property.apply(operation));
	}

}
