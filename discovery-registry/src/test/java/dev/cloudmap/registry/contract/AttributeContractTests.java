package dev.cloudmap.registry.contract;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.servicediscovery.model.HealthCheckType;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.RecordType;
import software.amazon.awssdk.services.servicediscovery.model.RoutingPolicy;
import software.amazon.awssdk.services.servicediscovery.model.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Rules for the attributes of an instance, which depend on its service.
 */
class AttributeContractTests {

	private static final String INSTANCE = "one";

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	/** The services of the DNS namespace of the class, by their records. */
	private static final Map<String, Service> services = new HashMap<>();

	/**
	 * Parses a routing policy and record types, such as {@code WEIGHTED A AAAA}.
	 */
	private static Service serviceWith(String records) {
		return services.computeIfAbsent(records, (key) -> {
			String[] words = key.split(" ", -1);
			return cloudMap.createDnsService(RoutingPolicy.fromValue(words[0]),
					Arrays.stream(words).skip(1).map(RecordType::fromValue).toArray(RecordType[]::new));
		});
	}

	/**
	 * Parses attributes such as {@code color=blue size=small}.
	 */
	private static Map<String, String> attributes(String text) {
		Map<String, String> attributes = new HashMap<>();
		if (text != null) {
			for (String word : text.split(" ", -1)) {
				String[] parts = word.split("=", 2);
				attributes.put(parts[0], parts[1]);
			}
		}
		return attributes;
	}

	private static void taken(Service service, Map<String, String> attributes) {
		cloudMap.register(service, INSTANCE, attributes);
		cloudMap.eventually(() -> assertThat(registered(service)).isEqualTo(attributes));
		// One at a time: a service with CNAME records should have only one instance.
		cloudMap.deregister(service, INSTANCE);
	}

	private static Map<String, String> registered(Service service) {
		return cloudMap.client()
			.getInstance((request) -> request.serviceId(service.id()).instanceId(INSTANCE))
			.instance()
			.attributes();
	}

