package dev.cloudmap.discovery.test.autoconfigure;

import java.net.URI;
import java.time.Duration;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.servicediscovery.model.OperationStatus;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.TestContextManager;

import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.RegistryInfo;
import dev.cloudmap.discovery.test.StubInstance;
import dev.cloudmap.discovery.test.StubService;
import dev.cloudmap.discovery.test.TestRegistry;
import dev.cloudmap.discovery.test.docs.BackendApplication;
import dev.cloudmap.discovery.test.docs.BackendApplication.WorkerClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests applications whose test context has its own registry.
 */
class AutoConfigureDiscoveryRegistryTests {

	private static ApplicationContext context(Class<?> testClass) {
		return new TestContextManager(testClass).getTestContext().getApplicationContext();
	}

	@Test
	void testsWithTheSameConfigurationShareAContext() {
		ApplicationContext context = context(Caller.class);
		assertThat(context(SameCaller.class)).isSameAs(context);
		ApplicationContext likeAws = context(LikeAws.class);
		assertThat(likeAws.getBean(TestRegistry.class).httpEndpoint())
			.isNotEqualTo(context.getBean(TestRegistry.class).httpEndpoint());
	}

	@Test
	void registryClosesWithTheContextAfterDeregistration() {
		ConfigurableApplicationContext context = (ConfigurableApplicationContext) context(Closed.class);
		TestRegistry registry = context.getBean(TestRegistry.class);
		assertThat(registry).within(Duration.ofSeconds(30)).service("backend").hasInstances(1);
		context.close();
		assertThat(registry).within(Duration.ZERO).service("backend").exists().hasNoInstances();
		assertThatIllegalStateException().isThrownBy(registry::start);
	}

	@SpringBootTest(classes = BackendApplication.class)
	@AutoConfigureDiscoveryRegistry
	static class SameCaller {

	}

	@SpringBootTest(classes = BackendApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = "closed=true")
	@AutoConfigureDiscoveryRegistry
	static class Closed {

	}

	@Nested
	@SpringBootTest(classes = BackendApplication.class)
	@AutoConfigureDiscoveryRegistry
	class Caller {

		@Autowired
		TestRegistry registry;

		@Autowired
		DiscoveryClient discovery;

		@Autowired
		WorkerClient client;

		@Autowired
		Registry used;

		@RepeatedTest(5)
		void findsOnlyTheInstancesOfItsOwnTest() {
			StubInstance worker = this.registry.service("worker").instance().respondingWith(200, "hello");
			assertThat(this.client.work()).isEqualTo("hello");
			assertThat(this.discovery.getInstances("worker")).extracting(ServiceInstance::getUri)
				.containsExactly(worker.uri());
			this.registry.service("worker").instance();
			assertThat(this.discovery.getInstances("worker")).hasSize(2);
		}

		@Test
		void usesTheRegistryThroughTheApiAndDns() {
			RegistryInfo info = this.used.info();
			assertThat(URI.create(info.location())).isEqualTo(this.registry.httpEndpoint());
			assertThat(this.used.dnsServers()).containsExactly(this.registry.dnsAddress());
		}

		@Test
		void seesEachConditionOfAnInstance() {
			StubService worker = this.registry.service("worker");
			StubInstance first = worker.instance().respondingWith(200, "first");
			StubInstance second = worker.instance().respondingWith(200, "second");
			assertThat(this.discovery.getInstances("worker")).hasSize(2);
			first.unhealthy();
			assertThat(this.discovery.getInstances("worker")).extracting(ServiceInstance::getInstanceId)
				.containsExactly(second.id());
			first.healthy();
			second.deregistered();
			assertThat(this.discovery.getInstances("worker")).extracting(ServiceInstance::getInstanceId)
				.containsExactly(first.id());
			second.recovered();
			first.refusingConnections();
			for (int i = 0; i < 5; i++) {
				assertThat(this.client.work()).isEqualTo("second");
			}
			first.recovered();
			second.stopped();
			assertThat(this.client.work()).isEqualTo("first");
		}

		@Test
		void resetsTheRegistryAfterATestThatStopsIt() {
			this.registry.stop();
		}

	}

	@Nested
	@SpringBootTest(classes = BackendApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { "discovery.registry=embedded", "discovery.namespace=test.example",
					"discovery.cloud-map.create=none", "discovery.cloud-map.vpc=vpc-1",
					"discovery.cloud-map.namespace-ids[0]=ns-1", "discovery.lookup.dns.servers[0]=127.0.0.1:1" })
	@AutoConfigureDiscoveryRegistry
	class WithSettingsOfProduction {

		@Autowired
		TestRegistry registry;

		@Autowired
		WorkerClient client;

		@Test
		void usesTheRegistryOfTheTest() {
			assertThat(this.registry.namespace()).isEqualTo("test.example");
			this.registry.service("worker").instance().respondingWith(200, "hello");
			assertThat(this.client.work()).isEqualTo("hello");
			assertThat(this.registry).within(Duration.ofSeconds(30)).service("backend").hasHealthyInstances(1);
		}

	}

	@Nested
	@SpringBootTest(classes = BackendApplication.class)
	@AutoConfigureDiscoveryRegistry(likeAws = true)
	class LikeAws {

		@Autowired
		TestRegistry registry;

		@Autowired
		WorkerClient client;

		@Autowired
		Registry used;

		@Test
		void hasDelaysAndNoCapabilities() {
			this.registry.service("worker").instance().respondingWith(200, "hello");
			assertThat(this.client.work()).isEqualTo("hello");
			assertThat(this.used.info().capabilities()).isEmpty();
			String operation = this.registry.client()
				.createHttpNamespace((request) -> request.name("other"))
				.operationId();
			assertThat(this.registry.client()
				.getOperation((request) -> request.operationId(operation))
				.operation()
				.status()).isEqualTo(OperationStatus.SUBMITTED);
		}

	}

}
