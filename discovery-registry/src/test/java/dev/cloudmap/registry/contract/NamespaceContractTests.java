package dev.cloudmap.registry.contract;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.FilterCondition;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilterName;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceType;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.OperationType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Creation and lookup of the three types of namespaces.
 */
class NamespaceContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	@Test
	void createsHttpNamespace() {
		String name = cloudMap.uniqueName();
		String requestId = CloudMapUnderTest.randomText(20);
		Operation operation = cloudMap.succeed(client()
			.createHttpNamespace((request) -> request.name(name).description("ours").creatorRequestId(requestId))
			.operationId());
		assertThat(operation.id()).isNotBlank();
		assertThat(operation.type()).isEqualTo(OperationType.CREATE_NAMESPACE);
		assertThat(operation.status()).isEqualTo(OperationStatus.SUCCESS);
		assertThat(operation.ownerAccount()).matches("\\d{12}");
		assertThat(operation.errorCode()).isNull();
		assertThat(operation.errorMessage()).isNull();
		assertThat(operation.createDate()).isAfter(Instant.now().minusSeconds(3600));
		assertThat(operation.updateDate()).isAfterOrEqualTo(operation.createDate());
		Namespace namespace = cloudMap.namespace(operation.targets().get(OperationTargetType.NAMESPACE));
		assertThat(namespace.id()).startsWith("ns-").hasSizeLessThanOrEqualTo(64);
		assertThat(namespace.arn()).startsWith("arn:").endsWith(":namespace/" + namespace.id());
		assertThat(namespace.resourceOwner()).matches("\\d{12}");
		assertThat(namespace.name()).isEqualTo(name);
		assertThat(namespace.type()).isEqualTo(NamespaceType.HTTP);
		assertThat(namespace.description()).isEqualTo("ours");
		assertThat(namespace.serviceCount()).isIn(null, 0);
		assertThat(namespace.properties().httpProperties().httpName()).isEqualTo(name);
		assertThat(namespace.properties().dnsProperties().hostedZoneId()).isNull();
		assertThat(namespace.createDate()).isAfter(Instant.now().minusSeconds(3600));
		assertThat(namespace.creatorRequestId()).isEqualTo(requestId);
	}

	@Test
	void createsPrivateDnsNamespace() {
		String vpc = cloudMap.vpc();
		String name = cloudMap.uniqueDomain();
		Namespace namespace = cloudMap.namespaceOf(client()
			.createPrivateDnsNamespace((request) -> request.name(name)
				.vpc(vpc)
				.description("inside")
				.properties((properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(42L)))))
			.operationId());
		assertThat(namespace.type()).isEqualTo(NamespaceType.DNS_PRIVATE);
		assertThat(namespace.name()).isEqualTo(name);
		assertThat(namespace.description()).isEqualTo("inside");
		assertThat(namespace.properties().dnsProperties().hostedZoneId()).startsWith("Z");
		assertThat(namespace.properties().dnsProperties().soa().ttl()).isEqualTo(42);
		assertThat(namespace.properties().httpProperties().httpName()).isEqualTo(name);
	}

	@Test
	void createsPublicDnsNamespace() {
		String name = cloudMap.uniqueDomain();
		Namespace namespace = cloudMap.namespaceOf(client()
			.createPublicDnsNamespace((request) -> request.name(name)
				.description("outside")
				.properties((properties) -> properties.dnsProperties((dns) -> dns.soa((soa) -> soa.ttl(0L)))))
			.operationId());
		assertThat(namespace.type()).isEqualTo(NamespaceType.DNS_PUBLIC);
		assertThat(namespace.name()).isEqualTo(name);
		assertThat(namespace.description()).isEqualTo("outside");
		assertThat(namespace.properties().dnsProperties().hostedZoneId()).startsWith("Z");
		assertThat(namespace.properties().dnsProperties().soa().ttl()).isZero();
		assertThat(namespace.properties().httpProperties().httpName()).isEqualTo(name);
	}

	@Test
	void hasDefaultSoaTtl() {
		assertThat(cloudMap.dnsNamespace().properties().dnsProperties().soa().ttl()).isPositive();
	}

	@Test
	void repeatedRequestCreatesOneNamespace() {
		String name = cloudMap.uniqueName();
		String requestId = CloudMapUnderTest.randomText(20);
		Namespace namespace = cloudMap.namespaceOf(createHttpNamespace(name, requestId));
		// The documentation promises idempotence, but not the response to the second
		// request after the first has ended.
		try {
			assertThat(cloudMap.namespaceOf(createHttpNamespace(name, requestId)).id()).isEqualTo(namespace.id());
		}
		catch (NamespaceAlreadyExistsException ex) {
			assertThat(ex.namespaceId()).isEqualTo(namespace.id());
			assertThat(ex.creatorRequestId()).isEqualTo(requestId);
		}
		cloudMap
			.eventually(() -> assertThat(named(name)).extracting(NamespaceSummary::id).containsExactly(namespace.id()));
	}

	private static String createHttpNamespace(String name, String requestId) {
		return client().createHttpNamespace((request) -> request.name(name).creatorRequestId(requestId)).operationId();
	}

	@Test
	void rejectsSecondNamespaceOfSameName() {
		String name = cloudMap.uniqueName();
		String requestId = CloudMapUnderTest.randomText(20);
		Namespace namespace = cloudMap.namespaceOf(createHttpNamespace(name, requestId));
		assertThatExceptionOfType(NamespaceAlreadyExistsException.class)
			.isThrownBy(() -> createHttpNamespace(name, CloudMapUnderTest.randomText(20)))
			.satisfies((ex) -> assertThat(ex.namespaceId()).isEqualTo(namespace.id()))
			.satisfies((ex) -> assertThat(ex.creatorRequestId()).isEqualTo(requestId));
	}

	@Test
	void returnsGeneratedCreatorRequestId() {
		Namespace namespace = cloudMap.httpNamespace();
		assertThatExceptionOfType(NamespaceAlreadyExistsException.class)
			.isThrownBy(() -> client().createHttpNamespace((request) -> request.name(namespace.name())))
			.satisfies((ex) -> assertThat(ex.namespaceId()).isEqualTo(namespace.id()))
			// The SDK generates an id if the caller sets none.
			.satisfies((ex) -> assertThat(ex.creatorRequestId()).isEqualTo(namespace.creatorRequestId()).isNotBlank());
	}

	@Test
	void namespacesOfSameNameHaveDifferentHttpNames() {
		Namespace dns = cloudMap.dnsNamespace();
		Namespace http = cloudMap
			.namespaceOf(client().createHttpNamespace((request) -> request.name(dns.name())).operationId());
		assertThat(http.id()).isNotEqualTo(dns.id());
		assertThat(http.name()).isEqualTo(dns.name());
		assertThat(http.properties().httpProperties().httpName()).startsWith(dns.name()).isNotEqualTo(dns.name());
		assertThat(cloudMap.namespace(dns.id()).properties().httpProperties().httpName()).isEqualTo(dns.name());
		cloudMap.eventually(() -> assertThat(named(dns.name())).extracting(NamespaceSummary::id)
			.containsExactlyInAnyOrder(dns.id(), http.id()));
	}

	@Test
	void getsNamespaceByIdOrArn() {
		Namespace namespace = cloudMap.httpNamespace();
		assertThat(cloudMap.namespace(namespace.id()).arn()).isEqualTo(namespace.arn());
		assertThat(cloudMap.namespace(namespace.arn()).id()).isEqualTo(namespace.id());
	}

	@Test
	void rejectsUnknownNamespace() {
		String unknown = CloudMapUnderTest.unknownId("ns");
		String unknownArn = cloudMap.httpNamespace().arn().replaceFirst("ns-.*", unknown);
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> cloudMap.namespace(unknown));
		assertThatExceptionOfType(NamespaceNotFoundException.class).isThrownBy(() -> cloudMap.namespace(unknownArn));
	}

	@Test
	void countsServices() {
		Namespace namespace = cloudMap.createHttpNamespace();
		for (int count = 1; count <= 2; count++) {
			int expected = count;
			cloudMap.createService(namespace, (request) -> {
			});
			cloudMap
				.eventually(() -> assertThat(cloudMap.namespace(namespace.id()).serviceCount()).isEqualTo(expected));
		}
		cloudMap.eventually(() -> assertThat(named(namespace.name())).extracting(NamespaceSummary::serviceCount)
			.containsExactly(2));
	}

	@Test
	void listsAllDataOfNamespaces() {
		Namespace dns = cloudMap.dnsNamespace();
		cloudMap.eventually(() -> assertThat(named(dns.name())).anySatisfy((summary) -> {
			assertThat(summary.id()).isEqualTo(dns.id());
			assertThat(summary.arn()).isEqualTo(dns.arn());
			assertThat(summary.resourceOwner()).isEqualTo(dns.resourceOwner());
			assertThat(summary.name()).isEqualTo(dns.name());
			assertThat(summary.type()).isEqualTo(dns.type());
			assertThat(summary.properties()).isEqualTo(dns.properties());
			assertThat(summary.createDate()).isEqualTo(dns.createDate());
		}));
	}

	@Test
	void filtersNamespaces() {
		Namespace http = cloudMap.httpNamespace();
		Namespace dns = cloudMap.dnsNamespace();
		String beginning = http.name().substring(0, http.name().lastIndexOf('-'));
		cloudMap.eventually(() -> {
			assertThat(list(filter(NamespaceFilterName.NAME, http.name()))).contains(http.id())
				.doesNotContain(dns.id());
			assertThat(list(filter(NamespaceFilterName.HTTP_NAME, http.name()))).containsExactly(http.id());
			assertThat(list(beginsWith(NamespaceFilterName.NAME, beginning))).contains(http.id(), dns.id());
			assertThat(list(beginsWith(NamespaceFilterName.HTTP_NAME, beginning))).contains(http.id(), dns.id());
			assertThat(list(beginsWith(NamespaceFilterName.TYPE, "DNS_"))).contains(dns.id()).doesNotContain(http.id());
			assertThat(list(filter(NamespaceFilterName.NAME, beginning))).isEmpty();
			assertThat(list(filter(NamespaceFilterName.TYPE, "HTTP"))).contains(http.id()).doesNotContain(dns.id());
			assertThat(list(filter(NamespaceFilterName.TYPE, dns.typeAsString()))).contains(dns.id())
				.doesNotContain(http.id());
			assertThat(list(filter(NamespaceFilterName.RESOURCE_OWNER, "SELF"))).contains(http.id(), dns.id());
			assertThat(list(filter(NamespaceFilterName.RESOURCE_OWNER, "OTHER_ACCOUNTS"))).doesNotContain(http.id(),
					dns.id());
		});
	}

	@Test
	void combinesFilters() {
		Namespace http = cloudMap.httpNamespace();
		NamespaceFilter named = filter(NamespaceFilterName.NAME, http.name());
		cloudMap.eventually(
				() -> assertThat(list(named, filter(NamespaceFilterName.TYPE, "HTTP"))).containsExactly(http.id()));
		assertThat(list(named, filter(NamespaceFilterName.TYPE, "DNS_PUBLIC"))).isEmpty();
	}

	@Test
	void rejectsInvalidFilters() {
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(
				() -> list(NamespaceFilter.builder().name(NamespaceFilterName.NAME).values("one", "two").build()));
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> list(NamespaceFilter.builder()
			.name(NamespaceFilterName.TYPE)
			.condition(FilterCondition.BETWEEN)
			.values("HTTP")
			.build()));
	}

	private static List<NamespaceSummary> named(String name) {
		return client().listNamespacesPaginator((request) -> request.filters(filter(NamespaceFilterName.NAME, name)))
			.stream()
			.flatMap((page) -> page.namespaces().stream())
			.toList();
	}

	private static List<String> list(NamespaceFilter... filters) {
		return client().listNamespacesPaginator((request) -> request.filters(filters))
			.stream()
			.flatMap((page) -> page.namespaces().stream())
			.map(NamespaceSummary::id)
			.toList();
	}

	private static NamespaceFilter filter(NamespaceFilterName name, String value) {
		return NamespaceFilter.builder().name(name).values(value).build();
	}

	private static NamespaceFilter beginsWith(NamespaceFilterName name, String value) {
		return filter(name, value).copy((filter) -> filter.condition(FilterCondition.BEGINS_WITH));
	}

}
