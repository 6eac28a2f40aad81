package dev.cloudmap.registry.api.operation;

import java.util.concurrent.CompletableFuture;

import dev.cloudmap.registry.api.message.ServiceMessages.DeleteServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages.GetServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceAttributes;
import dev.cloudmap.registry.api.message.ServiceMessages.ServiceAttributesAnswer;
import dev.cloudmap.registry.api.message.ServiceMessages.UpdateServiceAttributes;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.command.ChangeServiceAttributes;
import dev.cloudmap.registry.state.model.Ids;
import dev.cloudmap.registry.state.model.Service;

/**
 * The operations on the attributes of services.
 */
final class ServiceAttributesApi {

	private final RegistryState state;

	ServiceAttributesApi(RegistryState state) {
		this.state = state;
	}

	ServiceAttributesAnswer get(GetServiceAttributes request) {
		Service service = this.state.snapshot().service(Ids.of(request.serviceId())).service();
		return new ServiceAttributesAnswer(
				new ServiceAttributes(service.arn(), ArnFactory.ACCOUNT, service.attributes()));
	}

	/**
	 * Adds or replaces attributes.
	 */
	CompletableFuture<?> update(UpdateServiceAttributes request) {
		return this.state.submit(ChangeServiceAttributes.adding(Ids.of(request.serviceId()), request.attributes()))
			.thenApply((service) -> ApiDispatcher.EMPTY);
	}

	CompletableFuture<?> delete(DeleteServiceAttributes request) {
		return this.state.submit(ChangeServiceAttributes.removing(Ids.of(request.serviceId()), request.attributes()))
			.thenApply((service) -> ApiDispatcher.EMPTY);
	}

}
