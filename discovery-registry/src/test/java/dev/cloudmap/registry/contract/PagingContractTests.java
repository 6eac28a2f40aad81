package dev.cloudmap.registry.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.InstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.ListInstancesResponse;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceSummary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Paging through lists.
 */
class PagingContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static List<String> numbered(String prefix, int count) {
		return IntStream.range(0, count).mapToObj((number) -> prefix + number).toList();
	}

	/**
	 * Reads all pages and returns their elements.
	 */
	private static <P, E> List<E> read(Iterable<P> pages, int maxResults, Function<P, List<E>> elements) {
		List<E> all = new ArrayList<>();
		for (P page : pages) {
			// Filters apply after paging, so a page can have any number of elements.
			assertThat(elements.apply(page)).hasSizeLessThanOrEqualTo(maxResults);
			all.addAll(elements.apply(page));
		}
		return all;
	}

	private static Service createServiceWith(List<String> instances) {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, instances, Map.of());
		cloudMap.eventually(() -> assertThat(list(service, 100)).hasSameSizeAs(instances));
		return service;
	}

	private static List<String> list(Service service, int maxResults) {
		return read(
				client().listInstancesPaginator((request) -> request.serviceId(service.id()).maxResults(maxResults)),
				maxResults, ListInstancesResponse::instances)
			.stream()
			.map(InstanceSummary::id)
			.toList();
	}

	@Test
	void returnsEachInstanceOnce() {
		List<String> instances = numbered("i", 11);
		Service service = createServiceWith(instances);
		for (int maxResults : List.of(1, 3, 11, 100)) {
			assertThat(list(service, maxResults)).containsExactlyInAnyOrderElementsOf(instances);
		}
	}

	@Test
	void returnsAtMostHundredInstancesPerPage() {
		Service service = cloudMap.createHttpService();
		List<String> instances = numbered("i", 101);
		cloudMap.registerAll(service, instances, Map.of());
		cloudMap.eventually(() -> assertThat(list(service, 100)).hasSize(101));
		ListInstancesResponse first = client().listInstances((request) -> request.serviceId(service.id()));
		assertThat(first.instances()).hasSize(100);
		ListInstancesResponse second = client()
			.listInstances((request) -> request.serviceId(service.id()).nextToken(first.nextToken()));
		assertThat(second.instances()).hasSize(1);
		assertThat(second.nextToken()).isNull();
	}

	@Test
	void returnsStableInstancesOnceDuringChanges() {
		List<String> staying = numbered("m-stays", 8);
		Service service = createServiceWith(staying);
		List<String> passing = List.of("a-first", "m-middle", "z-last");
		cloudMap.registerAll(service, passing, Map.of());
		cloudMap.eventually(() -> assertThat(list(service, 100)).hasSize(11));
		List<String> seen = new ArrayList<>();
		String token = null;
		int pages = 0;
		do {
			String nextToken = token;
			ListInstancesResponse page = client()
				.listInstances((request) -> request.serviceId(service.id()).maxResults(2).nextToken(nextToken));
			page.instances().stream().map(InstanceSummary::id).forEach(seen::add);
			if (pages < passing.size()) {
				cloudMap.deregister(service, passing.get(pages));
				// On both sides of the end of the page.
				cloudMap.registerAll(service, List.of("a-new" + pages, "z-new" + pages), Map.of());
			}
			token = page.nextToken();
			pages++;
		}
		while (token != null && pages < 20);
		assertThat(token).isNull();
		assertThat(seen).containsAll(staying).doesNotHaveDuplicates();
	}

	@Test
	void continuesAfterDeregisteredInstance() {
		Service service = createServiceWith(numbered("i", 4));
		ListInstancesResponse first = client()
			.listInstances((request) -> request.serviceId(service.id()).maxResults(2));
		List<String> seen = first.instances().stream().map(InstanceSummary::id).toList();
		cloudMap.all(seen,
				(id) -> client().deregisterInstance((request) -> request.serviceId(service.id()).instanceId(id))
					.operationId());
		ListInstancesResponse second = client()
			.listInstances((request) -> request.serviceId(service.id()).maxResults(2).nextToken(first.nextToken()));
		assertThat(second.instances()).extracting(InstanceSummary::id).hasSize(2).doesNotContainAnyElementsOf(seen);
	}

	@Test
	void returnsEachNamespaceOnce() {
		List<Namespace> namespaces = IntStream.range(0, 5)
			.mapToObj((number) -> cloudMap.createHttpNamespace())
			.toList();
		cloudMap.eventually(() -> {
			for (int maxResults : List.of(1, 2, 100)) {
				List<String> listed = read(
						client().listNamespacesPaginator((request) -> request.maxResults(maxResults)), maxResults,
						(page) -> page.namespaces().stream().map(NamespaceSummary::id).toList());
				assertThat(listed).containsAll(namespaces.stream().map(Namespace::id).toList()).doesNotHaveDuplicates();
			}
		});
		String last = namespaces.get(4).name();
		assertThat(read(
				client()
					.listNamespacesPaginator((request) -> request.maxResults(1).filters(CloudMapUnderTest.named(last))),
				1, (page) -> page.namespaces().stream().map(NamespaceSummary::name).toList()))
			.containsExactly(last);
	}

	@Test
	void returnsEachServiceOnce() {
		Namespace namespace = cloudMap.createHttpNamespace();
		List<String> services = IntStream.range(0, 5)
			.mapToObj((number) -> cloudMap.createService(namespace, (request) -> {
			}).id())
			.toList();
		cloudMap.eventually(() -> {
			for (int maxResults : List.of(2, 100)) {
				assertThat(read(
						client().listServicesPaginator((request) -> request.maxResults(maxResults)
							.filters(CloudMapUnderTest.inNamespace(namespace.id()))),
						maxResults, (page) -> page.services().stream().map(ServiceSummary::id).toList()))
					.containsExactlyInAnyOrderElementsOf(services);
			}
		});
	}

	@Test
	void rejectsForgedTokens() {
		Service service = cloudMap.createHttpService();
		String token = "nonsense";
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> client().listNamespaces((request) -> request.nextToken(token)));
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> client().listServices((request) -> request.nextToken(token)));
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> client().listOperations((request) -> request.nextToken(token)));
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> client().listInstances((request) -> request.serviceId(service.id()).nextToken(token)));
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(
				() -> client().getInstancesHealthStatus((request) -> request.serviceId(service.id()).nextToken(token)));
	}

}