	private static void refused(Service service, Map<String, String> attributes) {
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> cloudMap.client()
			.registerInstance(
					(request) -> request.serviceId(service.id()).instanceId("refused").attributes(attributes)));
	}

	@ParameterizedTest
	@CsvSource({ "MULTIVALUE A, AWS_INSTANCE_IPV4=10.0.0.1", "WEIGHTED A, AWS_INSTANCE_IPV4=255.255.255.255",
			"MULTIVALUE AAAA, AWS_INSTANCE_IPV6=2001:db8::44",
			"MULTIVALUE AAAA, AWS_INSTANCE_IPV6=2001:0db8:85a3:0000:0000:abcd:0001:2345",
			"MULTIVALUE A AAAA, AWS_INSTANCE_IPV4=10.0.0.1 AWS_INSTANCE_IPV6=2001:db8::44",
			"MULTIVALUE SRV, AWS_INSTANCE_IPV4=10.0.0.1 AWS_INSTANCE_PORT=1",
			"MULTIVALUE SRV, AWS_INSTANCE_IPV6=2001:db8::44 AWS_INSTANCE_PORT=65535",
			"MULTIVALUE SRV, AWS_INSTANCE_IPV4=10.0.0.1 AWS_INSTANCE_IPV6=2001:db8::44 AWS_INSTANCE_PORT=8080",
			"WEIGHTED CNAME, AWS_INSTANCE_CNAME=worker.example.com",
			"MULTIVALUE A, AWS_INSTANCE_IPV4=10.0.0.1 AWS_INSTANCE_PORT=8080 color=blue" })
	void acceptsAttributesRequiredByRecords(String records, String attributes) {
		taken(serviceWith(records), attributes(attributes));
	}

	@ParameterizedTest
	@CsvSource({ "MULTIVALUE A, color=blue", "MULTIVALUE A, AWS_INSTANCE_IPV6=2001:db8::44",
			"MULTIVALUE A, AWS_INSTANCE_CNAME=worker.example.com", "MULTIVALUE AAAA, AWS_INSTANCE_IPV4=10.0.0.1",
			"MULTIVALUE A AAAA, AWS_INSTANCE_IPV4=10.0.0.1", "MULTIVALUE A AAAA, AWS_INSTANCE_IPV6=2001:db8::44",
			"MULTIVALUE SRV, AWS_INSTANCE_IPV4=10.0.0.1", "MULTIVALUE SRV, AWS_INSTANCE_PORT=8080",
			"WEIGHTED CNAME, AWS_INSTANCE_IPV4=10.0.0.1" })
	void rejectsMissingAttributesRequiredByRecords(String records, String attributes) {
		refused(serviceWith(records), attributes(attributes));
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0", "10.0.0.256", "10.0.0.1.2", "localhost", "2001:db8::44", "10.0.0.1/8" })
	void rejectsInvalidIpv4Address(String value) {
		refused(serviceWith("MULTIVALUE A"), Map.of("AWS_INSTANCE_IPV4", value));
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.1", "2001:db8::g", "2001:db8", "1:2:3:4:5:6:7:8:9", "localhost" })
	void rejectsInvalidIpv6Address(String value) {
		refused(serviceWith("MULTIVALUE AAAA"), Map.of("AWS_INSTANCE_IPV6", value));
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1", "65536", "http", "80.5", "" })
	void rejectsInvalidPort(String value) {
		refused(serviceWith("MULTIVALUE SRV"), Map.of("AWS_INSTANCE_IPV4", "10.0.0.1", "AWS_INSTANCE_PORT", value));
	}

	@Test
	void rejectsMissingPortRequiredByHealthCheck() {
		Service service = cloudMap.createService(cloudMap.publicNamespace(),
				(request) -> request.healthCheckConfig((check) -> check.type(HealthCheckType.TCP))
					.dnsConfig((dns) -> dns.routingPolicy(RoutingPolicy.MULTIVALUE)
						.dnsRecords(CloudMapUnderTest.records(60, RecordType.A))));
		refused(service, Map.of("AWS_INSTANCE_IPV4", "10.0.0.1"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a..b", ".example.com", "" })
	void rejectsInvalidCname(String value) {
		refused(serviceWith("WEIGHTED CNAME"), Map.of("AWS_INSTANCE_CNAME", value));
	}

	@Test
	void acceptsAliasOnlyForWeightedAddresses() {
		Map<String, String> alias = Map.of("AWS_ALIAS_DNS_NAME", "balancer-1.us-east-1.elb.amazonaws.com");
		refused(serviceWith("MULTIVALUE A"), alias);
		refused(serviceWith("MULTIVALUE SRV"), alias);
		refused(serviceWith("WEIGHTED CNAME"), alias);
	}

	@ParameterizedTest
	@ValueSource(strings = { "AWS_INSTANCE_IPV4=10.0.0.1", "AWS_INSTANCE_IPV6=2001:db8::44", "AWS_INSTANCE_PORT=80",
			"AWS_INSTANCE_CNAME=worker.example.com" })
	void acceptsAliasOnlyWithoutAddress(String address) {
		Map<String, String> attributes = attributes(address);
		attributes.put("AWS_ALIAS_DNS_NAME", "balancer-1.us-east-1.elb.amazonaws.com");
		refused(serviceWith("WEIGHTED A"), attributes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "WEIGHTED A", "WEIGHTED AAAA", "WEIGHTED A AAAA" })
	void acceptsAliasForWeightedAddresses(String records) {
		cloudMap.assumePlaceholderResources();
		taken(serviceWith(records),
				Map.of("AWS_ALIAS_DNS_NAME", "balancer-1.us-east-1.elb.amazonaws.com", "color", "blue"));
	}

	@Test
	void addsAddressOfEc2Instance() {
		cloudMap.assumePlaceholderResources();
		Service service = cloudMap.createHttpService();
		Map<String, String> attributes = Map.of("AWS_EC2_INSTANCE_ID", "i-0abcdef1234567890", "AWS_INIT_HEALTH_STATUS",
				"UNHEALTHY");
		cloudMap.register(service, INSTANCE, attributes);
		cloudMap.eventually(() -> assertThat(registered(service)).containsAllEntriesOf(attributes)
			.hasEntrySatisfying("AWS_INSTANCE_IPV4", (address) -> assertThat(address).matches("\\d+(\\.\\d+){3}")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "AWS_INSTANCE_IPV4=10.0.0.1", "AWS_INSTANCE_IPV6=2001:db8::44", "AWS_INSTANCE_PORT=80",
			"AWS_INSTANCE_CNAME=worker.example.com", "color=blue" })
	void acceptsEc2InstanceOnlyWithoutOtherAddresses(String other) {
		Map<String, String> attributes = attributes(other);
		attributes.put("AWS_EC2_INSTANCE_ID", "i-0abcdef1234567890");
		refused(cloudMap.createHttpService(), attributes);
	}

	@Test
	void acceptsEc2InstanceOnlyInHttpNamespace() {
		refused(serviceWith("MULTIVALUE A"), Map.of("AWS_EC2_INSTANCE_ID", "i-0abcdef1234567890"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEALTHY", "UNHEALTHY" })
	void acceptsInitialHealthWithCustomCheck(String health) {
		taken(cloudMap.createHttpService(), Map.of("AWS_INIT_HEALTH_STATUS", health));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SICK", "UNKNOWN", "healthy", "" })
	void rejectsInvalidInitialHealth(String health) {
		refused(cloudMap.createHttpService(), Map.of("AWS_INIT_HEALTH_STATUS", health));
	}

	@Test
	void rejectsInitialHealthWithoutCustomCheck() {
		Service service = cloudMap.createService(cloudMap.httpNamespace(), (request) -> {
		});
		refused(service, Map.of("AWS_INIT_HEALTH_STATUS", "HEALTHY"));
	}

	@Test
	void acceptsNoAttributesInHttpNamespace() {
		taken(cloudMap.createHttpService(), Map.of());
	}

	@Test
	void acceptsEveryKeyAndValueOfTheModel() {
		taken(cloudMap.createHttpService(), Map.of("!key~", "!value~", "blank", "a b", "tab", "a\tb", "empty", "",
				"trailing", "a ", "k".repeat(255), "v".repeat(1024)));
	}

	@Test
	void limitsNumberOfCustomAttributes() {
		Service service = serviceWith("MULTIVALUE SRV");
		Map<String, String> attributes = attributes("AWS_INSTANCE_IPV4=10.0.0.1 AWS_INSTANCE_PORT=8080");
		for (int i = 0; i < 30; i++) {
			attributes.put("custom" + i, "value" + i);
		}
		taken(service, attributes);
		attributes.put("onemore", "");
		refused(service, attributes);
	}

	@Test
	void limitsTotalSizeOfAttributes() {
		Service service = cloudMap.createHttpService();
		Map<String, String> attributes = new HashMap<>();
		for (int i = 0; i < 5; i++) {
			attributes.put("k" + i, "v".repeat(998));
		}
		taken(service, attributes);
		attributes.put("k0", "v".repeat(999));
		refused(service, attributes);
	}

	@Test
	void rejectedRegistrationKeepsPreviousOne() {
		Service service = serviceWith("MULTIVALUE A AAAA");
		Map<String, String> attributes = attributes("AWS_INSTANCE_IPV4=10.0.0.1 AWS_INSTANCE_IPV6=2001:db8::44");
		cloudMap.register(service, INSTANCE, attributes);
		assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> cloudMap.client()
			.registerInstance((request) -> request.serviceId(service.id())
				.instanceId(INSTANCE)
				.attributes(Map.of("AWS_INSTANCE_IPV4", "10.0.0.2"))));
		cloudMap.eventually(() -> assertThat(registered(service)).isEqualTo(attributes));
		cloudMap.deregister(service, INSTANCE);
	}

}
