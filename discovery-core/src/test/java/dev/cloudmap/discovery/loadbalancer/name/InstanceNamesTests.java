package dev.cloudmap.discovery.loadbalancer.name;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.loadbalancer.outlier.InstanceKey;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests {@link InstanceNames}.
 */
class InstanceNamesTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private final InstanceNames names = new InstanceNames();

	@Test
	void nameInDnsLeadsToTheAddress() throws UnknownHostException {
		CatalogServiceInstance called = name(instance("i-1", "10.0.0.1", Map.of())).get(0);
		assertThat(called.getHost()).isEqualTo("i-1.worker.corp");
		assertThat(called.getUri()).hasToString("http://i-1.worker.corp:8080");
		assertThat(called.isCalledByName()).isTrue();
		assertThat(this.names.address("I-1.worker.corp")).isEqualTo(InetAddress.getByName("10.0.0.1"));
		assertThat(this.names.address("i-2.worker.corp")).isNull();
	}

	@Test
	void attributeTakesPrecedence() {
		assertThat(hosts(instance("i-1", "10.0.0.1", Map.of("discovery.tls-name", "a.example.com"))))
			.containsExactly("a.example.com");
		assertThat(this.names.address("a.example.com")).isNotNull();
	}

	@Test
	void attributeIsIgnoredIfItIsInvalidOrNotUnique() {
		assertThat(hosts(instance("i-1", "10.0.0.1", Map.of("discovery.tls-name", "a b")),
				instance("i-2", "10.0.0.2", Map.of("discovery.tls-name", "shared")),
				instance("i-3", "10.0.0.3", Map.of("discovery.tls-name", "shared"))))
			.containsExactly("i-1.worker.corp", "shared", "i-3.worker.corp");
	}

	@Test
	void instancesAtOneAddressMayShareAName() {
		assertThat(hosts(instance("i-1", "127.0.0.1", Map.of("discovery.tls-name", "localhost")),
				instance("i-2", "127.0.0.1", Map.of("discovery.tls-name", "localhost"))))
			.containsExactly("localhost", "localhost");
	}

	@Test
	void instanceWithoutAValidNameIsCalledByItsAddress() {
		CatalogServiceInstance called = name(instance("i_1", "10.0.0.1", Map.of())).get(0);
		assertThat(called.getHost()).isEqualTo("10.0.0.1");
		assertThat(called.isCalledByName()).isFalse();
	}

	@Test
	void instanceThatHasANameKeepsIt() {
		assertThat(hosts(instance("i-1", "lb.example.com", Map.of()))).containsExactly("lb.example.com");
		assertThat(this.names.address("lb.example.com")).isNull();
	}

	@Test
	void namesOfThePreviousListStillResolve() {
		name(instance("i-1", "10.0.0.1", Map.of()));
		name(instance("i-2", "10.0.0.2", Map.of()));
		assertThat(this.names.address("i-1.worker.corp")).isNotNull();
		name(instance("i-3", "10.0.0.3", Map.of()));
		assertThat(this.names.address("i-1.worker.corp")).isNull();
		assertThat(this.names.address("i-2.worker.corp")).isNotNull();
	}

	@Test
	void nameDoesNotChangeTheIdentityOfAnInstance() {
		CatalogServiceInstance instance = instance("i-1", "::1", Map.of());
		CatalogServiceInstance called = name(instance).get(0);
		assertThat(called).isEqualTo(instance);
		assertThat(InstanceKey.of(called)).isEqualTo(InstanceKey.of(instance));
	}

	@Test
	void failureToResolveANameIsExplained() {
		CatalogServiceInstance instance = instance("i-1", "10.0.0.1", Map.of());
		CatalogServiceInstance called = name(instance).get(0);
		IllegalStateException failure = new IllegalStateException(new UnknownHostException("i-1.worker.corp"));
		assertThat(UnresolvedNameException.of(called, failure))
			.hasMessageContaining("can't resolve 'i-1.worker.corp', the name of instance i-1 of worker.corp")
			.hasCause(failure);
		assertThat(UnresolvedNameException.of(instance, failure)).isNull();
		assertThat(UnresolvedNameException.of(called, new IllegalStateException("refused"))).isNull();
	}

	private List<String> hosts(CatalogServiceInstance... instances) {
		return name(instances).stream().map(CatalogServiceInstance::getHost).toList();
	}

	private List<CatalogServiceInstance> name(CatalogServiceInstance... instances) {
		Map<ServiceInstance, CatalogServiceInstance> named = this.names.name(WORKER, List.of(instances));
		return Arrays.stream(instances).map(named::get).toList();
	}

	private static CatalogServiceInstance instance(String id, String host, Map<String, String> attributes) {
		return new CatalogServiceInstance(new Instance(WORKER, id, host, 8080, HealthStatus.HEALTHY, attributes));
	}

}
