package dev.cloudmap.registry.dns;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;

import dev.cloudmap.registry.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Compares answers with {@code golden-answers.txt}, read with dnsjava, and with dig and
 * kdig if installed. Queries use the syntax of dig.
 */
class DnsGoldenTests {

	private static TestRegistry registry;

	@BeforeAll
	static void start() {
		registry = TestRegistry.start();
		String namespace = registry.createDnsNamespace("corp.local");
		String worker = service(namespace, "worker", RecordType.A, RecordType.AAAA, RecordType.SRV);
		registry.register(worker, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_IPV6", "2001:db8::1",
				"AWS_INSTANCE_PORT", "5000"));
		String http = service(namespace, "_http._tcp", RecordType.SRV);
		registry.register(http, "a.b", Map.of("AWS_INSTANCE_IPV4", "10.0.0.2", "AWS_INSTANCE_PORT", "80"));
		registry.register(http, "c", Map.of("AWS_INSTANCE_IPV6", "2001:db8::3", "AWS_INSTANCE_PORT", "81"));
		String plain = service(namespace, "plain", RecordType.A);
		registry.register(plain, "one", Map.of("AWS_INSTANCE_IPV4", "10.0.0.9"));
		registry.register(plain, "two", Map.of("AWS_INSTANCE_IPV4", "10.0.0.9"));
		service(namespace, "empty", RecordType.A);
		alias(namespace, "alias", "AWS_INSTANCE_CNAME", "worker.corp.local", RecordType.CNAME);
		alias(namespace, "away", "AWS_INSTANCE_CNAME", "www.example.org", RecordType.CNAME);
		alias(namespace, "balanced", "AWS_ALIAS_DNS_NAME", "lb.example.org", RecordType.A);
		String large = service(namespace, "large", RecordType.SRV);
		for (int i = 0; i < 8; i++) {
			registry.register(large, "x".repeat(62) + i,
					Map.of("AWS_INSTANCE_IPV4", "10.1.0." + i, "AWS_INSTANCE_PORT", "80"));
		}
	}

	private static String service(String namespace, String name, RecordType... types) {
		return registry.createDnsService(namespace, name, RoutingPolicy.MULTIVALUE, types);
	}

	private static void alias(String namespace, String name, String attribute, String target, RecordType type) {
		String service = registry.createDnsService(namespace, name, RoutingPolicy.WEIGHTED, type);
		registry.register(service, "one", Map.of(attribute, target));
	}

	@AfterAll
	static void stop() {
		registry.close();
	}

	static Stream<Arguments> answers() throws IOException {
		try (InputStream file = DnsGoldenTests.class.getResourceAsStream("golden-answers.txt")) {
			List<String[]> answers = Arrays
				.stream(new String(file.readAllBytes(), StandardCharsets.UTF_8).split("\n\n", -1))
				.map((block) -> block.strip().split("\n", 2))
				.toList();
			return Arrays.stream(DnsClient.values())
				.flatMap((client) -> answers.stream()
					.filter((answer) -> client.knows(arguments(answer[0])))
					.map((answer) -> Arguments.of(client, answer[0], answer[1])));
		}
	}

	private static List<String> arguments(String query) {
		return List.of(query.split(" ", -1));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("answers")
	void matchesGoldenAnswers(DnsClient client, String query, String expected) throws Exception {
		assumeThat(client.isInstalled()).isTrue();
		InetSocketAddress server = registry.server().dnsAddress();
		assertThat(client.ask(server, arguments(query))).isEqualTo(expected);
	}

}
