package dev.cloudmap.registry.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records operation ids. A returned id must remain valid.
 */
final class OperationActor implements Actor {

	private final String name;

	private final List<String> operations = new ArrayList<>();

	private int created;

	OperationActor(String name) {
		this.name = name;
	}

	@Override
	public void write(ServiceDiscoveryClient client, Random random) {
		String namespace = this.name + "." + this.created++;
		this.operations.add(client.createHttpNamespace((request) -> request.name(namespace)).operationId());
	}

	@Override
	public void verify(ServiceDiscoveryClient client) {
		for (String id : this.operations) {
			Operation operation = client.getOperation((request) -> request.operationId(id)).operation();
			assertThat(operation.status()).isEqualTo(OperationStatus.SUCCESS);
			assertThat(operation.targets()).containsKey(OperationTargetType.NAMESPACE);
		}
	}

}
