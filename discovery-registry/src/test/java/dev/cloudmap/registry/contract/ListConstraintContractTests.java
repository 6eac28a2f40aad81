package dev.cloudmap.registry.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceFilter;
import software.amazon.awssdk.services.servicediscovery.model.OperationFilter;
import software.amazon.awssdk.services.servicediscovery.model.ServiceFilter;
import software.amazon.awssdk.services.servicediscovery.model.Tag;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Constraints of the API model on lists, filters, operations and tags.
 */
class ListConstraintContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static final String SERVICE = CloudMapUnderTest.unknownId("srv");

	private static void refused(BrokenRequest request) {
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> request.send(cloudMap.client()));
	}

	static Stream<BrokenRequest> pages() {
		List<BrokenRequest> all = new ArrayList<>();
		for (int size : List.of(0, 101)) {
			all.add(new BrokenRequest("ListNamespaces MaxResults " + size,
					(client) -> client.listNamespaces((request) -> request.maxResults(size))));
			all.add(new BrokenRequest("ListServices MaxResults " + size,
					(client) -> client.listServices((request) -> request.maxResults(size))));
			all.add(new BrokenRequest("ListOperations MaxResults " + size,
					(client) -> client.listOperations((request) -> request.maxResults(size))));
			all.add(new BrokenRequest("ListInstances MaxResults " + size,
					(client) -> client.listInstances((request) -> request.serviceId(SERVICE).maxResults(size))));
			all.add(new BrokenRequest("GetInstancesHealthStatus MaxResults " + size, (client) -> client
				.getInstancesHealthStatus((request) -> request.serviceId(SERVICE).maxResults(size))));
		}
		String token = "t".repeat(4097);
		all.add(new BrokenRequest("ListNamespaces NextToken",
				(client) -> client.listNamespaces((request) -> request.nextToken(token))));
		all.add(new BrokenRequest("ListServices NextToken",
				(client) -> client.listServices((request) -> request.nextToken(token))));
		all.add(new BrokenRequest("ListOperations NextToken",
				(client) -> client.listOperations((request) -> request.nextToken(token))));
		all.add(new BrokenRequest("ListInstances NextToken",
				(client) -> client.listInstances((request) -> request.serviceId(SERVICE).nextToken(token))));
		all.add(new BrokenRequest("GetInstancesHealthStatus NextToken",
				(client) -> client.getInstancesHealthStatus((request) -> request.serviceId(SERVICE).nextToken(token))));
		return all.stream();
	}

	@ParameterizedTest
	@MethodSource
	void pages(BrokenRequest request) {
		refused(request);
	}

	private static BrokenRequest namespaces(String text, NamespaceFilter.Builder filter) {
		return new BrokenRequest("ListNamespaces " + text,
				(client) -> client.listNamespaces((request) -> request.filters(filter.build())));
	}

	private static BrokenRequest services(String text, ServiceFilter.Builder filter) {
		return new BrokenRequest("ListServices " + text,
				(client) -> client.listServices((request) -> request.filters(filter.build())));
	}

	private static BrokenRequest operations(String text, OperationFilter.Builder filter) {
		return new BrokenRequest("ListOperations " + text,
				(client) -> client.listOperations((request) -> request.filters(filter.build())));
	}

	static Stream<BrokenRequest> filters() {
		String longValue = "v".repeat(256);
		return Stream.of(namespaces("filter's name", NamespaceFilter.builder().name("COLOR").values("blue")),
				namespaces("filter's condition",
						NamespaceFilter.builder().name("NAME").condition("LIKE").values("blue")),
				namespaces("filter's value empty", NamespaceFilter.builder().name("NAME").values("")),
				namespaces("filter's value long", NamespaceFilter.builder().name("NAME").values(longValue)),
				services("filter's name", ServiceFilter.builder().name("NAME").values("blue")),
				services("filter's condition",
						ServiceFilter.builder().name("NAMESPACE_ID").condition("LIKE").values("blue")),
				services("filter's value empty", ServiceFilter.builder().name("NAMESPACE_ID").values("")),
				services("filter's value long", ServiceFilter.builder().name("NAMESPACE_ID").values(longValue)),
				operations("filter's name", OperationFilter.builder().name("INSTANCE_ID").values("blue")),
				operations("filter's condition",
						OperationFilter.builder().name("STATUS").condition("LIKE").values("SUCCESS")),
				operations("filter's value empty", OperationFilter.builder().name("SERVICE_ID").values("")),
				operations("filter's value long", OperationFilter.builder().name("SERVICE_ID").values(longValue)));
	}

	@ParameterizedTest
	@MethodSource
	void filters(BrokenRequest request) {
		refused(request);
	}

	static Stream<BrokenRequest> operations() {
		return Stream.of(
				new BrokenRequest("GetOperation OperationId",
						(client) -> client.getOperation((request) -> request.operationId("o".repeat(256)))),
				new BrokenRequest("GetOperation OwnerAccount", (client) -> client
					.getOperation((request) -> request.operationId("none").ownerAccount("12345678901"))));
	}

	@ParameterizedTest
	@MethodSource
	void operations(BrokenRequest request) {
		refused(request);
	}

	private static BrokenRequest tag(String text, String key, String value) {
		return new BrokenRequest("TagResource " + text,
				(client) -> client.tagResource((request) -> request.resourceARN(cloudMap.httpNamespace().arn())
					.tags(Tag.builder().key(key).value(value).build())));
	}

	static Stream<BrokenRequest> tags() {
		String longArn = "arn:aws:servicediscovery:us-east-1:000000000000:service/" + "s".repeat(1011);
		return Stream.of(tag("Key empty", "", "value"), tag("Key long", "k".repeat(129), "value"),
				tag("Value long", "key", "v".repeat(257)),
				new BrokenRequest("TagResource ResourceARN",
						(client) -> client.tagResource((request) -> request.resourceARN(longArn).tags(List.of()))),
				new BrokenRequest("UntagResource TagKey empty",
						(client) -> client.untagResource(
								(request) -> request.resourceARN(cloudMap.httpNamespace().arn()).tagKeys(""))),
				new BrokenRequest("UntagResource TagKey long", (client) -> client.untagResource(
						(request) -> request.resourceARN(cloudMap.httpNamespace().arn()).tagKeys("k".repeat(129)))),
				new BrokenRequest("UntagResource ResourceARN",
						(client) -> client.untagResource((request) -> request.resourceARN(longArn).tagKeys("key"))),
				new BrokenRequest("ListTagsForResource ResourceARN empty",
						(client) -> client.listTagsForResource((request) -> request.resourceARN(""))),
				new BrokenRequest("ListTagsForResource ResourceARN long",
						(client) -> client.listTagsForResource((request) -> request.resourceARN(longArn))));
	}

	@ParameterizedTest
	@MethodSource
	void tags(BrokenRequest request) {
		refused(request);
	}

}
