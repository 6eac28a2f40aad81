package dev.cloudmap.registry.crash;

import java.util.Random;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;

/**
 * One kind of writes on things that nobody else touches, and what must have become of
 * them. Used by one thread at a time.
 */
interface Actor {

	/**
	 * Makes what the writes need. Called once, before anything is killed.
	 */
	default void prepare(ServiceDiscoveryClient client) {
	}

	/**
	 * Writes once.
	 * @throws software.amazon.awssdk.core.exception.SdkClientException when the registry
	 * is gone; the write may have been kept or not
	 */
	void write(ServiceDiscoveryClient client, Random random);

	/**
	 * Compares what is there with what was acknowledged.
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
	 * Makes an actor.
	 */
	@FunctionalInterface
	interface Factory {

		Actor create(String name);

	}

}
