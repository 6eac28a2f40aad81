package dev.cloudmap.discovery.registry.cloudmap;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.registry.cloudmap.call.Answers;
import dev.cloudmap.discovery.registry.cloudmap.call.UnexpectedAnswerException;
import dev.cloudmap.discovery.registry.cloudmap.connection.CloudMapHttpClient;
import dev.cloudmap.discovery.registry.cloudmap.call.CallMeter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests answers that are larger than those of Cloud Map, or that lack members.
 */
class CloudMapAnswerTests {

	private static final Namespace CORP = ScriptedEndpoint.WORKER.namespace();

	private ScriptedEndpoint endpoint;

	@BeforeEach
	void start() throws IOException {
		this.endpoint = ScriptedEndpoint.withService(new CallMeter(() -> false))
			.answer("GetOperation", "{\"Operation\":{\"Id\":\"op-1\",\"Status\":\"SUCCESS\"}}");
	}

	@AfterEach
	void stop() {
		this.endpoint.close();
	}

	private static void discover(CloudMapRegistry registry) {
		registry.discover(ScriptedEndpoint.WORKER);
	}

	private static void list(CloudMapRegistry registry) {
		registry.services(CORP);
	}

	private static void register(CloudMapRegistry registry) {
		registry.register(ScriptedEndpoint.INSTANCE);
	}

	private static String instance(String id) {
		return "{\"InstanceId\":\"%s\",\"Attributes\":{\"AWS_INSTANCE_IPV4\":\"10.0.0.1\",\"AWS_INSTANCE_PORT\":\"8080\"}}"
			.formatted(id);
	}

	private static String instances(int count) {
		return IntStream.range(0, count)
			.mapToObj((number) -> instance("i-" + number))
			.collect(Collectors.joining(",", "{\"Instances\":[", "]}"));
	}

	private UnexpectedAnswerExceptionAssertion thatFails(Consumer<CloudMapRegistry> call) {
		return new UnexpectedAnswerExceptionAssertion(call);
	}

	private final class UnexpectedAnswerExceptionAssertion {

		private final Consumer<CloudMapRegistry> call;

		private UnexpectedAnswerExceptionAssertion(Consumer<CloudMapRegistry> call) {
			this.call = call;
		}

		void with(String operation, String... parts) {
			assertThatExceptionOfType(UnexpectedAnswerException.class)
				.isThrownBy(() -> this.call.accept(CloudMapAnswerTests.this.endpoint.registry()))
				.satisfies((ex) -> assertThat(List.of(parts))
					.allSatisfy((part) -> assertThat(ex).hasMessageContaining(part)))
				.withMessageContaining("Cloud Map at " + CloudMapAnswerTests.this.endpoint.uri() + " answered "
						+ operation + " otherwise than documented: expected ")
				.withMessageNotContaining("NullPointerException")
				.satisfies((ex) -> assertThat(ex.getAction()).contains("is an endpoint of Cloud Map"));
		}

	}

	@Nested
	class Size {

		@Test
		void readsTheMaximumNumberOfInstances() {
			CloudMapAnswerTests.this.endpoint.answer("DiscoverInstances", instances(1000));
			assertThat(CloudMapAnswerTests.this.endpoint.registry().discover(ScriptedEndpoint.WORKER).instances())
				.hasSize(1000);
		}

		@Test
		void rejectsMoreInstances() {
			CloudMapAnswerTests.this.endpoint.answer("DiscoverInstances", instances(1001));
			thatFails(CloudMapAnswerTests::discover).with("DiscoverInstances", "at most 1000 Instances, found 1001");
		}

		@Test
		void limitsTheBytesOfAnAnswer() {
			CloudMapAnswerTests.this.endpoint.answer("DiscoverInstances", instances(100_000));
			thatFails(CloudMapAnswerTests::discover).with("DiscoverInstances",
					"at most " + CloudMapHttpClient.MAX_ANSWER + " bytes, found more");
			assertThat(CloudMapAnswerTests.this.endpoint.requests("DiscoverInstances")).isOne();
		}

		@Test
		void abortsEndlessAnswer() {
			CloudMapAnswerTests.this.endpoint.write("DiscoverInstances", "application/x-amz-json-1.1",
					(request, out) -> endless(out));
			thatFails(CloudMapAnswerTests::discover).with("DiscoverInstances", "bytes, found more");
			assertThat(CloudMapAnswerTests.this.endpoint.requests("DiscoverInstances")).isOne();
		}

