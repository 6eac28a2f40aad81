package dev.cloudmap.discovery.application;

import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.cloud.client.serviceregistry.endpoint.ServiceRegistryEndpoint;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.MapPropertySource;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.autoconfigure.properties.DiscoveryProperties;
import dev.cloudmap.discovery.lifecycle.RegistrationMoment;
import dev.cloudmap.discovery.registration.DiscoveryAutoServiceRegistration;
import dev.cloudmap.discovery.registration.RegistrationStateEvent;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * The time at which an application is registered, and events that do not affect it.
 */
@Tag("slow")
class RegistrationMomentIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Applications applications = new Applications();

	@AfterEach
	void stop() {
		this.applications.close();
	}

	@Test
	void registersWhenApplicationIsReady() {
		ConfigurableApplicationContext worker = start();
		Observer observer = worker.getBean(Observer.class);
		awaitPhase(worker, Phase.REGISTERED);
		assertThat(observer.phaseInRunner).isEqualTo(Phase.WAITING);
		assertThat(observer.registeredInRunner).isFalse();
		worker.close();
		assertThat(observer.phases).startsWith(Phase.REGISTERING)
			.contains(Phase.REGISTERED)
			.endsWith(Phase.DEREGISTERED);
	}

	@Test
	void registersWhenWebServerListensIfConfigured() {
		ConfigurableApplicationContext worker = start("discovery.registration.when=web-server");
		assertThat(worker.getBean(Observer.class).registeredInRunner).isTrue();
		assertThat(worker.getBean(Observer.class).phases).doesNotContain(Phase.OUT_OF_SERVICE);
	}

	@Test
	void deregistersIfStartFailsAfterWebServerListens() {
		ConfigurableApplicationContext other = start();
		assertThatThrownBy(() -> this.applications.start(FailingLater.class, WebApplicationType.SERVLET, "failing",
				"discovery.registration.when=web-server", "discovery.registration.lease=1h"))
			.hasStackTraceContaining("registered, and no more");
		assertThat(
				other.getBean(Registry.class).discover(new ServiceName(new Namespace("corp"), "failing")).instances())
			.isEmpty();
	}

	@Test
	void unresponsiveRegistryDoesNotDelayStart() throws Exception {
		// accepts connections and never responds
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			ConfigurableApplicationContext worker = start("discovery.registry=cloud-map",
					"discovery.cloud-map.endpoint=http://127.0.0.1:" + silent.getLocalPort(),
					"discovery.registration.host=127.0.0.1");
			// the application has started before its first call to the registry has ended
			assertThat(state(worker).phase()).isIn(Phase.WAITING, Phase.REGISTERING);
			assertThat(state(worker).problem()).isNull();
		}
	}

	@Test
	void contextEventsDoNotChangeRegistration() {
		ConfigurableApplicationContext worker = start();
		awaitPhase(worker, Phase.REGISTERED);
		RegistrationState registered = state(worker);
		try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
			child.setParent(worker);
			child.refresh();
		}
		worker.publishEvent(new EnvironmentChangeEvent(worker, Set.of("any.key")));
		worker.pause();
		worker.restart();
		worker.getBeanProvider(ContextRefresher.class).ifAvailable(ContextRefresher::refresh);
		assertThat(state(worker)).isEqualTo(registered);
		assertThat(worker.getBean(Observer.class).phases).doesNotContain(Phase.DEREGISTERED);
		assertThat(worker.getBean(DiscoveryAutoServiceRegistration.class).isPauseable()).isFalse();
	}

	@Test
	void changedMetadataUpdatesRegistration() {
		ConfigurableApplicationContext worker = start("discovery.registration.metadata.color=blue");
		awaitPhase(worker, Phase.REGISTERED);
		RegistrationState before = state(worker);
		worker.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("changed", Map.of("discovery.registration.metadata.color", "green")));
		worker.publishEvent(new EnvironmentChangeEvent(worker, Set.of("discovery.registration.metadata.color")));
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(worker.getBean(Registry.class)
				.attributes(before.instance().service(), before.instance().instanceId())
				.orElseThrow()).containsEntry("color", "green"));
		assertThat(state(worker).instance().instanceId()).isEqualTo(before.instance().instanceId());
		assertThat(worker.getBean(Observer.class).phases).doesNotContain(Phase.DEREGISTERED);
	}

	@Test
	void failingListenerDoesNotPreventRegistration() {
		ConfigurableApplicationContext worker = this.applications.start(FailingListener.class, WebApplicationType.NONE,
				"worker", "discovery.registration.port=80");
		awaitPhase(worker, Phase.REGISTERED);
	}

	@Test
	void unregisteredApplicationReceivesRegisteredEvent() {
		ConfigurableApplicationContext caller = start("discovery.registration.enabled=false");
		assertThat(caller.getBean(Observer.class).announcements).hasValue(1);
		assertThat(caller.getBean(HealthEndpoint.class).healthForPath("discoveryComposite", "discoveryClient"))
			.satisfies((health) -> assertThat(health.getStatus()).isEqualTo(Status.UP));
	}

	@Test
	void registersBesideAnotherRegistry() {
		ConfigurableApplicationContext worker = this.applications.start(TwoRegistries.class, WebApplicationType.SERVLET,
				"worker", "management.endpoints.web.exposure.include=serviceregistry");
		awaitPhase(worker, Phase.REGISTERED);
		assertThat(worker.getBean(Registration.class).getServiceId()).isEqualTo("elsewhere");
		assertThat(worker.getBeansOfType(AutoServiceRegistration.class)).hasSize(2);
		assertThat(worker.getBean(ServiceRegistryEndpoint.class).getStatus().getBody()).isEqualTo("UP elsewhere");
	}

	private ConfigurableApplicationContext start(String... properties) {
		return this.applications.start(Observer.class, WebApplicationType.SERVLET, "worker", properties);
	}

	private static void awaitPhase(ConfigurableApplicationContext context, Phase phase) {
		await().atMost(LIMIT).until(() -> state(context).phase() == phase);
	}

	private static RegistrationState state(ConfigurableApplicationContext context) {
		return context.getBean(RegistrationReconciler.class).state();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Observer {

		private final List<Phase> phases = new CopyOnWriteArrayList<>();

		private volatile Phase phaseInRunner;

		private volatile boolean registeredInRunner;

		private final AtomicInteger announcements = new AtomicInteger();

		@EventListener
		void on(RegistrationStateEvent event) {
			this.phases.add(event.getState().phase());
		}

		@EventListener
		void on(InstanceRegisteredEvent<?> event) {
			this.announcements.incrementAndGet();
		}

		@Bean
		ApplicationRunner runner(ObjectProvider<RegistrationReconciler> registration, Registry registry,
				DiscoveryProperties properties) {
			return (arguments) -> registration.ifAvailable((reconciler) -> {
				this.phaseInRunner = reconciler.state().phase();
				if (properties.registration().when() == RegistrationMoment.WEB_SERVER) {
					await().atMost(LIMIT).until(() -> reconciler.state().isHeld());
				}
				RegistrationState state = reconciler.state();
				this.registeredInRunner = state.isHeld()
						&& registry.attributes(state.instance().service(), state.instance().instanceId()).isPresent();
			});
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class FailingLater {

		@Bean
		SmartLifecycle failing(RegistrationReconciler reconciler) {
			return new SmartLifecycle() {

				@Override
				public void start() {
					await().atMost(LIMIT).until(() -> reconciler.state().isHeld());
					throw new IllegalStateException("registered, and no more");
				}

				@Override
				public void stop() {
				}

				@Override
				public boolean isRunning() {
					return false;
				}

				@Override
				public int getPhase() {
					return DEFAULT_PHASE - 1;
				}

			};
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class FailingListener {

		@EventListener
		void on(RegistrationStateEvent event) {
			throw new IllegalStateException("cannot bear " + event.getState().phase());
		}

	}

	/**
	 * An application with the client of another registry on the class path.
	 */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class TwoRegistries {

		@Bean
		Registration otherRegistration() {
			DefaultServiceInstance instance = new DefaultServiceInstance("id", "elsewhere", "localhost", 80, false);
			return (Registration) Proxy.newProxyInstance(getClass().getClassLoader(),
					new Class<?>[] { Registration.class },
					(proxy, method, arguments) -> method.invoke(instance, arguments));
		}

		@Bean
		AutoServiceRegistration otherAutoServiceRegistration() {
			return new AutoServiceRegistration() {
			};
		}

		@Bean
		ServiceRegistry<Registration> otherServiceRegistry() {
			return new ServiceRegistry<>() {

				@Override
				public void register(Registration registration) {
				}

				@Override
				public void deregister(Registration registration) {
				}

				@Override
				public void close() {
				}

				@Override
				public void setStatus(Registration registration, String status) {
				}

				@Override
				@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
				public <T> T getStatus(Registration registration) {
					return (T) ("UP " + registration.getServiceId());
				}

			};
		}

	}

}
