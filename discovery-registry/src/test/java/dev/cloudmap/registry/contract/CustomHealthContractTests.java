package dev.cloudmap.registry.contract;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.servicediscovery.ServiceDiscoveryClient;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.CustomHealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.GetInstancesHealthStatusResponse;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatus;
import software.amazon.awssdk.services.servicediscovery.model.HealthStatusFilter;
import software.amazon.awssdk.services.servicediscovery.model.HttpInstanceSummary;
import software.amazon.awssdk.services.servicediscovery.model.InstanceNotFoundException;
import software.amazon.awssdk.services.servicediscovery.model.InvalidInputException;
import software.amazon.awssdk.services.servicediscovery.model.Service;
import software.amazon.awssdk.services.servicediscovery.model.ServiceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Custom health status of instances.
 */
class CustomHealthContractTests {

	@RegisterExtension
	static final CloudMapUnderTest cloudMap = new CloudMapUnderTest();

	private static ServiceDiscoveryClient client() {
		return cloudMap.client();
	}

	private static void report(String serviceId, String instanceId, CustomHealthStatus status) {
		client().updateInstanceCustomHealthStatus(
				(request) -> request.serviceId(serviceId).instanceId(instanceId).status(status));
	}

	private static Map<String, HealthStatus> status(String serviceId, String... instances) {
		return client().getInstancesHealthStatus(
				(request) -> request.serviceId(serviceId).instances((instances.length > 0) ? List.of(instances) : null))
			.status();
	}

	private static HealthStatus discovered(Service service, String instanceId) {
		return cloudMap.discover(service, (request) -> request.healthStatus(HealthStatusFilter.ALL))
			.instances()
			.stream()
			.filter((instance) -> instance.instanceId().equals(instanceId))
			.map(HttpInstanceSummary::healthStatus)
			.findFirst()
			.orElse(null);
	}