		@Test
		void countsTheDecompressedSize() {
			CloudMapAnswerTests.this.endpoint.write("DiscoverInstances", "gzip application/x-amz-json-1.1",
					(request, out) -> {
						try (GZIPOutputStream compressed = new GZIPOutputStream(out)) {
							compressed.write(instances(2).getBytes(StandardCharsets.UTF_8));
						}
					});
			assertThat(CloudMapAnswerTests.this.endpoint.registry().discover(ScriptedEndpoint.WORKER).instances())
				.hasSize(2);
			CloudMapAnswerTests.this.endpoint.write("DiscoverInstances", "gzip application/x-amz-json-1.1",
					(request, out) -> {
						try (GZIPOutputStream compressed = new GZIPOutputStream(out)) {
							endless(compressed);
						}
					});
			thatFails(CloudMapAnswerTests::discover).with("DiscoverInstances", "bytes, found more");
		}

		private void endless(OutputStream out) throws IOException {
			byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
			for (int i = 0; i < 4 * CloudMapHttpClient.MAX_ANSWER / spaces.length; i++) {
				out.write(spaces);
			}
		}

	}

	@Nested
	class Pages {

		@Test
		void readsAllPages() {
			CloudMapAnswerTests.this.endpoint.answer("ListServices", "application/x-amz-json-1.1",
					(request) -> request.contains("next") ? "{\"Services\":[{\"Id\":\"srv-2\",\"Name\":\"two\"}]}"
							: "{\"Services\":[{\"Id\":\"srv-1\",\"Name\":\"one\"}],\"NextToken\":\"next\"}");
			assertThat(CloudMapAnswerTests.this.endpoint.registry().services(CORP)).extracting("name")
				.containsExactlyInAnyOrder("one", "two");
		}

		@Test
		void repeatedTokenEndsTheList() {
			CloudMapAnswerTests.this.endpoint.answer("ListServices", "{\"Services\":[],\"NextToken\":\"same\"}");
			thatFails(CloudMapAnswerTests::list).with("ListServices",
					"another NextToken after each page, found the same twice");
			assertThat(CloudMapAnswerTests.this.endpoint.requests("ListServices")).isEqualTo(2);
		}

		@Test
		void limitsEmptyPages() {
			endlessly("");
			thatFails(CloudMapAnswerTests::list).with("ListServices",
					"at most " + Answers.MAX_PAGES + " pages, found more");
			assertThat(CloudMapAnswerTests.this.endpoint.requests("ListServices")).isEqualTo(Answers.MAX_PAGES);
		}

		@Test
		void limitsEntriesOfAllPages() {
			endlessly(IntStream.range(0, 1000)
				.mapToObj((number) -> "{\"Id\":\"srv-%1$d\",\"Name\":\"s%1$d\"}".formatted(number))
				.collect(Collectors.joining(",")));
			thatFails(CloudMapAnswerTests::list).with("ListServices",
					"at most " + Answers.MAX_LISTED + " entries, found more");
		}

		private void endlessly(String services) {
			CloudMapAnswerTests.this.endpoint.answer("ListServices", "application/x-amz-json-1.1",
					(request) -> "{\"Services\":[%s],\"NextToken\":\"%s\"}".formatted(services, System.nanoTime()));
		}

	}

	@Nested
	@ExtendWith(OutputCaptureExtension.class)
	class Fragments {

		@Test
		void skipsIncompleteInstances(CapturedOutput output) {
			CloudMapAnswerTests.this.endpoint.answer("DiscoverInstances", """
					{"Instances":[%s,null,{},{"InstanceId":"bare"},{"InstanceId":null,"Attributes":{}},
					{"InstanceId":"nulls","Attributes":{"AWS_INSTANCE_IPV4":null,"AWS_INSTANCE_PORT":null}},
					{"InstanceId":"many","Attributes":{%s}}]}""".formatted(instance("good"), attributes(101)));
			for (int i = 0; i < 2; i++) {
				assertThat(CloudMapAnswerTests.this.endpoint.registry().discover(ScriptedEndpoint.WORKER).instances())
					.extracting(Instance::id)
					.containsExactly("good");
			}
			assertThat(output.getOut())
				.containsOnlyOnce(
						"Instance bare of worker.corp is not used: expected InstanceId and Attributes with up to"
								+ " 100 entries, found no Attributes")
				.containsOnlyOnce("Instance nulls of worker.corp can't be called")
				.containsOnlyOnce("Instance many of worker.corp is not used");
		}

