package dev.cloudmap.discovery.autoconfigure.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.registry.RegistryAutoConfiguration;
import dev.cloudmap.discovery.change.AutoSignal;
import dev.cloudmap.discovery.change.ChangeSignal;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.change.ChangeSignal.Subscription;
import dev.cloudmap.discovery.change.NoSignal;
import dev.cloudmap.discovery.change.RevisionSignal;
import dev.cloudmap.discovery.change.WatchSignal;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SignalConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(RegistryAutoConfiguration.class, DiscoveryClientAutoConfiguration.class))
		.withPropertyValues("discovery.namespace=corp", "discovery.embedded.http-port=0",
				"discovery.embedded.dns-port=0");

	@Test
	void propertySelectsChangeSignal() {
		this.runner.run((context) -> assertThat(context.getBean(ChangeSignal.class)).isInstanceOf(AutoSignal.class));
		Map.of("watch", WatchSignal.class, "revision", RevisionSignal.class, "none", NoSignal.class, "auto",
				AutoSignal.class)
			.forEach((name, type) -> this.runner.withPropertyValues("discovery.lookup.signal=" + name)
				.run((context) -> assertThat(context.getBean(ChangeSignal.class)).isInstanceOf(type)));
	}

	@Test
	void watchNotifiesChangesWithoutPolling() {
		this.runner.run((context) -> {
			Registry registry = context.getBean(Registry.class);
			AtomicInteger told = new AtomicInteger();
			Subscription subscription = context.getBean(ChangeSignal.class)
				.subscribe(new ServiceName(new Namespace("corp"), "Other"), told::incrementAndGet);
			ServiceName other = new ServiceName(new Namespace("corp"), "other");
			registry.register(new InstanceRegistration(other, "i-1", "127.0.0.1", 1, Map.of(),
					new ServiceDefinition(Set.of(RecordType.A), Duration.ofSeconds(10))));
			await().until(() -> subscription.coverage() == Coverage.FULL);
			int before = told.get();
			registry.deregister(other, "i-1");
			await().until(() -> told.get() > before);
			assertThat(registry.calls().of("DiscoverInstancesRevision").calls()).isZero();
		});
	}

	@Test
	void dnsModeRequiresNoCredentials() {
		FakeRegistry registry = new FakeRegistry();
		this.runner.withBean(Registry.class, () -> registry)
			.withPropertyValues("discovery.lookup.mode=dns", "discovery.lookup.refresh=50ms")
			.run((context) -> {
				Subscription subscription = context.getBean(ChangeSignal.class)
					.subscribe(new ServiceName(new Namespace("corp"), "other"), () -> {
					});
				await().during(Duration.ofMillis(300)).until(() -> registry.calls.equals(List.of("watch corp")));
				assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
			});
	}

}