	@Test
	void returnsInitialHealth() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "silent", Map.of());
		cloudMap.register(service, "up", Map.of("AWS_INIT_HEALTH_STATUS", "HEALTHY"));
		cloudMap.register(service, "down", Map.of("AWS_INIT_HEALTH_STATUS", "UNHEALTHY"));
		cloudMap.eventually(() -> assertThat(status(service.id())).isEqualTo(
				Map.of("silent", HealthStatus.HEALTHY, "up", HealthStatus.HEALTHY, "down", HealthStatus.UNHEALTHY)));
	}

	@Test
	void acceptsHealthReports() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("one", "two"), Map.of());
		cloudMap.eventually(() -> assertThat(discovered(service, "one")).isEqualTo(HealthStatus.HEALTHY));
		report(service.id(), "one", CustomHealthStatus.UNHEALTHY);
		cloudMap.eventually(() -> assertThat(discovered(service, "one")).isEqualTo(HealthStatus.UNHEALTHY));
		assertThat(discovered(service, "two")).isEqualTo(HealthStatus.HEALTHY);
		report(service.id(), "one", CustomHealthStatus.HEALTHY);
		cloudMap.eventually(() -> assertThat(discovered(service, "one")).isEqualTo(HealthStatus.HEALTHY));
	}

	@Test
	void returnsReportedHealthByInstance() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("one", "two"), Map.of());
		report(service.id(), "one", CustomHealthStatus.UNHEALTHY);
		cloudMap.eventually(() -> assertThat(status(service.id()))
			.isEqualTo(Map.of("one", HealthStatus.UNHEALTHY, "two", HealthStatus.HEALTHY)));
		assertThat(status(service.id(), "one")).isEqualTo(Map.of("one", HealthStatus.UNHEALTHY));
	}

	@Test
	void acceptsServiceArn() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		report(service.arn(), "one", CustomHealthStatus.UNHEALTHY);
		cloudMap.eventually(() -> assertThat(status(service.arn())).isEqualTo(Map.of("one", HealthStatus.UNHEALTHY)));
		assertThat(status(service.arn(), "one")).isEqualTo(status(service.id(), "one"));
	}

	@Test
	void acceptsReportsInDnsNamespace() {
		Service service = cloudMap.createService(cloudMap.dnsNamespace(),
				(request) -> request.type("HTTP").healthCheckCustomConfig((check) -> {
				}));
		cloudMap.register(service, "one", Map.of("AWS_INIT_HEALTH_STATUS", "UNHEALTHY"));
		report(service.id(), "one", CustomHealthStatus.HEALTHY);
		cloudMap.eventually(() -> assertThat(status(service.id())).isEqualTo(Map.of("one", HealthStatus.HEALTHY)));
	}

	@Test
	void returnsHealthOfRequestedInstances() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("one", "two", "three"), Map.of());
		cloudMap.eventually(() -> assertThat(status(service.id())).hasSize(3));
		assertThat(status(service.id(), "one", "three")).containsOnlyKeys("one", "three");
	}

	@Test
	void returnsEachHealthOnceAcrossPages() {
		Service service = cloudMap.createHttpService();
		cloudMap.registerAll(service, List.of("a", "b", "c", "d", "e"), Map.of());
		cloudMap.eventually(() -> assertThat(status(service.id())).hasSize(5));
		Map<String, HealthStatus> seen = new HashMap<>();
		int entries = 0;
		String token = null;
		do {
			String nextToken = token;
			GetInstancesHealthStatusResponse page = client().getInstancesHealthStatus(
					(request) -> request.serviceId(service.id()).maxResults(2).nextToken(nextToken));
			assertThat(page.status()).hasSizeLessThanOrEqualTo(2);
			entries += page.status().size();
			seen.putAll(page.status());
			token = page.nextToken();
		}
		while (token != null);
		assertThat(seen).containsOnlyKeys("a", "b", "c", "d", "e");
		assertThat(entries).isEqualTo(5);
	}

	@Test
	void rejectsUnknownInstances() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		assertThatExceptionOfType(InstanceNotFoundException.class)
			.isThrownBy(() -> status(service.id(), "one", "none"));
		assertThatExceptionOfType(InstanceNotFoundException.class)
			.isThrownBy(() -> report(service.id(), "none", CustomHealthStatus.HEALTHY));
	}

	@Test
	void rejectsUnknownServices() {
		String unknown = CloudMapUnderTest.unknownId("srv");
		assertThatExceptionOfType(ServiceNotFoundException.class).isThrownBy(() -> status(unknown));
		assertThatExceptionOfType(ServiceNotFoundException.class)
			.isThrownBy(() -> report(unknown, "one", CustomHealthStatus.HEALTHY));
	}

	@Test
	void rejectsReportsWithoutCustomCheck() {
		Service service = cloudMap.createService(cloudMap.httpNamespace(), (request) -> {
		});
		cloudMap.register(service, "one", Map.of());
		cloudMap.eventually(() -> assertThat(discovered(service, "one")).isEqualTo(HealthStatus.UNKNOWN));
		assertThatExceptionOfType(CustomHealthNotFoundException.class)
			.isThrownBy(() -> report(service.id(), "one", CustomHealthStatus.HEALTHY));
	}

	@Test
	void rejectsInvalidHealth() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		assertThatExceptionOfType(InvalidInputException.class)
			.isThrownBy(() -> client().updateInstanceCustomHealthStatus(
					(request) -> request.serviceId(service.id()).instanceId("one").status("UNKNOWN")));
	}

	@Test
	void deregistrationRemovesReports() {
		Service service = cloudMap.createHttpService();
		cloudMap.register(service, "one", Map.of());
		report(service.id(), "one", CustomHealthStatus.UNHEALTHY);
		cloudMap.eventually(() -> assertThat(status(service.id())).isEqualTo(Map.of("one", HealthStatus.UNHEALTHY)));
		cloudMap.deregister(service, "one");
		cloudMap.eventually(() -> assertThat(status(service.id())).isEmpty());
	}

}
