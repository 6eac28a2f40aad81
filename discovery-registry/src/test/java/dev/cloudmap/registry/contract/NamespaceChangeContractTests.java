package dev.cloudmap.registry.contract;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.OperationType;
import software.amazon.awssdk.services.servicediscovery.model.ResourceInUseException;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Updates and deletions of namespaces.
 */
class NamespaceChangeContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	@Test
	void updatesHttpNamespace() {
		Namespace namespace = cloudMap.httpNamespace();
		Operation operation = cloudMap.succeed(
				client()
					.updateHttpNamespace((request) -> request.id(namespace.id())
						.updaterRequestId(CloudMapUnderTest.randomText(20))
						.namespace((change) -> change.description("changed")))
					.operationId());
		assertThat(operation.type()).isEqualTo(OperationType.UPDATE_NAMESPACE);
		assertThat(operation.targets()).containsEntry(OperationTargetType.NAMESPACE, namespace.id());
		cloudMap.eventually(() -> assertThat(cloudMap.namespace(namespace.id()).description()).isEqualTo("changed"));
		Namespace changed = cloudMap.namespace(namespace.id());
		assertThat(changed.name()).isEqualTo(namespace.name());
		assertThat(changed.properties()).isEqualTo(namespace.properties());
		assertThat(changed.createDate()).isEqualTo(namespace.createDate());
		assertThat(changed.creatorRequestId()).isEqualTo(namespace.creatorRequestId());
	}

	@Test
	void updatesNamespaceByArn() {
		Namespace namespace = cloudMap.httpNamespace();
		cloudMap.succeed(client()
			.updateHttpNamespace(
					(request) -> request.id(namespace.arn()).namespace((change) -> change.description("by its ARN")))
			.operationId());
		cloudMap.eventually(() -> assertThat(cloudMap.namespace(namespace.id()).description()).isEqualTo("by its ARN"));
	}

	@Test
	void updatesPrivateDnsNamespace() {
		Namespace namespace = cloudMap.privateNamespace();
		Operation operation = cloudMap.succeed(
				client()
					.updatePrivateDnsNamespace(
							(request) -> request.id(namespace.id())
								.updaterRequestId(CloudMapUnderTest.randomText(20))
								.namespace((change) -> change.description("changed")
									.properties((properties) -> properties
										.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(77L))))))
					.operationId());
		assertThat(operation.type()).isEqualTo(OperationType.UPDATE_NAMESPACE);
		assertThat(operation.targets()).containsEntry(OperationTargetType.NAMESPACE, namespace.id());
		cloudMap.eventually(() -> {
			assertThat(cloudMap.namespace(namespace.id()).description()).isEqualTo("changed");
			assertThat(cloudMap.namespace(namespace.id()).properties().dnsProperties().soa().ttl()).isEqualTo(77);
		});
		assertThat(cloudMap.namespace(namespace.id()).properties().dnsProperties().hostedZoneId())
			.isEqualTo(namespace.properties().dnsProperties().hostedZoneId());
	}

	@Test
	void updatesPublicDnsNamespace() {
		Namespace namespace = cloudMap.publicNamespace();
		Operation operation = cloudMap.succeed(
				client()
					.updatePublicDnsNamespace(
							(request) -> request.id(namespace.id())
								.updaterRequestId(CloudMapUnderTest.randomText(20))
								.namespace((change) -> change.description("changed")
									.properties((properties) -> properties
										.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(88L))))))
					.operationId());
		assertThat(operation.type()).isEqualTo(OperationType.UPDATE_NAMESPACE);
		assertThat(operation.targets()).containsEntry(OperationTargetType.NAMESPACE, namespace.id());
		cloudMap.eventually(() -> {
			assertThat(cloudMap.namespace(namespace.id()).description()).isEqualTo("changed");
			assertThat(cloudMap.namespace(namespace.id()).properties().dnsProperties().soa().ttl()).isEqualTo(88);
		});
	}

	@Test
	void rejectsUpdateOfUnknownNamespace() {
		String unknown = CloudMapUnderTest.unknownId("ns");
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> client().updateHttpNamespace(
				(request) -> request.id(unknown).namespace((change) -> change.description("changed"))));
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> client().updatePrivateDnsNamespace(
				(request) -> request.id(unknown).namespace((change) -> change.description("changed"))));
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> client().updatePublicDnsNamespace(
				(request) -> request.id(unknown).namespace((change) -> change.description("changed"))));
	}

	@Test
	void rejectsUpdateOfNamespaceOfOtherType() {
		Namespace namespace = cloudMap.httpNamespace();
		// The documentation does not define which of the two errors is returned.
		assertThatExceptionOfType(ServiceDiscoveryException.class)
			.isThrownBy(() -> client().updatePublicDnsNamespace(
					(request) -> request.id(namespace.id()).namespace((change) -> change.description("public"))))
			.isInstanceOfAny(InvalidInputException.class, NamespaceNotFoundException.class);
		assertThat(cloudMap.namespace(namespace.id()).description()).isNotEqualTo("public");
	}

	@Test
	void deletesEmptyNamespaceAndReleasesName() {
		Namespace namespace = cloudMap.createHttpNamespace();
		Operation operation = cloudMap
			.succeed(client().deleteNamespace((request) -> request.id(namespace.id())).operationId());
		assertThat(operation.type()).isEqualTo(OperationType.DELETE_NAMESPACE);
		assertThat(operation.targets()).containsEntry(OperationTargetType.NAMESPACE, namespace.id());
		cloudMap.eventually(() -> assertGone(namespace));
		Namespace next = cloudMap
			.namespaceOf(client().createHttpNamespace((request) -> request.name(namespace.name())).operationId());
		assertThat(next.name()).isEqualTo(namespace.name());
		assertThat(next.properties().httpProperties().httpName()).isEqualTo(namespace.name());
	}

	private static void assertGone(Namespace namespace) {
		assertThatExceptionOfType(NamespaceNotFoundException.class)
			.isThrownBy(() -> cloudMap.namespace(namespace.id()));
		assertThatExceptionOfType(NamespaceNotFoundException.class)
			.isThrownBy(() -> client().deleteNamespace((request) -> request.id(namespace.id())));
		assertThat(client()
			.listNamespacesPaginator((request) -> request.filters(CloudMapUnderTest.named(namespace.name())))
			.stream()
			.flatMap((page) -> page.namespaces().stream())).extracting(NamespaceSummary::id)
			.doesNotContain(namespace.id());
	}

	@Test
	void deletesNamespaceByArn() {
		Namespace namespace = cloudMap.createHttpNamespace();
		cloudMap.succeed(client().deleteNamespace((request) -> request.id(namespace.arn())).operationId());
		cloudMap.eventually(() -> assertGone(namespace));
	}

	@Test
	void deletesDnsNamespace() {
		Namespace namespace = cloudMap.createPrivateNamespace(cloudMap.uniqueDomain());
		cloudMap.succeed(client().deleteNamespace((request) -> request.id(namespace.id())).operationId());
		cloudMap.eventually(() -> assertGone(namespace));
	}

	@Test
	void rejectsDeletionOfNamespaceWithServices() {
		Namespace namespace = cloudMap.createHttpNamespace();
		Service service = cloudMap.createService(namespace, (request) -> {
		});
		assertThatExceptionOfType(ResourceInUseException.class)
			.isThrownBy(() -> client().deleteNamespace((request) -> request.id(namespace.id())));
		assertThat(cloudMap.namespace(namespace.id()).id()).isEqualTo(namespace.id());
		client().deleteService((request) -> request.id(service.id()));
		cloudMap.await()
			.ignoreException(ResourceInUseException.class)
			.until(() -> client().deleteNamespace((request) -> request.id(namespace.id())).operationId(),
					(operation) -> true);
		cloudMap.eventually(() -> assertGone(namespace));
	}

	@Test
	void rejectsDeletionOfUnknownNamespace() {
		assertThatExceptionOfType(NamespaceNotFoundException.class)
			.isThrownBy(() -> client().deleteNamespace((request) -> request.id(CloudMapUnderTest.unknownId("ns"))));
	}

}
