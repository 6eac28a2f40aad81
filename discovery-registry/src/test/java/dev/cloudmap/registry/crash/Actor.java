package dev.cloudmap.registry.crash;

import java.util.Random;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;

/**
 * Writes to resources that no other actor uses, and verifies them after a crash. Used by
 * one thread at a time.
 */
interface Actor {

	/**
	 * Creates the required resources. Called once, before the first kill.
	 */
	default void prepare(ServiceDiscoveryClient client) {
	}

	/**
	 * Performs one write.
	 * @throws software.amazon.awssdk.core.exception.SdkClientException if the registry is
	 * unavailable; the write may have been stored or not
	 */
	void write(ServiceDiscoveryClient client, Random random);

	/**
	 * Compares the stored data with the acknowledged writes.
	 */
	void verify(ServiceDiscoveryClient client);

	/**
	 * Creates a namespace and returns its id.
	 */
	static String createNamespace(ServiceDiscoveryClient client, String name) {
		String operation = client.createHttpNamespace((request) -> request.name(name)).operationId();
		return client.getOperation((request) -> request.operationId(operation))
			.operation()
			.targets()
			.get(OperationTargetType.NAMESPACE);
	}

	/**
	 * Creates an actor.
	 */
	@FunctionalInterface
	interface Factory {

		Actor create(String name);

	}

}
