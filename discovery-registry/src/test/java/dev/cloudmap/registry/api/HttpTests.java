package dev.cloudmap.registry.api;

import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * HTTP behavior below the SDK: headers, rejections, and misbehaving clients.
 */
class HttpTests {

	private static final JsonMapper mapper = JsonMapper.shared();

	private static TestRegistry registry;

	private static HttpClient client;

	@BeforeAll
	static void start() {
		registry = TestRegistry.start();
		client = HttpClient.newHttpClient();
	}

	@AfterAll
	static void stop() {
		registry.close();
	}

	private static HttpResponse<String> post(String operation, String body) throws Exception {
		return client.send(TestRegistry.request(registry.endpoint(), operation, body), BodyHandlers.ofString());
	}

	private static HttpResponse<String> get(String path) throws Exception {
		return client.send(HttpRequest.newBuilder(registry.endpoint().resolve(path)).build(), BodyHandlers.ofString());
	}

	private static void refused(HttpResponse<String> response, int status, String type) {
		JsonNode body = mapper.readTree(response.body());
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(body.get("__type").asString()).isEqualTo(type);
		assertThat(body.get("Message").asString()).isNotBlank().doesNotContain("Exception:", "\tat ");
		assertThat(response.headers().firstValue("X-Discovery-Revision")).isPresent();
		assertThat(response.headers().firstValue("x-amzn-RequestId")).isPresent();
	}

	private static void stillAnswers() throws Exception {
		assertThat(get("/").statusCode()).isEqualTo(200);
	}

	@Test
	void identifiesItself() throws Exception {
		HttpResponse<String> response = get("/");
		JsonNode body = mapper.readTree(response.body());
		assertThat(body.get("registry").asString()).isEqualTo("discovery-registry");
		assertThat(body.get("version").asString()).isEqualTo("development");
		assertThat(body.get("http").asString()).isEqualTo("127.0.0.1:" + registry.endpoint().getPort());
		assertThat(body.get("dns").asString()).isEqualTo("127.0.0.1:" + registry.server().dnsAddress().getPort());
		assertThat(response.headers().firstValue("X-Discovery-Revision")).isPresent();
	}

	@Test
	void returnsRevisionOfRequest() throws Exception {
		long before = revision(get("/"));
		HttpResponse<String> created = post("CreateHttpNamespace", "{\"Name\":\"counted\",\"Unknown\":[1]}");
		assertThat(created.statusCode()).isEqualTo(200);
		assertThat(created.headers().firstValue("Content-Type")).contains("application/x-amz-json-1.1");
		assertThat(revision(created)).isEqualTo(before);
		assertThat(revision(get("/"))).isGreaterThan(before);
	}

	private static long revision(HttpResponse<?> response) {
		return response.headers().firstValueAsLong("X-Discovery-Revision").orElseThrow();
	}

	@Test
	void writesTimesAsSecondsAndOmitsAbsentMembers() throws Exception {
		registry.createHttpNamespace("timed");
		JsonNode first = mapper.readTree(post("ListNamespaces", "").body()).get("Namespaces").get(0);
		assertThat(first.get("CreateDate").isNumber()).isTrue();
		assertThat(first.get("CreateDate").asDouble()).isGreaterThan(1.7e9).isLessThan(1e10);
		assertThat(first.has("Description")).isFalse();
		assertThat(first.has("CreatorRequestId")).isFalse();
	}

