package dev.cloudmap.discovery.autoconfigure.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.registration.RegistrationAutoConfiguration;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@link HeartbeatEvent Heartbeat events} for listeners such as those of Spring Boot
 * Admin and Spring Cloud Gateway.
 */
class HeartbeatTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class,
						RegistrationAutoConfiguration.class, UtilAutoConfiguration.class,
						SimpleDiscoveryClientAutoConfiguration.class, CompositeDiscoveryClientAutoConfiguration.class))
		.withPropertyValues("spring.application.name=backend", "discovery.namespace=corp",
				"discovery.registration.enabled=false", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0", "discovery.lookup.timeout=30s")
		.withBean(Listener.class);

	@Test
	void publishesAddedAndRemovedServicesWithoutLookup() {
		this.runner.run((context) -> {
			Listener listener = context.getBean(Listener.class);
			register(context, "worker", "a");
			register(context, "printer", "b");
			await().until(() -> listener.lastSeen().equals(List.of("printer", "worker")));
			deregister(context, "worker", "a");
			await().until(() -> listener.lastSeen().equals(List.of("printer")));
			assertThat(listener.values).doesNotHaveDuplicates();
			assertThat(listener.threads).allMatch((name) -> name.startsWith("discovery-listeners"));
		});
	}

	@Test
	void publishesChangeOfServiceWithoutLookup() {
		this.runner.run((context) -> {
			Listener listener = context.getBean(Listener.class);
			register(context, "worker", "a");
			await().until(() -> listener.lastSeen().equals(List.of("worker")));
			int before = listener.values.size();
			register(context, "worker", "b");
			await().until(() -> listener.values.size() > before);
		});
	}

	@Test
	void blockedListenerDelaysNoLookupAndMissesNoChange() {
		this.runner.run((context) -> {
			Listener listener = context.getBean(Listener.class);
			CountDownLatch blocked = new CountDownLatch(1);
			CountDownLatch released = new CountDownLatch(1);
			listener.action = (client) -> {
				blocked.countDown();
				released.await(30, TimeUnit.SECONDS);
			};
			register(context, "worker", "a");
			assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
			DiscoveryClient client = context.getBean(DiscoveryClient.class);
			for (int i = 0; i < 10; i++) {
				register(context, "service-" + i, "i-" + i);
				assertThat(client.getInstances("service-" + i)).hasSize(1);
			}
			listener.action = (unused) -> {
			};
			released.countDown();
			await().until(() -> listener.lastSeen().size() == 11);
			assertThat(listener.values.size()).isLessThan(11);
		});
	}

	@Test
	void listenerCanLookUpServices() {
		this.runner.run((context) -> {
			Listener listener = context.getBean(Listener.class);
			List<Object> found = new CopyOnWriteArrayList<>();
			listener.action = (client) -> client.getServices()
				.forEach((service) -> found.addAll(client.getInstances(service)));
			for (int i = 0; i < 10; i++) {
				register(context, "service-" + i, "i-" + i);
			}
			await().until(() -> listener.lastSeen().size() == 10 && found.stream().distinct().count() >= 10);
		});
	}

	@Test
	void listenersOfParentAndChildReceiveEachEventOnce() {
		this.runner.run((parent) -> this.runner.withParent(parent).run((child) -> {
			Listener inParent = parent.getBean(Listener.class);
			Listener inChild = child.getBean(Listener.class);
			assertThat(inChild).isNotSameAs(inParent);
			child.getBean(DiscoveryClient.class).getInstances("worker");
			int before = inChild.values.size();
			register(parent, "worker", "a");
			await().until(() -> inChild.lastSeen().equals(List.of("worker")) && inChild.values.size() > before);
			await().until(() -> inParent.lastSeen().equals(List.of("worker")));
			await().untilAsserted(() -> assertThat(inChild.values).isSubsetOf(inParent.values));
			assertThat(inChild.values).doesNotHaveDuplicates();
			assertThat(inParent.values).doesNotHaveDuplicates();
		}));
	}

	private static void register(ApplicationContext context, String service, String id) {
		context.getBean(Registry.class)
			.register(new InstanceRegistration(name(service), id, "127.0.0.1", 8080, Map.of(),
					new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV), Duration.ofSeconds(10))));
	}

	private static void deregister(ApplicationContext context, String service, String id) {
		context.getBean(Registry.class).deregister(name(service), id);
	}

	private static ServiceName name(String service) {
		return new ServiceName(new Namespace("corp"), service);
	}

	static class Listener {

		final List<Object> values = new CopyOnWriteArrayList<>();

		final List<List<String>> seen = new CopyOnWriteArrayList<>();

		final List<String> threads = new CopyOnWriteArrayList<>();

		volatile Action action = (client) -> {
		};

		private final DiscoveryClient client;

		Listener(DiscoveryClient client) {
			this.client = client;
		}

		@EventListener
		void on(HeartbeatEvent event) throws Exception {
			this.values.add(event.getValue());
			this.threads.add(Thread.currentThread().getName());
			this.action.run(this.client);
			this.seen.add(this.client.getServices());
		}

		List<String> lastSeen() {
			return this.seen.isEmpty() ? List.of() : this.seen.get(this.seen.size() - 1);
		}

		interface Action {

			void run(DiscoveryClient client) throws Exception;

		}

	}

}
