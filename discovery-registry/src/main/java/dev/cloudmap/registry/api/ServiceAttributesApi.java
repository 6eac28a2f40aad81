package dev.cloudmap.registry.api;

import java.util.concurrent.CompletableFuture;

import dev.cloudmap.registry.api.ServiceMessages.DeleteServiceAttributes;
import dev.cloudmap.registry.api.ServiceMessages.GetServiceAttributes;
import dev.cloudmap.registry.api.ServiceMessages.ServiceAttributes;
import dev.cloudmap.registry.api.ServiceMessages.ServiceAttributesAnswer;
import dev.cloudmap.registry.api.ServiceMessages.UpdateServiceAttributes;
import dev.cloudmap.registry.state.ChangeServiceAttributes;
import dev.cloudmap.registry.state.Ids;
import dev.cloudmap.registry.state.RegistryState;
import dev.cloudmap.registry.state.Service;

/**
 * The operations on the attributes that a service has itself.
 */
final class ServiceAttributesApi {

	private final RegistryState state;

	ServiceAttributesApi(RegistryState state) {
		this.state = state;
	}

	ServiceAttributesAnswer get(GetServiceAttributes request) {
		Service service = this.state.snapshot().service(Ids.of(request.serviceId())).service();
		return new ServiceAttributesAnswer(new ServiceAttributes(service.arn(), Caller.ACCOUNT, service.attributes()));
	}

	/**
	 * Adds to the attributes that are there, or gives them other values.
	 */
	CompletableFuture<?> update(UpdateServiceAttributes request) {
		return this.state.submit(ChangeServiceAttributes.adding(Ids.of(request.serviceId()), request.attributes()))
			.thenApply((service) -> Dispatcher.EMPTY);
	}

	CompletableFuture<?> delete(DeleteServiceAttributes request) {
		return this.state.submit(ChangeServiceAttributes.removing(Ids.of(request.serviceId()), request.attributes()))
			.thenApply((service) -> Dispatcher.EMPTY);
	}

}
