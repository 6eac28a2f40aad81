package dev.cloudmap.registry.api;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All operations with random JSON and with invalid JSON.
 */
class JsonFuzzTests {

	/**
	 * All operations of the model, including those that the registry does not support.
	 */
	private static final List<String> OPERATIONS = List.of("CreateHttpNamespace", "CreatePrivateDnsNamespace",
			"CreatePublicDnsNamespace", "CreateService", "DeleteNamespace", "DeleteService", "DeleteServiceAttributes",
			"DeregisterInstance", "DiscoverInstances", "DiscoverInstancesRevision", "GetInstance",
			"GetInstancesHealthStatus", "GetNamespace", "GetOperation", "GetService", "GetServiceAttributes",
			"ListInstances", "ListNamespaces", "ListOperations", "ListServices", "ListTagsForResource",
			"RegisterInstance", "TagResource", "UntagResource", "UpdateHttpNamespace",
			"UpdateInstanceCustomHealthStatus", "UpdatePrivateDnsNamespace", "UpdatePublicDnsNamespace",
			"UpdateService", "UpdateServiceAttributes");

	private static final List<String> MEMBERS = List.of("Name", "Id", "NamespaceId", "ServiceId", "InstanceId",
			"OperationId", "NamespaceName", "ServiceName", "CreatorRequestId", "Description", "Vpc", "Tags", "Key",
			"Value", "Properties", "DnsProperties", "SOA", "TTL", "DnsConfig", "DnsRecords", "RoutingPolicy", "Type",
			"HealthCheckConfig", "HealthCheckCustomConfig", "FailureThreshold", "ResourcePath", "Attributes", "Status",
			"HealthStatus", "MaxResults", "NextToken", "Filters", "Values", "Condition", "QueryParameters",
			"OptionalParameters", "ResourceARN", "TagKeys", "Instances", "Namespace", "Service", "UpdaterRequestId",
			"AWS_INSTANCE_IPV4", "AWS_INSTANCE_PORT", "AWS_INSTANCE_IPV6", "AWS_INSTANCE_CNAME",
			"AWS_INIT_HEALTH_STATUS", "discovery.lease", "a");

	private static final int MAX_DEPTH = 3;

	private static FuzzedRegistry registry;

	private static HttpClient client;

	@BeforeContainer
	static void start() {
		registry = new FuzzedRegistry();
		client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
	}

	@AfterContainer
	static void stop() {
		registry.close();
	}

	@Provide
	Arbitrary<String> operations() {
		return Arbitraries.of(OPERATIONS);
	}

	@Provide
	Arbitrary<String> json() {
		return Arbitraries.frequencyOf(Tuple.of(8, object(MAX_DEPTH)), Tuple.of(1, array(MAX_DEPTH)),
				Tuple.of(1, scalar()));
	}

	private static Arbitrary<String> scalar() {
		Arbitrary<String> fitting = Arbitraries
			.of("corp", "worker", "one", registry.namespaceId(), registry.serviceId(), "10.0.0.1", "80", "::1", "A",
					"SRV", "HTTP", "HEALTHY", "UNHEALTHY", "ALL", "NAME", "TYPE", "NAMESPACE_ID", "EQ", "BEGINS_WITH",
					"IN", "MULTIVALUE", "WEIGHTED", "arn:aws:servicediscovery:eu-west-1:000000000000:service/x",
					"YWZ0ZXI6YQ", "")
			.map((value) -> '"' + value + '"');
		Arbitrary<String> odd = Arbitraries.of("null", "true", "false", "0", "-1", "1", "1.5", "1e999999999",
				"-1e-999999999", "2147483648", "9223372036854775808", "1".repeat(1200), "0.1e1", "\"\\u0000\"",
				"\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\ud83d\ude00\"", "\"%s%n%d\"", "\"../../etc\"", "\"${a}\"",
				"\"" + "x".repeat(70_000) + "\"", "\"" + "a.".repeat(600) + "\"", "NaN", "Infinity", "'a'", "\"\t\"",
				"\"\\x\"");
		Arbitrary<String> text = Arbitraries.strings().all().ofMaxLength(20).map((value) -> '"' + value + '"');
		return Arbitraries.frequencyOf(Tuple.of(6, fitting), Tuple.of(3, odd), Tuple.of(1, text));
	}

	private static Arbitrary<String> value(int depth) {
		return (depth == 0) ? scalar() : Arbitraries.frequencyOf(Tuple.of(5, scalar()), Tuple.of(2, object(depth - 1)),
				Tuple.of(1, array(depth - 1)));
	}