		@Test
		void skipsAttributesWithoutValue() {
			CloudMapAnswerTests.this.endpoint.answer("DiscoverInstances", """
					{"Instances":[{"InstanceId":"i-1","Attributes":
					{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"8080","zone":null,"color":"red"}}]}""");
			assertThat(CloudMapAnswerTests.this.endpoint.registry().discover(ScriptedEndpoint.WORKER).instances())
				.singleElement()
				.satisfies((instance) -> assertThat(instance.attributes()).containsExactly(Map.entry("color", "red")));
			CloudMapAnswerTests.this.endpoint.answer("GetServiceAttributes",
					"{\"ServiceAttributes\":{\"Attributes\":{\"a\":null,\"b\":\"1\"}}}");
			assertThat(CloudMapAnswerTests.this.endpoint.registry().attributes(ScriptedEndpoint.WORKER))
				.containsExactly(Map.entry("b", "1"));
			CloudMapAnswerTests.this.endpoint.answer("GetInstance",
					"{\"Instance\":{\"Id\":\"i-1\",\"Attributes\":{\"a\":null,\"b\":\"1\"}}}");
			assertThat(CloudMapAnswerTests.this.endpoint.registry()
				.attributes(ScriptedEndpoint.WORKER, "i-1")
				.orElseThrow()).containsExactly(Map.entry("b", "1"));
		}

		private static String attributes(int count) {
			return IntStream.range(0, count)
				.mapToObj((number) -> "\"a%d\":\"1\"".formatted(number))
				.collect(Collectors.joining(","));
		}

	}

	@ParameterizedTest
	@MethodSource("lackingAnswers")
	void namesMissingMember(String operation, String body, String expected, Consumer<CloudMapRegistry> call) {
		this.endpoint.answer(operation, body);
		thatFails(call).with(operation, "expected " + expected, "found none");
	}

	private static Arguments lacking(String operation, String body, String expected, Consumer<CloudMapRegistry> call) {
		return Arguments.of(operation, body, expected, call);
	}

	static Stream<Arguments> lackingAnswers() {
		Consumer<CloudMapRegistry> revision = (registry) -> registry.revision(ScriptedEndpoint.WORKER);
		Consumer<CloudMapRegistry> attributes = (registry) -> registry.attributes(ScriptedEndpoint.WORKER);
		Consumer<CloudMapRegistry> instance = (registry) -> registry.attributes(ScriptedEndpoint.WORKER, "i-1");
		Consumer<CloudMapRegistry> deregister = (registry) -> registry.deregister(ScriptedEndpoint.WORKER, "i-1");
		return Stream.of(lacking("DiscoverInstances", "{}", "Instances", CloudMapAnswerTests::discover),
				lacking("DiscoverInstances", "", "Instances", CloudMapAnswerTests::discover),
				lacking("DiscoverInstances", "{\"Instances\":null}", "Instances", CloudMapAnswerTests::discover),
				lacking("DiscoverInstancesRevision", "{}", "InstancesRevision", revision),
				lacking("ListNamespaces", "{}", "Namespaces", CloudMapAnswerTests::list),
				lacking("ListNamespaces", "{\"Namespaces\":[null]}", "Namespaces[]", CloudMapAnswerTests::list),
				lacking("ListNamespaces", "{\"Namespaces\":[{\"Id\":\"ns-1\"}]}", "Namespaces[].Name",
						CloudMapAnswerTests::list),
				lacking("ListNamespaces", "{\"Namespaces\":[{\"Name\":\"corp\"}]}", "Namespaces[].Id",
						CloudMapAnswerTests::list),
				lacking("ListServices", "{}", "Services", CloudMapAnswerTests::list),
				lacking("ListServices", "{\"Services\":[null]}", "Services[]", CloudMapAnswerTests::list),
				lacking("ListServices", "{\"Services\":[{\"Id\":\"srv-1\"}]}", "Services[].Name",
						CloudMapAnswerTests::list),
				lacking("ListServices", "{\"Services\":[{\"Name\":\"worker\"}]}", "Services[].Id",
						CloudMapAnswerTests::register),
				lacking("RegisterInstance", "{}", "OperationId", CloudMapAnswerTests::register),
				lacking("DeregisterInstance", "{}", "OperationId", deregister),
				lacking("GetOperation", "{}", "Operation", CloudMapAnswerTests::register),
				lacking("GetOperation", "{\"Operation\":{}}", "Operation.Status", CloudMapAnswerTests::register),
				lacking("GetInstance", "{}", "Instance", instance),
				lacking("GetServiceAttributes", "{}", "ServiceAttributes", attributes));
	}

