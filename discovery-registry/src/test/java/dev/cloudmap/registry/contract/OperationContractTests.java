package dev.cloudmap.registry.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.DuplicateRequestException;
import software.amazon.awssdk.services.servicediscovery.model.FilterCondition;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.ListOperationsResponse;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceAlreadyExistsException;
import software.amazon.awssdk.services.servicediscovery.model.Operation;
import software.amazon.awssdk.services.servicediscovery.model.OperationFilter;
import software.amazon.awssdk.services.servicediscovery.model.OperationFilterName;
import software.amazon.awssdk.services.servicediscovery.model.OperationNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;
import software.amazon.awssdk.services.servicediscovery.model.OperationSummary;
import software.amazon.awssdk.services.servicediscovery.model.OperationTargetType;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Status and lookup of operations.
 */
class OperationContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static OperationFilter filter(OperationFilterName name, String... values) {
		return OperationFilter.builder().name(name).values(values).build();
	}

	private static OperationFilter in(OperationFilterName name, String... values) {
		return filter(name, values).copy((filter) -> filter.condition(FilterCondition.IN));
	}

	private static OperationFilter ofService(Service service) {
		return filter(OperationFilterName.SERVICE_ID, service.id());
	}

	private static OperationFilter between(Instant from, Instant to) {
		return filter(OperationFilterName.UPDATE_DATE, String.valueOf(from.getEpochSecond()),
				String.valueOf(to.getEpochSecond()))
			.copy((filter) -> filter.condition(FilterCondition.BETWEEN));
	}

	private static List<String> list(OperationFilter... filters) {
		return client().listOperationsPaginator((request) -> request.maxResults(100).filters(filters))
			.stream()
			.flatMap((page) -> page.operations().stream())
			.map(OperationSummary::id)
			.toList();
	}

	/**
	 * Registers and deregisters an instance, and returns the ids of both operations.
	 */
	private static List<String> comeAndGo(Service service) {
		return List.of(cloudMap.register(service, "one", Map.of()).id(), cloudMap.deregister(service, "one").id());
	}

	@Test
	void returnsIdAndSucceeds() {
		Service service = cloudMap.createHttpService();
		String id = client()
			.registerInstance((request) -> request.serviceId(service.id()).instanceId("one").attributes(Map.of()))
			.operationId();
		Operation begun = client().getOperation((request) -> request.operationId(id)).operation();
		assertThat(begun.id()).isEqualTo(id);
		assertThat(begun.status()).isIn(OperationStatus.SUBMITTED, OperationStatus.PENDING, OperationStatus.SUCCESS);
		Operation ended = cloudMap.succeed(id);
		assertThat(ended.createDate()).isEqualTo(begun.createDate());
		assertThat(ended.updateDate()).isAfterOrEqualTo(begun.updateDate());
		assertThat(ended.errorCode()).isNull();
		assertThat(ended.errorMessage()).isNull();
	}

	@Test
	void returnsTargets() {
		Service service = cloudMap.createHttpService();
		assertThat(cloudMap.register(service, "target", Map.of()).targets())
			.containsEntry(OperationTargetType.INSTANCE, "target")
			.containsEntry(OperationTargetType.SERVICE, service.id());
		assertThat(cloudMap.deregister(service, "target").targets())
			.containsEntry(OperationTargetType.INSTANCE, "target")
			.containsEntry(OperationTargetType.SERVICE, service.id());
	}

	@Test
	void remainsAfterDeletionOfTarget() {
		Namespace namespace = cloudMap.createHttpNamespace();
		Service service = cloudMap.createService(namespace, (request) -> {
		});
		List<String> operations = new ArrayList<>(comeAndGo(service));
		client().deleteService((request) -> request.id(service.id()));
		operations.add(
				cloudMap.succeed(client().deleteNamespace((request) -> request.id(namespace.id())).operationId()).id());
		for (String id : operations) {
			Operation operation = client().getOperation((request) -> request.operationId(id)).operation();
			assertThat(operation.status()).isEqualTo(OperationStatus.SUCCESS);
			assertThat(operation.targets()).isNotEmpty();
		}
		cloudMap.eventually(() -> assertThat(list(filter(OperationFilterName.NAMESPACE_ID, namespace.id())))
			.contains(operations.get(operations.size() - 1)));
	}

	@Test
	void blocksOtherOperationsOnSameInstance() {
		Service service = cloudMap.createHttpService();
		String first = register(service, "blue");
		String second = null;
		try {
			second = register(service, "green");
		}
		catch (DuplicateRequestException ex) {
			assertThat(ex.duplicateOperationId()).isEqualTo(first);
		}
		cloudMap.succeed(first);
		if (second == null) {
			second = register(service, "green");
		}
		cloudMap.succeed(second);
		cloudMap.eventually(
				() -> assertThat(client().getInstance((request) -> request.serviceId(service.id()).instanceId("one"))
					.instance()
					.attributes()).containsEntry("color", "green"));
	}

	private static String register(Service service, String color) {
		return client()
			.registerInstance(
					(request) -> request.serviceId(service.id()).instanceId("one").attributes(Map.of("color", color)))
			.operationId();
	}

	@Test
	void blocksCreationOfSameNamespace() {
		String name = cloudMap.uniqueName();
		String first = client().createHttpNamespace((request) -> request.name(name)).operationId();
		// Which of the two depends on whether the first has ended.
		assertThatExceptionOfType(ServiceDiscoveryException.class)
			.isThrownBy(() -> client().createHttpNamespace((request) -> request.name(name)))
			.satisfiesAnyOf(
					(ex) -> assertThat(ex).isInstanceOfSatisfying(DuplicateRequestException.class,
							(duplicate) -> assertThat(duplicate.duplicateOperationId()).isEqualTo(first)),
					(ex) -> assertThat(ex).isInstanceOf(NamespaceAlreadyExistsException.class));
		Namespace namespace = cloudMap.namespaceOf(first);
		assertThat(namespace.name()).isEqualTo(name);
	}

	@Test
	void isFoundByOwnerAccount() {
		Operation operation = cloudMap.register(cloudMap.createHttpService(), "one", Map.of());
		assertThat(client()
			.getOperation((request) -> request.operationId(operation.id()).ownerAccount(operation.ownerAccount()))
			.operation()).isEqualTo(operation);
	}

	@Test
	void unknownOperationIsRejected() {
		String unknown = CloudMapUnderTest.randomText(32) + "-" + CloudMapUnderTest.randomText(8);
		assertThatExceptionOfType(OperationNotFoundException.class)
			.isThrownBy(() -> client().getOperation((request) -> request.operationId(unknown)));
	}

	@Test
	void isListedWithItsStatus() {
		Service service = cloudMap.createHttpService();
		List<String> operations = comeAndGo(service);
		cloudMap.eventually(() -> assertThat(
				client().listOperationsPaginator((request) -> request.maxResults(100).filters(ofService(service)))
					.stream()
					.flatMap((page) -> page.operations().stream())
					.toList())
			.allMatch((operation) -> operation.status() == OperationStatus.SUCCESS)
			.extracting(OperationSummary::id)
			.containsExactlyInAnyOrderElementsOf(operations));
	}

	@Test
	void isListedByNamespace() {
		Namespace namespace = cloudMap.createHttpNamespace();
		Namespace other = cloudMap.createHttpNamespace();
		String update = cloudMap
			.succeed(client()
				.updateHttpNamespace(
						(request) -> request.id(namespace.id()).namespace((change) -> change.description("changed")))
				.operationId())
			.id();
		cloudMap.eventually(() -> assertThat(list(filter(OperationFilterName.NAMESPACE_ID, namespace.id()))).hasSize(2)
			.contains(update));
		assertThat(list(filter(OperationFilterName.NAMESPACE_ID, other.id()))).hasSize(1).doesNotContain(update);
	}

	@ParameterizedTest
	// The text of the documentation calls it SUCCEED.
	@ValueSource(strings = { "SUCCESS", "SUCCEED" })
	void isListedByStatus(String success) {
		Service service = cloudMap.createHttpService();
		List<String> operations = comeAndGo(service);
		OperationFilter ofService = ofService(service);
		cloudMap.eventually(() -> {
			assertThat(list(ofService, filter(OperationFilterName.STATUS, success)))
				.containsExactlyInAnyOrderElementsOf(operations);
			assertThat(list(ofService, in(OperationFilterName.STATUS, success, "FAIL")))
				.containsExactlyInAnyOrderElementsOf(operations);
		});
		assertThat(list(ofService, filter(OperationFilterName.STATUS, "FAIL"))).isEmpty();
		assertThat(list(ofService, in(OperationFilterName.STATUS, "SUBMITTED", "PENDING"))).isEmpty();
	}

	@Test
	void isListedByType() {
		Service service = cloudMap.createHttpService();
		List<String> operations = comeAndGo(service);
		OperationFilter ofService = ofService(service);
		cloudMap.eventually(() -> {
			assertThat(list(ofService, filter(OperationFilterName.TYPE, "REGISTER_INSTANCE")))
				.containsExactly(operations.get(0));
			assertThat(list(ofService, filter(OperationFilterName.TYPE, "DEREGISTER_INSTANCE")))
				.containsExactly(operations.get(1));
			assertThat(list(ofService, in(OperationFilterName.TYPE, "REGISTER_INSTANCE", "DEREGISTER_INSTANCE")))
				.containsExactlyInAnyOrderElementsOf(operations);
		});
		assertThat(list(ofService, filter(OperationFilterName.TYPE, "UPDATE_SERVICE"))).isEmpty();
		assertThat(list(ofService, in(OperationFilterName.TYPE, "CREATE_NAMESPACE", "DELETE_NAMESPACE"))).isEmpty();
	}

	@Test
	void isListedByUpdateTime() {
		Service service = cloudMap.createHttpService();
		List<String> operations = comeAndGo(service);
		Instant now = Instant.now();
		Duration day = Duration.ofDays(1);
		cloudMap.eventually(() -> assertThat(list(ofService(service), between(now.minus(day), now.plus(day))))
			.containsExactlyInAnyOrderElementsOf(operations));
		assertThat(list(ofService(service), between(now.minus(day.multipliedBy(2)), now.minus(day)))).isEmpty();
		assertThat(list(ofService(service), between(now.plus(day), now.plus(day.multipliedBy(2))))).isEmpty();
	}

	@Test
	void isListedOnceAcrossPages() {
		Service service = cloudMap.createHttpService();
		List<String> operations = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			operations.addAll(comeAndGo(service));
		}
		cloudMap.eventually(() -> assertThat(list(ofService(service))).containsExactlyInAnyOrderElementsOf(operations));
		// An account may have thousands of operations, so only the first pages are read.
		List<ListOperationsResponse> pages = client().listOperationsPaginator((request) -> request.maxResults(2))
			.stream()
			.limit(10)
			.toList();
		assertThat(pages).hasSizeGreaterThan(1).allMatch((page) -> page.operations().size() <= 2);
		assertThat(pages.stream().flatMap((page) -> page.operations().stream()).map(OperationSummary::id)).isNotEmpty()
			.doesNotHaveDuplicates();
	}

	@Test
	void invalidFiltersAreRejected() {
		List<OperationFilter> filters = List.of(filter(OperationFilterName.STATUS, "SUCCESS", "FAIL"),
				filter(OperationFilterName.SERVICE_ID, "one", "two"),
				filter(OperationFilterName.TYPE, "UPDATE_SERVICE")
					.copy((filter) -> filter.condition(FilterCondition.BETWEEN)),
				filter(OperationFilterName.UPDATE_DATE, "1000000000")
					.copy((filter) -> filter.condition(FilterCondition.BETWEEN)));
		assertThat(filters).allSatisfy(
				(filter) -> assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> list(filter)));
	}

}
