package dev.cloudmap.registry.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.OperationFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A page token is valid only for the list that returned it.
 */
class PageTokenTests {

	private static TestRegistry registry;

	/** Returns the token of the second page. */
	private static final Map<String, UnaryOperator<String>> LISTS = new LinkedHashMap<>();

	@BeforeAll
	static void start() {
		registry = TestRegistry.start();
		String namespace = registry.createHttpNamespace("one");
		registry.createHttpNamespace("two");
		String service = registry.createHttpService(namespace, "first");
		String other = registry.createHttpService(namespace, "second");
		for (String id : new String[] { "a", "b", "c" }) {
			registry.register(service, id, Map.of());
			registry.register(other, id, Map.of());
		}
		ServiceDiscoveryClient client = registry.client();
		LISTS.put("namespaces",
				(token) -> client.listNamespaces((request) -> request.maxResults(1).nextToken(token)).nextToken());
		LISTS
			.put("namespaces of a type",
					(token) -> client.listNamespaces((request) -> request.maxResults(1)
						.nextToken(token)
						.filters(NamespaceFilter.builder().name("TYPE").values("HTTP").build())).nextToken());
		LISTS.put("services",
				(token) -> client.listServices((request) -> request.maxResults(1).nextToken(token)).nextToken());
		LISTS.put("services of a namespace",
				(token) -> client
					.listServices((request) -> request.maxResults(1)
						.nextToken(token)
						.filters(ServiceFilter.builder().name("NAMESPACE_ID").values(namespace).build()))
					.nextToken());
		LISTS.put("operations",
				(token) -> client.listOperations((request) -> request.maxResults(1).nextToken(token)).nextToken());
		LISTS
			.put("operations of a status",
					(token) -> client.listOperations((request) -> request.maxResults(1)
						.nextToken(token)
						.filters(OperationFilter.builder().name("STATUS").values("SUCCESS").build())).nextToken());
		LISTS.put("instances",
				(token) -> client.listInstances((request) -> request.serviceId(service).maxResults(1).nextToken(token))
					.nextToken());
		LISTS.put("instances of another service",
				(token) -> client.listInstances((request) -> request.serviceId(other).maxResults(1).nextToken(token))
					.nextToken());
		LISTS.put("health",
				(token) -> client
					.getInstancesHealthStatus((request) -> request.serviceId(service).maxResults(1).nextToken(token))
					.nextToken());
		LISTS.put("health of another service",
				(token) -> client
					.getInstancesHealthStatus((request) -> request.serviceId(other).maxResults(1).nextToken(token))
					.nextToken());
		LISTS
			.put("health of some instances",
					(token) -> client.getInstancesHealthStatus(
							(request) -> request.serviceId(service).instances("a", "b").maxResults(1).nextToken(token))
						.nextToken());
	}

	@AfterAll
	static void stop() {
		registry.close();
	}

	@Test
	void isValidOnlyForItsList() {
		LISTS.forEach((given, first) -> {
			String token = first.apply(null);
			assertThat(token).as(given).isNotNull();
			LISTS.forEach((list, next) -> {
				if (list.equals(given)) {
					assertThatCode(() -> next.apply(token)).as(given).doesNotThrowAnyException();
				}
				else {
					assertThatExceptionOfType(InvalidInputException.class).as("a token of %s for %s", given, list)
						.isThrownBy(() -> next.apply(token))
						.withMessageContaining("NextToken must be one that this registry has given out for the same");
				}
			});
		});
	}

	@Test
	void remainsValidForOtherPageSizeAndServiceArn() {
		String token = LISTS.get("instances").apply(null);
		String arn = registry.client()
			.listServices()
			.services()
			.stream()
			.filter((service) -> service.name().equals("first"))
			.findAny()
			.orElseThrow()
			.arn();
		assertThat(registry.client()
			.listInstances((request) -> request.serviceId(arn).maxResults(100).nextToken(token))
			.instances()).extracting("id").containsExactly("b", "c");
	}

	@ParameterizedTest
	@ValueSource(strings = { "after:", "after:a", "after:00000000:a", "", "a" })
	void isRejectedWhenForged(String content) {
		String token = Base64.getUrlEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8));
		LISTS.forEach((name, list) -> assertThatExceptionOfType(InvalidInputException.class).as(name)
			.isThrownBy(() -> list.apply(token)));
	}

}
