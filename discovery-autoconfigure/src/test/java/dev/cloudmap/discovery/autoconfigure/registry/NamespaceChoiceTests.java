package dev.cloudmap.discovery.autoconfigure.registry;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceSummary;
import software.amazon.awssdk.services.servicediscovery.model.NamespaceType;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.DiscoveryFailureAnalyzer;
import dev.cloudmap.discovery.autoconfigure.client.DiscoveryClientAutoConfiguration;
import dev.cloudmap.discovery.client.CatalogDiscoveryClient;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.registry.RegistryOptions;
import dev.cloudmap.registry.RegistryServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Applications in two VPCs, each of which has a namespace of the same name.
 */
class NamespaceChoiceTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final RegistryServer server = RegistryServer
		.start(RegistryOptions.defaults().withHttpPort(0).withDnsPort(0));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RegistryAutoConfiguration.class,
				DiscoveryClientAutoConfiguration.class, UtilAutoConfiguration.class))
		.withSystemProperties("aws.accessKeyId=test", "aws.secretAccessKey=test")
		.withPropertyValues("discovery.namespace=corp", "discovery.cloud-map.endpoint=" + this.server.endpoint(),
				"discovery.lookup.timeout=30s",
				"discovery.lookup.dns.servers=127.0.0.1:" + this.server.dnsAddress().getPort());

	@BeforeEach
	void registerInBoth() {
		this.runner.run((context) -> {
			ServiceDiscoveryClient client = context.getBean(ServiceDiscoveryClient.class);
			client.createPrivateDnsNamespace((request) -> request.name("corp").vpc("vpc-1"));
			client.createPrivateDnsNamespace((request) -> request.name("corp").vpc("vpc-2"));
		});
		register("vpc-1", "10.0.0.1");
		register("vpc-2", "10.0.0.2");
	}

	private void register(String vpc, String address) {
		this.runner.withPropertyValues("discovery.cloud-map.vpc=" + vpc)
			.run((context) -> register(context.getBean(Registry.class), address));
	}

	private static void register(Registry registry, String address) {
		registry.register(new InstanceRegistration(WORKER, "i-1", address, 8080, Map.of(),
				new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void findsInstancesOfOwnVpc() {
		assertThat(find("discovery.cloud-map.vpc=vpc-1")).isEqualTo("10.0.0.1");
		assertThat(find("discovery.cloud-map.vpc=vpc-2")).isEqualTo("10.0.0.2");
	}

	@Test
	void missingNamespaceInVpcDoesNotFindInstancesOfOtherVpcs() {
		assertThat(find("discovery.cloud-map.vpc=vpc-3")).isEmpty();
	}

	/**
	 * Returns the hosts that a lookup finds as the first operation on the registry.
	 */
	private String find(String property) {
		StringBuilder found = new StringBuilder();
		this.runner.withPropertyValues(property)
			.run((context) -> context.getBean(CatalogDiscoveryClient.class)
				.getInstances("worker")
				.stream()
				.map(ServiceInstance::getHost)
				.forEach(found::append));
		return found.toString();
	}

	@Test
	void ignoresBlankVpcOrNamespaceId() {
		this.runner
			.withPropertyValues("discovery.cloud-map.vpc=${VPC_ID:}",
					"discovery.cloud-map.namespace-ids=${NAMESPACE_ID:}")
			.run((context) -> assertThatThrownBy(() -> context.getBean(Registry.class).services(WORKER.namespace()))
				.hasMessageContaining("There are 2 namespaces named 'corp'"));
		this.runner.withPropertyValues("discovery.cloud-map.create=namespaces", "discovery.cloud-map.vpc=${VPC_ID:}")
			.run((context) -> {
				context.getBean(Registry.class)
					.register(new InstanceRegistration(new ServiceName(new Namespace("new"), "worker"), "i-1",
							"10.0.0.1", 8080, Map.of(),
							new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10))));
				assertThat(context.getBean(ServiceDiscoveryClient.class).listNamespaces().namespaces())
					.filteredOn((namespace) -> namespace.name().equals("new"))
					.extracting(NamespaceSummary::type)
					.containsExactly(NamespaceType.HTTP);
			});
	}

	@Test
	void arnSelectsNamespaceOfAnotherAccount() {
		StringBuilder arn = new StringBuilder();
		this.runner.withSystemProperties("aws.accessKeyId=111122223333").run((context) -> {
			ServiceDiscoveryClient owner = context.getBean(ServiceDiscoveryClient.class);
			owner.createHttpNamespace((request) -> request.name("corp"));
			owner.listNamespaces()
				.namespaces()
				.stream()
				.filter((namespace) -> namespace.resourceOwner().equals("111122223333"))
				.forEach((namespace) -> arn.append(namespace.arn()));
		});
		String selection = "discovery.cloud-map.namespace-ids=" + arn;
		this.runner.withPropertyValues(selection)
			.run((context) -> register(context.getBean(Registry.class), "10.0.0.3"));
		assertThat(find(selection)).isEqualTo("10.0.0.3");
		assertThat(find("discovery.cloud-map.vpc=vpc-1")).isEqualTo("10.0.0.1");
	}

	@Test
	void arnOfAnotherResourceIsAnalyzed() {
		this.runner
			.withPropertyValues(
					"discovery.cloud-map.namespace-ids=arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-1")
			.run((context) -> {
				FailureAnalysis analysis = new DiscoveryFailureAnalyzer().analyze(context.getStartupFailure());
				assertThat(analysis).isNotNull();
				assertThat(analysis.getDescription()).contains("discovery.cloud-map.namespace-ids",
						":namespace/<id>, found arn:aws:servicediscovery:eu-west-1:111122223333:service/srv-1");
				assertThat(analysis.getAction()).contains("aws servicediscovery list-namespaces");
			});
	}

	@Test
	void unselectedNamespaceOfAnotherAccountIsAnalyzed() {
		this.runner.withSystemProperties("aws.accessKeyId=111122223333")
			.withPropertyValues("discovery.namespace=shared")
			.run((context) -> context.getBean(ServiceDiscoveryClient.class)
				.createHttpNamespace((request) -> request.name("shared")));
		this.runner.run((context) -> {
			InstanceRegistration registration = new InstanceRegistration(
					new ServiceName(new Namespace("shared"), "worker"), "i-1", "10.0.0.1", 8080, Map.of(),
					new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10)));
			FailureAnalysis analysis = new DiscoveryFailureAnalyzer()
				.analyze(catchThrowable(() -> context.getBean(Registry.class).register(registration)));
			assertThat(analysis).isNotNull();
			assertThat(analysis.getDescription()).contains("CreateService with NamespaceNotFound");
			assertThat(analysis.getAction())
				.matches("If another AWS account shares .* set discovery.cloud-map.namespace-ids to"
						+ " arn:aws:servicediscovery:[a-z0-9-]+:111122223333:namespace/ns-.*");
		});
	}

	@Test
	void ambiguousNamespaceFailsWithCandidates() {
		this.runner.withPropertyValues("discovery.lookup.mode=api")
			.run((context) -> assertThatThrownBy(
					() -> context.getBean(CatalogDiscoveryClient.class).getInstances("worker"))
				.hasMessageContaining("There are 2 namespaces named 'corp'")
				.hasMessageContaining("discovery.cloud-map.namespace-ids"));
	}

}