	@ParameterizedTest
	@MethodSource("creations")
	void namesMissingMemberAfterCreation(String empty, String operation, String body, String expected) {
		this.endpoint.answer(empty, "{\"%s\":[]}".formatted(empty.substring("List".length()))).answer(operation, body);
		thatFails(CloudMapAnswerTests::register).with(operation, "expected " + expected, "found none");
	}

	static Stream<Arguments> creations() {
		return Stream.of(Arguments.of("ListServices", "CreateService", "{}", "Service"),
				Arguments.of("ListServices", "CreateService", "{\"Service\":{}}", "Service.Id"),
				Arguments.of("ListNamespaces", "CreateHttpNamespace", "{}", "OperationId"));
	}

	@ParameterizedTest
	@MethodSource("otherAnswers")
	void reportsForeignAnswer(String contentType, String body) {
		for (String operation : new String[] { "DiscoverInstances", "DiscoverInstancesRevision", "ListServices",
				"RegisterInstance", "GetOperation", "GetServiceAttributes" }) {
			this.endpoint.answer(operation, contentType, (request) -> body);
		}
		thatFails(CloudMapAnswerTests::discover).with("DiscoverInstances");
		thatFails((registry) -> registry.revision(ScriptedEndpoint.WORKER)).with("DiscoverInstancesRevision");
		thatFails((registry) -> registry.attributes(ScriptedEndpoint.WORKER)).with("ListServices");
		thatFails(CloudMapAnswerTests::list).with("ListServices");
		this.endpoint.answer("ListServices", "{\"Services\":[{\"Id\":\"srv-1\",\"Name\":\"worker\"}]}");
		thatFails((registry) -> registry.attributes(ScriptedEndpoint.WORKER)).with("GetServiceAttributes");
		thatFails(CloudMapAnswerTests::register).with("RegisterInstance");
		this.endpoint.answer("RegisterInstance", "{\"OperationId\":\"op-1\"}");
		thatFails(CloudMapAnswerTests::register).with("GetOperation");
	}

	static Stream<Arguments> otherAnswers() {
		return Stream.of(Arguments.of("text/html", "<!doctype html><html><body>Welcome</body></html>"),
				Arguments.of("text/plain", ""), Arguments.of("text/plain", "ok"),
				Arguments.of("application/json", "[]"), Arguments.of("application/json", "null"),
				Arguments.of("application/json", "\"text\""), Arguments.of("application/json", "17"),
				Arguments.of("application/json", "[{\"Instances\":[]}]"),
				Arguments.of("application/json", "{\"Instances\":"),
				Arguments.of("application/json",
						"{\"Instances\":{},\"InstancesRevision\":\"x\",\"Services\":7,\"OperationId\":\"\","
								+ "\"Operation\":[],\"ServiceAttributes\":[1]}"),
				Arguments.of("application/json",
						"{\"Instances\":[7],\"InstancesRevision\":{},\"Services\":[[]],\"OperationId\":\"\","
								+ "\"Operation\":\"x\",\"ServiceAttributes\":\"x\"}"));
	}

	@Test
	void unknownHealthValueIsUnknown() {
		this.endpoint.answer("DiscoverInstances", """
				{"Instances":[{"InstanceId":"i-1","HealthStatus":"BROKEN","NamespaceName":null,
				"Attributes":{"AWS_INSTANCE_IPV4":"10.0.0.1","AWS_INSTANCE_PORT":"8080"}}]}""");
		assertThat(this.endpoint.registry().discover(ScriptedEndpoint.WORKER).instances()).singleElement()
			.extracting(Instance::health)
			.isEqualTo(HealthStatus.UNKNOWN);
	}

}