	private static Arbitrary<String> array(int depth) {
		return value(depth).list().ofMaxSize(3).map((elements) -> "[" + String.join(",", elements) + "]");
	}

	/** Member names may be repeated. */
	private static Arbitrary<String> object(int depth) {
		return Combinators.combine(Arbitraries.of(MEMBERS), value(depth))
			.as((name, value) -> '"' + name + "\":" + value)
			.list()
			.ofMaxSize(8)
			.map((members) -> "{" + String.join(",", members) + "}");
	}

	@Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
	void acceptsOrRejectsAnyJson(@ForAll("operations") String operation, @ForAll("json") String json) throws Exception {
		post(operation, json.getBytes(StandardCharsets.UTF_8));
	}

	@Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
	void rejectsMutatedJson(@ForAll("operations") String operation, @ForAll("json") String json,
			@ForAll("mutations") List<Mutation> mutations) throws Exception {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		for (Mutation mutation : mutations) {
			bytes = mutation.apply(bytes);
		}
		post(operation, bytes);
	}

	@Provide
	Arbitrary<Request> requests() {
		return Arbitraries.of(Request.fitting(registry.namespaceId(), registry.serviceId()));
	}

	@Provide
	Arbitrary<String> values() {
		return value(1);
	}

	/**
	 * Replaces or removes one value of a valid request.
	 */
	@Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
	void acceptsOrRejectsUnusualValue(@ForAll("requests") Request request, @ForAll @IntRange(max = 12) int position,
			@ForAll("values") String value) throws Exception {
		post(request.operation(), request.with(position, value).getBytes(StandardCharsets.UTF_8));
	}

	@Provide
	Arbitrary<Extreme> extremes() {
		return Combinators
			.combine(Arbitraries.of(Extreme.Kind.class), Arbitraries.of(MEMBERS),
					Arbitraries.of(10, 499, 501, 1001, 20_000, 60_000))
			.as(Extreme::new);
	}

	@Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
	void rejectsExcessiveJson(@ForAll("operations") String operation, @ForAll("extremes") Extreme extreme)
			throws Exception {
		post(operation, extreme.json().getBytes(StandardCharsets.UTF_8));
	}

	@Property(tries = 50, edgeCases = EdgeCasesMode.NONE)
	void rejectsInvalidText(@ForAll("operations") String operation, @ForAll byte[] body) throws Exception {
		post(operation, body);
	}