	@Test
	void httpNamespaceHasEmptyDnsProperties() throws Exception {
		String id = registry.createHttpNamespace("webby");
		JsonNode properties = mapper.readTree(post("GetNamespace", "{\"Id\":\"" + id + "\"}").body())
			.get("Namespace")
			.get("Properties");
		assertThat(properties.get("DnsProperties").toString()).isEqualTo("{\"SOA\":{}}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "[]", "null", "\"text\"", "{\"Name\":5}", "{\"Name\":{}}", "{} {}", "\u0000",
			"{\"Name\":true}" })
	void rejectsInvalidRequests(String body) throws Exception {
		refused(post("CreateHttpNamespace", body), 400, "SerializationException");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					CreateHttpNamespace | {}                                                | null at 'Name'
					CreateHttpNamespace | {"Name":"with blank"}                             | 'Name'
					CreateHttpNamespace | {"Name":"arn:aws"}                                | regular expression
					CreateHttpNamespace | {"Name":"x","Tags":[{"Key":""}]}                  | 'Tags.1.member.Value'
					CreatePrivateDnsNamespace | {"Name":"corp"}                             | 'Vpc'
					CreatePrivateDnsNamespace | {"Name":"a..b","Vpc":"v"}                   | domain name
					CreatePrivateDnsNamespace | {"Name":"corp.","Vpc":"v"}                  | domain name
					CreatePublicDnsNamespace | {"Name":"nodot"}                             | 'Name'
					CreatePublicDnsNamespace | {"Name":"a.b","Properties":{"DnsProperties":{"SOA":{"TTL":-1}}}} | 'Properties.DnsProperties.SOA.TTL'
					ListNamespaces      | {"MaxResults":101}                                | less than or equal to 100
					ListNamespaces      | {"MaxResults":0}                                  | greater than or equal to 1
					ListNamespaces      | {"Filters":[{"Name":"COLOR","Values":["x"]}]}     | enum value set
					ListNamespaces      | {"Filters":[{"Name":"NAME","Values":["x","y"]}]}  | exactly one value
					ListNamespaces      | {"Filters":[{"Name":"TYPE","Values":["x"],"Condition":"BETWEEN"}]} | conditions
					DiscoverInstances   | {"NamespaceName":"a","ServiceName":"b","HealthStatus":"SICK"} | 'HealthStatus'
					CreateService       | {"Name":"x"}                                      | NamespaceId
					RegisterInstance    | {"ServiceId":"s","InstanceId":"a b","Attributes":{}} | 'InstanceId'
					RegisterInstance    | {"ServiceId":"s","InstanceId":"a","Attributes":{"k":" v"}} | 'Attributes.k'
					RegisterInstance    | {"ServiceId":"s","InstanceId":"a","Attributes":{"k":null}} | 'Attributes.k'
					RegisterInstance    | {"ServiceId":"s","InstanceId":"a","Attributes":{"a b":"v"}} | 'Attributes.key'
					""")
	void rejectsConstraintViolations(String operation, String body, String message) throws Exception {
		HttpResponse<String> response = post(operation, body);
		refused(response, 400, "InvalidInput");
		assertThat(mapper.readTree(response.body()).get("Message").asString()).contains(message);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			[]                                            | must be a JSON object
			{} {}                                         | must be a JSON object
			{"Name":{}}                                   | 'Name'
			{"Name":"x","Tags":[{"Key":"a"},{"Key":[]}]}  | 'Tags.2.member.Key'
			{"Name":"x                                    | not valid JSON
			""")
	void parseErrorsHideImplementation(String body, String explanation) throws Exception {
		assertThat(mapper.readTree(post("CreateHttpNamespace", body).body()).get("Message").asString())
			.contains(explanation)
			.doesNotContain("dev.cloudmap", "java.lang", "JsonToken");
	}

	@Test
	void explainsListElementsOfWrongType() throws Exception {
		HttpResponse<String> response = post("UntagResource", "{\"ResourceARN\":\"a\",\"TagKeys\":[[\"x\"]]}");
		refused(response, 400, "SerializationException");
		assertThat(mapper.readTree(response.body()).get("Message").asString()).contains("types of the operation");
	}

	@Test
	void acceptsOnlyIntegers() throws Exception {
		refused(post("ListNamespaces", "{\"MaxResults\":1.5}"), 400, "SerializationException");
	}

