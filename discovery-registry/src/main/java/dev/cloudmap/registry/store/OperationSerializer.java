package dev.cloudmap.registry.store;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.state.command.CreateNamespace;
import dev.cloudmap.registry.state.command.DeleteNamespace;
import dev.cloudmap.registry.state.command.DeregisterInstance;
import dev.cloudmap.registry.state.command.RegisterInstance;
import dev.cloudmap.registry.state.command.UpdateNamespace;
import dev.cloudmap.registry.state.command.UpdateService;
import dev.cloudmap.registry.state.model.Operation;
import dev.cloudmap.registry.state.operation.OperationCommand;
import dev.cloudmap.registry.state.operation.OperationRecord;

/**
 * Serializes operations. Those in progress are stored with their command, which runs
 * after a restart.
 */
final class OperationSerializer {

	private final JsonMapper mapper;

	OperationSerializer(JsonMapper mapper) {
		this.mapper = mapper;
	}

	String write(OperationRecord entry) {
		JsonNode command = entry.isRunning() ? this.mapper.valueToTree(entry.command()) : null;
		return this.mapper.writeValueAsString(new Written(entry.operation(), command));
	}

	OperationRecord read(String json) {
		Written written = this.mapper.readValue(json, Written.class);
		Operation operation = written.operation();
		JsonNode command = written.command();
		return new OperationRecord(operation, (command != null && !command.isNull())
				? this.mapper.treeToValue(command, commandType(operation.type())) : null);
	}

	private static Class<? extends OperationCommand> commandType(Operation.Type type) {
		return switch (type) {
			case CREATE_NAMESPACE -> CreateNamespace.class;
			case DELETE_NAMESPACE -> DeleteNamespace.class;
			case UPDATE_NAMESPACE -> UpdateNamespace.class;
			case UPDATE_SERVICE -> UpdateService.class;
			case REGISTER_INSTANCE -> RegisterInstance.class;
			case DEREGISTER_INSTANCE -> DeregisterInstance.class;
		};
	}

	/**
	 * The stored form of an operation.
	 *
	 * @param operation the operation
	 * @param command its command if it is in progress
	 */
	record Written(Operation operation, @Nullable JsonNode command) {

	}

}