	private static void post(String operation, byte[] body) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + registry.host() + "/"))
			.header("X-Amz-Target", "Route53AutoNaming_v20170314." + operation)
			.timeout(Duration.ofSeconds(5))
			.POST(BodyPublishers.ofByteArray(body))
			.build();
		HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isIn(200, 400, 413);
		registry.checkAnswer(response.statusCode(), response.body());
	}

	@Provide
	Arbitrary<List<Mutation>> mutations() {
		return Mutation.some();
	}

	/**
	 * A valid request.
	 */
	record Request(String operation, String json) {

		/** A scalar value. */
		private static final Pattern SCALAR = Pattern.compile("(?<=[:\\[])(\"[^\"]*\"|\\d+)");

		static List<Request> fitting(String namespaceId, String serviceId) {
			String service = "\"ServiceId\":\"" + serviceId + '"';
			String names = "\"NamespaceName\":\"corp\",\"ServiceName\":\"worker\"";
			String text = "\"CreatorRequestId\":\"r\",\"Description\":\"d\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]";
			String soa = "\"Properties\":{\"DnsProperties\":{\"SOA\":{\"TTL\":15}}}";
			String filters = "\"MaxResults\":5,\"Filters\":[{\"Name\":\"%s\",\"Values\":[\"%s\"],\"Condition\":\"EQ\"}]";
			return List.of(new Request("CreateHttpNamespace", "{\"Name\":\"http\"," + text + "}"),
					new Request("CreatePrivateDnsNamespace",
							"{\"Name\":\"corp.local\",\"Vpc\":\"vpc-1\"," + text + "," + soa + "}"),
					new Request("CreatePublicDnsNamespace", "{\"Name\":\"example.org\"," + text + "," + soa + "}"),
					new Request("GetNamespace", "{\"Id\":\"" + namespaceId + "\"}"),
					new Request("ListNamespaces", "{" + filters.formatted("TYPE", "HTTP") + "}"),
					new Request("CreateService", "{\"Name\":\"s\",\"NamespaceId\":\"" + namespaceId + "\"," + text
							+ ",\"HealthCheckConfig\":{\"Type\":\"HTTP\",\"ResourcePath\":\"/\",\"FailureThreshold\":3}}"),
					new Request("GetService", "{\"Id\":\"" + serviceId + "\"}"),
					new Request("ListServices", "{" + filters.formatted("NAMESPACE_ID", namespaceId) + "}"),
					new Request("RegisterInstance",
							"{" + service + ",\"InstanceId\":\"two\",\"CreatorRequestId\":\"r\",\"Attributes\":"
									+ "{\"AWS_INSTANCE_IPV4\":\"10.0.0.1\",\"AWS_INSTANCE_PORT\":\"80\",\"a\":\"b\","
									+ "\"AWS_INIT_HEALTH_STATUS\":\"HEALTHY\",\"discovery.lease\":\"600\"}}"),
					new Request("DeregisterInstance", "{" + service + ",\"InstanceId\":\"two\"}"),
					new Request("UpdateInstanceCustomHealthStatus",
							"{" + service + ",\"InstanceId\":\"two\",\"Status\":\"UNHEALTHY\"}"),
					new Request("GetInstance", "{" + service + ",\"InstanceId\":\"one\"}"),
					new Request("ListInstances", "{" + service + ",\"MaxResults\":1}"),
					new Request("GetInstancesHealthStatus", "{" + service + ",\"Instances\":[\"one\"]}"),
					new Request("DiscoverInstances",
							"{" + names + ",\"MaxResults\":9,\"QueryParameters\":{\"a\":\"b\"},"
									+ "\"OptionalParameters\":{\"a\":\"b\"},\"HealthStatus\":\"ALL\"}"),
					new Request("DiscoverInstancesRevision", "{" + names + "}"),
					new Request("UpdateServiceAttributes", "{" + service + ",\"Attributes\":{\"a\":\"b\"}}"),
					new Request("UpdateService", "{\"Id\":\"" + serviceId + "\",\"Service\":{\"Description\":\"d\"}}"),
					new Request("ListOperations", "{" + filters.formatted("STATUS", "SUCCESS") + "}"));
		}

		String with(int position, String value) {
			AtomicInteger next = new AtomicInteger();
			return SCALAR.matcher(this.json)
				.replaceAll((match) -> Matcher
					.quoteReplacement((next.getAndIncrement() == position) ? value : match.group()));
		}

	}

	/**
	 * An excessively large or deep value.
	 */
	record Extreme(Kind kind, String name, int count) {

		String json() {
			String quoted = '"' + this.name + '"';
			return switch (this.kind) {
				case DEEP_ARRAYS -> "{" + quoted + ":" + "[".repeat(this.count);
				case DEEP_OBJECTS -> ("{" + quoted + ":").repeat(this.count);
				case DEEP_AND_CLOSED -> "{" + quoted + ":" + "[".repeat(this.count) + "]".repeat(this.count) + "}";
				case SAME_NAME -> "{" + (quoted + ":[],").repeat(this.count) + "\"a\":1}";
				case MANY_NAMES -> IntStream.range(0, this.count)
					.mapToObj((i) -> "\"k" + i + "\":\"v\"")
					.collect(Collectors.joining(",", "{" + quoted + ":{", "}}"));
				case MANY_ELEMENTS -> "{" + quoted + ":[" + "{},".repeat(this.count) + "{}]}";
				case MANY_STRINGS -> "{" + quoted + ":[" + "\"a\",".repeat(this.count) + "\"a\"]}";
				case DIGITS -> "{" + quoted + ":" + "9".repeat(this.count) + "}";
				case FRACTION -> "{" + quoted + ":0." + "0".repeat(this.count) + "1}";
				case LONG_NAME -> "{\"" + "n".repeat(this.count) + "\":1}";
				case LONG_STRING -> "{" + quoted + ":\"" + "a.".repeat(this.count) + "\"}";
				case ESCAPES -> "{" + quoted + ":\"" + "\\u0000".repeat(this.count) + "\"}";
				case BLANKS -> " ".repeat(this.count) + "{}" + "\n".repeat(this.count);
			};
		}

		enum Kind {

			DEEP_ARRAYS, DEEP_OBJECTS, DEEP_AND_CLOSED, SAME_NAME, MANY_NAMES, MANY_ELEMENTS, MANY_STRINGS, DIGITS,
			FRACTION, LONG_NAME, LONG_STRING, ESCAPES, BLANKS

		}

	}

}
