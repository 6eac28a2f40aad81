package dev.cloudmap.registry.contract;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.Namespace;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.ResourceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.ServiceDiscoveryException;
import software.amazon.awssdk.services.servicediscovery.model.Tag;
import software.amazon.awssdk.services.servicediscovery.model.TooManyTagsException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tags of namespaces and services.
 */
class TagContractTests {

	private static final int LIMIT = 50;

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static List<Tag> numbered(int from, int to) {
		return IntStream.range(from, to)
			.mapToObj((number) -> Tag.builder().key("key" + number).value("value" + number).build())
			.toList();
	}

	private static List<Tag> tags(Map<String, String> tags) {
		return tags.entrySet()
			.stream()
			.map((entry) -> Tag.builder().key(entry.getKey()).value(entry.getValue()).build())
			.toList();
	}

	private static void tag(String arn, List<Tag> tags) {
		client().tagResource((request) -> request.resourceARN(arn).tags(tags));
	}

	private static Map<String, String> list(String arn) {
		return client().listTagsForResource((request) -> request.resourceARN(arn))
			.tags()
			.stream()
			.collect(Collectors.toMap(Tag::key, Tag::value));
	}

	private static void has(String arn, Map<String, String> tags) {
		cloudMap.eventually(() -> assertThat(list(arn)).containsExactlyInAnyOrderEntriesOf(tags));
	}

	/**
	 * The resources that support tags.
	 */
	enum Resource {

		NAMESPACE, SERVICE;

		String createArn() {
			return (this == NAMESPACE) ? cloudMap.createHttpNamespace().arn() : cloudMap.createHttpService().arn();
		}

	}

	@ParameterizedTest
	@EnumSource
	void addsOverwritesAndRemovesTags(Resource resource) {
		String arn = resource.createArn();
		has(arn, Map.of());
		tag(arn, tags(Map.of("team", "blue", "empty", "", "stage", "test")));
		has(arn, Map.of("team", "blue", "empty", "", "stage", "test"));
		tag(arn, tags(Map.of("team", "green", "owner", "us")));
		has(arn, Map.of("team", "green", "empty", "", "stage", "test", "owner", "us"));
		client().untagResource((request) -> request.resourceARN(arn).tagKeys("team", "stage"));
		has(arn, Map.of("empty", "", "owner", "us"));
	}

	@ParameterizedTest
	@EnumSource
	void limitsTagsOfResource(Resource resource) {
		String arn = resource.createArn();
		tag(arn, numbered(0, LIMIT));
		cloudMap.eventually(() -> assertThat(list(arn)).hasSize(LIMIT));
		tag(arn, tags(Map.of("key0", "changed")));
		cloudMap.eventually(() -> assertThat(list(arn)).hasSize(LIMIT).containsEntry("key0", "changed"));
		assertThatExceptionOfType(TooManyTagsException.class).isThrownBy(() -> tag(arn, tags(Map.of("one", "more"))))
			.satisfies((ex) -> assertThat(ex.resourceName()).isNotBlank());
		assertThat(list(arn)).hasSize(LIMIT).doesNotContainKey("one");
	}

	@Test
	void limitsTagsOfRequest() {
		String arn = cloudMap.httpNamespace().arn();
		assertThatExceptionOfType(TooManyTagsException.class).isThrownBy(() -> tag(arn, numbered(0, LIMIT + 1)));
		// This exceeds the limit of the list and the limit of the resource.
		assertThatExceptionOfType(ServiceDiscoveryException.class).isThrownBy(() -> tag(arn, numbered(0, 201)))
			.isInstanceOfAny(InvalidInputException.class, TooManyTagsException.class);
		has(arn, Map.of());
	}

	@Test
	void acceptsKeysAndValuesOfMaximumLength() {
		String arn = cloudMap.createHttpService().arn();
		Map<String, String> longest = Map.of("k".repeat(128), "v".repeat(256));
		tag(arn, tags(longest));
		has(arn, longest);
	}

	@Test
	void createsHttpNamespaceWithTags() {
		String name = cloudMap.uniqueName();
		Namespace namespace = cloudMap.namespaceOf(
				client().createHttpNamespace((request) -> request.name(name).tags(tags(Map.of("team", "blue"))))
					.operationId());
		has(namespace.arn(), Map.of("team", "blue"));
	}

