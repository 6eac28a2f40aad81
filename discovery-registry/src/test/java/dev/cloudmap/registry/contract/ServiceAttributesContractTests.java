package dev.cloudmap.registry.contract;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceAttributes;
import software.amazon.awssdk.services.servicediscovery.model.ServiceAttributesLimitExceededException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Attributes of services.
 */
class ServiceAttributesContractTests {

	private static final int LIMIT = 30;

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static ServiceAttributes get(String serviceId) {
		return client().getServiceAttributes((request) -> request.serviceId(serviceId)).serviceAttributes();
	}

	private static void update(String serviceId, Map<String, String> attributes) {
		client().updateServiceAttributes((request) -> request.serviceId(serviceId).attributes(attributes));
	}

	private static void delete(String serviceId, List<String> attributes) {
		client().deleteServiceAttributes((request) -> request.serviceId(serviceId).attributes(attributes));
	}

	private static void has(Service service, Map<String, String> attributes) {
		cloudMap.eventually(
				() -> assertThat(get(service.id()).attributes()).containsExactlyInAnyOrderEntriesOf(attributes));
	}

	private static Map<String, String> numbered(int from, int to) {
		return IntStream.range(from, to)
			.boxed()
			.collect(Collectors.toMap((number) -> "key" + number, (number) -> "value" + number));
	}

	@Test
	void newServiceHasNoAttributes() {
		Service service = cloudMap.createHttpService();
		ServiceAttributes attributes = get(service.id());
		assertThat(attributes.serviceArn()).isEqualTo(service.arn());
		assertThat(attributes.resourceOwner()).matches("\\d{12}");
		assertThat(attributes.attributes()).isEmpty();
	}

	@Test
	void mergesUpdates() {
		Service service = cloudMap.createHttpService();
		update(service.id(), Map.of("port", "80", "weight", "1"));
		has(service, Map.of("port", "80", "weight", "1"));
		update(service.id(), Map.of("weight", "2", "retries", "3"));
		has(service, Map.of("port", "80", "weight", "2", "retries", "3"));
	}

	@Test
	void deletesAttributes() {
		Service service = cloudMap.createHttpService();
		update(service.id(), Map.of("port", "80", "weight", "1", "retries", "3"));
		delete(service.id(), List.of("port", "weight"));
		has(service, Map.of("retries", "3"));
		delete(service.id(), List.of("retries"));
		has(service, Map.of());
	}

	@Test
	void acceptsServiceArn() {
		Service service = cloudMap.createHttpService();
		update(service.arn(), Map.of("port", "80", "weight", "1"));
		has(service, Map.of("port", "80", "weight", "1"));
		delete(service.arn(), List.of("port"));
		has(service, Map.of("weight", "1"));
		assertThat(get(service.arn())).isEqualTo(get(service.id()));
	}

	@Test
	void acceptsServicesOfDnsNamespaces() {
		Service service = cloudMap.createService(cloudMap.dnsNamespace(), (request) -> request.type("HTTP"));
		update(service.id(), Map.of("port", "80"));
		has(service, Map.of("port", "80"));
	}

	@Test
	void acceptsKeysAndValuesOfMaximumLength() {
		Service service = cloudMap.createHttpService();
		Map<String, String> attributes = Map.of("k".repeat(255), "v".repeat(1024));
		update(service.id(), attributes);
		has(service, attributes);
	}

	@Test
	void limitsAttributesOfService() {
		Service service = cloudMap.createHttpService();
		update(service.id(), numbered(0, LIMIT));
		has(service, numbered(0, LIMIT));
		update(service.id(), Map.of("key0", "value0"));
		assertThatExceptionOfType(ServiceAttributesLimitExceededException.class)
			.isThrownBy(() -> update(service.id(), Map.of("one", "more")));
		has(service, numbered(0, LIMIT));
	}

	@Test
	void limitsAttributesOfRequest() {
		Service service = cloudMap.createHttpService();
		// This exceeds the limit of the map and the limit of the service.
		assertThatExceptionOfType(ServiceDiscoveryException.class)
			.isThrownBy(() -> update(service.id(), numbered(0, LIMIT + 1)))
			.isInstanceOfAny(InvalidInputException.class, ServiceAttributesLimitExceededException.class);
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> delete(service.id(), List.copyOf(numbered(0, LIMIT + 1).keySet())));
		has(service, Map.of());
	}

	@Test
	void recreatedServiceHasNoAttributes() {
		Service service = cloudMap.createHttpService();
		update(service.id(), Map.of("port", "80"));
		client().deleteService((request) -> request.id(service.id()));
		Service next = cloudMap.createService(cloudMap.httpNamespace(), (request) -> request.name(service.name()));
		has(next, Map.of());
	}

	@Test
	void rejectsUnknownService() {
		String unknown = CloudMapUnderTest.unknownId("srv");
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> get(unknown));
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> update(unknown, Map.of("port", "80")));
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> delete(unknown, List.of("port")));
	}

}