	@Test
	void rejectsOtherPathsAndMethods() throws Exception {
		refused(get("/elsewhere"), 404, "NotFound");
		HttpResponse<String> deletion = client.send(HttpRequest.newBuilder(registry.endpoint()).DELETE().build(),
				BodyHandlers.ofString());
		refused(deletion, 405, "MethodNotAllowed");
		assertThat(deletion.headers().firstValue("Allow")).contains("GET, POST");
		refused(client.send(HttpRequest.newBuilder(registry.endpoint()).POST(BodyPublishers.noBody()).build(),
				BodyHandlers.ofString()), 400, "UnknownOperationException");
		refused(post("MakeCoffee", "{}"), 400, "UnknownOperationException");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 2097152", "Transfer-Encoding: chunked" })
	void rejectsLargeBody(String framing) throws Exception {
		try (Socket socket = registry.connect()) {
			socket.getOutputStream()
				.write(("POST / HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			byte[] part = new byte[64 * 1024];
			String chunk = Integer.toHexString(part.length) + "\r\n";
			for (int i = 0; i < 32; i++) {
				if (framing.startsWith("T")) {
					socket.getOutputStream().write(chunk.getBytes(StandardCharsets.US_ASCII));
				}
				socket.getOutputStream().write(part);
				if (framing.startsWith("T")) {
					socket.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
				}
			}
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 413")
				.contains("X-Discovery-Revision", "RequestEntityTooLarge");
		}
		stillAnswers();
	}

	@Test
	void rejectsLargeBodyBeforeUpload() throws Exception {
		String large = String.join("\r\n", "POST / HTTP/1.1", "Host: localhost", "Expect: 100-continue",
				"Content-Length: 2097152", "", "");
		try (Socket socket = registry.connect()) {
			socket.getOutputStream().write(large.getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 413")
				.contains("X-Discovery-Revision", "RequestEntityTooLarge", "connection: close");
		}
	}

	@Test
	void limitsLengthOfErrorMessages() throws Exception {
		String labels = "a.".repeat(400_000) + "b";
		HttpResponse<String> longName = post("CreatePublicDnsNamespace", "{\"Name\":\"" + labels + "\"}");
		refused(longName, 400, "InvalidInput");
		assertThat(longName.body()).hasSizeLessThan(1000);
		String attributes = IntStream.range(0, 40_000)
			.mapToObj((i) -> "\"k " + i + "\":\" \"")
			.collect(Collectors.joining(",", "{", "}"));
		HttpResponse<String> many = post("RegisterInstance",
				"{\"ServiceId\":\"s\",\"InstanceId\":\"i\",\"Attributes\":" + attributes + "}");
		refused(many, 400, "InvalidInput");
		assertThat(many.body()).contains("80000 validation errors").hasSizeLessThan(4000);
	}

	@Test
	void survivesGarbage() throws Exception {
		Random random = new Random(42);
		for (int i = 0; i < 50; i++) {
			try (Socket socket = registry.connect()) {
				byte[] garbage = new byte[4 + random.nextInt(4000)];
				random.nextBytes(garbage);
				System.arraycopy("\r\n\r\n".getBytes(StandardCharsets.US_ASCII), 0, garbage, garbage.length - 4, 4);
				// in one write, because the registry may close the connection after any
				// part
				socket.getOutputStream().write(garbage);
			}
		}
		try (Socket socket = registry.connect()) {
			socket.getOutputStream().write("NOT HTTP AT ALL\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 400").doesNotContain("Exception");
		}
		try (Socket socket = registry.connect()) {
			String header = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: " + "x".repeat(20_000) + "\r\n\r\n";
			socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 431");
		}
		try (Socket socket = registry.connect()) {
			String headers = "GET / HTTP/1.1\r\nHost: localhost\r\n" + "X-Many: yes\r\n".repeat(2000) + "\r\n";
			socket.getOutputStream().write(headers.getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 431");
		}
		try (Socket socket = registry.connect()) {
			String line = "GET /" + "x".repeat(5000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
			socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 414");
		}
		stillAnswers();
	}

	@Test
	void acceptsHostNamesGeneratedBySdks() throws Exception {
		registry.register(registry.createHttpService(registry.createHttpNamespace("prefixed"), "worker"), "one",
				Map.of());
		try (Socket socket = registry.connect()) {
			String body = "{\"NamespaceName\":\"prefixed\",\"ServiceName\":\"worker\"}";
			socket.getOutputStream()
				.write(("POST / HTTP/1.1\r\nHost: data-127.0.0.1\r\nConnection: close\r\n"
						+ "X-Amz-Target: Route53AutoNaming_v20170314.DiscoverInstances\r\nContent-Length: "
						+ body.length() + "\r\n\r\n" + body)
					.getBytes(StandardCharsets.US_ASCII));
			assertThat(TestRegistry.readAll(socket)).startsWith("HTTP/1.1 200").contains("\"InstanceId\":\"one\"");
		}
	}

}