	@Test
	void createsPrivateDnsNamespaceWithTags() {
		String vpc = cloudMap.vpc();
		String name = cloudMap.uniqueDomain();
		Namespace namespace = cloudMap.namespaceOf(client()
			.createPrivateDnsNamespace((request) -> request.name(name).vpc(vpc).tags(tags(Map.of("team", "green"))))
			.operationId());
		has(namespace.arn(), Map.of("team", "green"));
	}

	@Test
	void createsPublicDnsNamespaceWithTags() {
		String name = cloudMap.uniqueDomain();
		Namespace namespace = cloudMap.namespaceOf(
				client().createPublicDnsNamespace((request) -> request.name(name).tags(tags(Map.of("team", "red"))))
					.operationId());
		has(namespace.arn(), Map.of("team", "red"));
	}

	@Test
	void createsServiceWithTags() {
		String arn = cloudMap
			.createService(cloudMap.httpNamespace(),
					(request) -> request.tags(tags(Map.of("team", "blue", "empty", ""))))
			.arn();
		has(arn, Map.of("team", "blue", "empty", ""));
	}

	@Test
	void rejectsCreationWithTooManyTags() {
		List<Tag> tags = numbered(0, LIMIT + 1);
		String vpc = CloudMapUnderTest.PLACEHOLDER_VPC;
		String name = cloudMap.uniqueName();
		String domain = cloudMap.uniqueDomain();
		assertThatExceptionOfType(TooManyTagsException.class)
			.isThrownBy(() -> client().createHttpNamespace((request) -> request.name(name).tags(tags)));
		assertThatExceptionOfType(TooManyTagsException.class).isThrownBy(
				() -> client().createPrivateDnsNamespace((request) -> request.name(domain).vpc(vpc).tags(tags)));
		assertThatExceptionOfType(TooManyTagsException.class)
			.isThrownBy(() -> client().createPublicDnsNamespace((request) -> request.name(domain).tags(tags)));
		assertThatExceptionOfType(TooManyTagsException.class)
			.isThrownBy(() -> cloudMap.createService(cloudMap.httpNamespace(), (request) -> request.tags(tags)));
		assertThat(client().listNamespacesPaginator().stream().flatMap((page) -> page.namespaces().stream()))
			.extracting("name")
			.doesNotContain(name, domain);
	}

	@Test
	void tagsBelongToOneResource() {
		String tagged = cloudMap.createHttpService().arn();
		String other = cloudMap.createHttpService().arn();
		tag(tagged, tags(Map.of("team", "blue")));
		has(tagged, Map.of("team", "blue"));
		assertThat(list(other)).isEmpty();
	}

	@Test
	void updateOfResourceKeepsTags() {
		String arn = cloudMap
			.createService(cloudMap.dnsNamespace(),
					(request) -> request.tags(tags(Map.of("team", "blue")))
						.dnsConfig((dns) -> dns.routingPolicy(RoutingPolicy.MULTIVALUE)
							.dnsRecords(CloudMapUnderTest.records(60, RecordType.A))))
			.arn();
		cloudMap
			.succeed(client()
				.updateService((request) -> request.id(arn)
					.service((change) -> change.description("changed")
						.dnsConfig((dns) -> dns.dnsRecords(CloudMapUnderTest.records(5, RecordType.A)))))
				.operationId());
		has(arn, Map.of("team", "blue"));
	}

	@ParameterizedTest
	@EnumSource
	void rejectsUnknownResource(Resource resource) {
		UnaryOperator<String> unknown = (arn) -> arn.substring(0, arn.lastIndexOf('-') + 1)
				+ CloudMapUnderTest.randomText(16);
		String arn = unknown.apply(resource.createArn());
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> list(arn));
		assertThatExceptionOfType(ResourceNotFoundException.class)
			.isThrownBy(() -> tag(arn, tags(Map.of("team", "blue"))));
		assertThatExceptionOfType(ResourceNotFoundException.class)
			.isThrownBy(() -> client().untagResource((request) -> request.resourceARN(arn).tagKeys("team")));
	}

	@Test
	void rejectsDeletedService() {
		String arn = cloudMap.createHttpService().arn();
		tag(arn, tags(Map.of("team", "blue")));
		client().deleteService((request) -> request.id(arn));
		cloudMap
			.eventually(() -> assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> list(arn)));
	}

}
