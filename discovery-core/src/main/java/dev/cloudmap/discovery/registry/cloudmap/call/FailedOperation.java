package dev.cloudmap.discovery.registry.cloudmap.call;

import software.amazon.awssdk.services.servicediscovery.model.Operation;

import dev.cloudmap.discovery.AccessDeniedException;
import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;

import static dev.cloudmap.discovery.registry.cloudmap.call.CloudMapOperation.REGISTER_INSTANCE;

/**
 * Translates the failure of an asynchronous operation by its error code (Cloud Map API
 * reference, {@code Operation}).
 *
 * @param name the operation
 * @param id the id of the operation
 * @param operation its state
 */
record FailedOperation(CloudMapOperation name, String id, Operation operation) {

	private static final String SHARED_ADDRESS = "If another instance of the service has the same address, set"
			+ " discovery.registration.host to an address of its own, such as 127.0.1.2 on one machine, and deregister"
			+ " instances that are gone";

	/**
	 * Creates the exception.
	 */
	DiscoveryException exception() {
		String code = String.valueOf(this.operation.errorCode());
		String description = "Cloud Map could not carry out " + this.name.apiName() + " (operation " + this.id + "): "
				+ code + ": " + this.operation.errorMessage();
		return switch (code) {
			case "ACCESS_DENIED" ->
				MissingPermission.of(this.name.apiName(), this.operation.errorMessage()).exception(description, null);
			case "EXPIRED_TOKEN" -> new AccessDeniedException(description, RejectedCredentials.EXPIRED.action(), null);
			case "INTERNAL_FAILURE", "THROTTLED_REQUEST" -> new RegistryUnavailableException(description, null);
			case "HOSTED_ZONE_NOT_FOUND" -> new DiscoveryException(description,
					"The hosted zone of the namespace was deleted in Route 53: create the namespace again", null);
			case "CANNOT_CREATE_HOSTED_ZONE" -> new DiscoveryException(description,
					"Another hosted zone of that name belongs to the VPC, or the quota of Route 53 is reached: delete"
							+ " that zone, use another name in discovery.namespace, or request a higher quota",
					null);
			case "INVALID_CHANGE_BATCH" ->
				new DiscoveryException(description, (this.name == REGISTER_INSTANCE) ? SHARED_ADDRESS : null, null);
			default -> new DiscoveryException(description, null);
		};
	}

}
