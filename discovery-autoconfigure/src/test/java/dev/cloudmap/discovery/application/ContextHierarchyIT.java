package dev.cloudmap.discovery.application;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.client.discovery.event.InstanceRegisteredEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.util.StringUtils;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.httpclient.ClientBuilderPostProcessor;
import dev.cloudmap.discovery.httpclient.RestTemplateBuilderPostProcessor;
import dev.cloudmap.discovery.lifecycle.AvailabilityListener;
import dev.cloudmap.discovery.loadbalancer.timeout.RequestFactoryPostProcessor;
import dev.cloudmap.discovery.registration.health.ApplicationHealth;
import dev.cloudmap.discovery.registration.instance.RegistrationCustomizer;
import dev.cloudmap.discovery.registration.reconcile.RegistrationReconciler;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.Registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Context hierarchies in which a child context has the web server.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("slow")
class ContextHierarchyIT {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String FAIL_FAST = "--spring.cloud.service-registry.auto-registration.fail-fast=true";

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	@AfterEach
	void stop() {
		for (int i = this.contexts.size() - 1; i >= 0; i--) {
			this.contexts.get(i).close();
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { PlainWeb.class, AutoConfiguredWeb.class })
	void webChildIsRegisteredOnceUntilClosed(Class<?> web) {
		ConfigurableApplicationContext child = start(web, FAIL_FAST);
		ConfigurableApplicationContext parent = (ConfigurableApplicationContext) child.getParent();
		assertThat(child.getBean(RegistrationReconciler.class)).isSameAs(parent.getBean(RegistrationReconciler.class));
		awaitPhase(parent, Phase.REGISTERED);
		RegistrationState state = state(parent);
		assertThat(state.instance().port()).hasValue(port(child));
		assertThat(ids(parent)).containsExactly(state.instance().instanceId());
		AvailabilityChangeEvent.publish(child, ReadinessState.REFUSING_TRAFFIC);
		awaitPhase(parent, Phase.OUT_OF_SERVICE);
		AvailabilityChangeEvent.publish(child, ReadinessState.ACCEPTING_TRAFFIC);
		awaitPhase(parent, Phase.REGISTERED);
		child.close();
		assertThat(state(parent).phase()).isEqualTo(Phase.DEREGISTERED);
		assertThat(ids(parent)).isEmpty();
	}

	@Test
	void clientsOfAutoConfiguredChildHaveTimeouts() {
		ConfigurableApplicationContext child = start(AutoConfiguredWeb.class);
		assertThat(child.getBeanNamesForType(RequestFactoryPostProcessor.class)).hasSize(1);
		assertThat(child.getBeanNamesForType(ClientBuilderPostProcessor.class)).hasSize(1);
		assertThat(child.getBeanNamesForType(RestTemplateBuilderPostProcessor.class)).hasSize(1);
	}

	@Test
	void newWebChildReplacesClosedOneWithItsListenersAndSettings() {
		ConfigurableApplicationContext first = start(PlainWeb.class, "--discovery.registration.metadata.size=small");
		ConfigurableApplicationContext parent = (ConfigurableApplicationContext) first.getParent();
		awaitPhase(parent, Phase.REGISTERED);
		first.close();
		ConfigurableApplicationContext second = child(parent, PlainWeb.class, "--spring.application.name=shop",
				"--spring.application.version=2.0", "--server.servlet.context-path=/goods",
				"--discovery.registration.metadata.color=blue");
		await().atMost(LIMIT).until(() -> state(parent).phase() == Phase.REGISTERED);
		assertThat(state(parent).instance().port()).hasValue(port(second));
		assertThat(state(parent).instance().attributes()).containsEntry("customized", "by the child")
			.containsEntry("changed", "by a listener");
		assertThat(state(parent).instance().service().name()).isEqualTo("shop");
		assertThat(state(parent).instance().attributes()).containsEntry("version", "2.0")
			.containsEntry("context-path", "/goods")
			.containsEntry("management.context-path", "/goods/actuator")
			.containsEntry("color", "blue")
			.containsEntry("size", "small");
		await().atMost(LIMIT).until(() -> second.getBean(PlainWeb.class).events.size() == 2);
		assertThat(second.getBean(PlainWeb.class).events).containsExactly("pre-registered", "registered");
		parent.close();
		assertThat(second.isActive()).isFalse();
	}

	@Test
	void secondWebChildIsNotRegisteredAndLogsWarning(CapturedOutput output) {
		ConfigurableApplicationContext first = start(PlainWeb.class);
		ConfigurableApplicationContext parent = (ConfigurableApplicationContext) first.getParent();
		awaitPhase(parent, Phase.REGISTERED);
		ConfigurableApplicationContext second = child(parent, PlainWeb.class);
		assertThat(output).contains("The web server at port " + port(second) + " is not registered");
		second.close();
		parent.getBean(AvailabilityListener.class).readAvailability();
		assertThat(parent.getBean(ApplicationHealth.class).current().isHealthy()).isTrue();
		assertThat(state(parent).phase()).isEqualTo(Phase.REGISTERED);
		assertThat(state(parent).instance().port()).hasValue(port(first));
	}

	private ConfigurableApplicationContext start(Class<?> web, String... arguments) {
		ConfigurableApplicationContext child = new SpringApplicationBuilder(Parent.class).child(web)
			.web(WebApplicationType.SERVLET)
			.run(StringUtils.concatenateStringArrays(arguments,
					new String[] { "--spring.application.name=worker", "--discovery.namespace=corp",
							"--discovery.embedded.http-port=0", "--discovery.embedded.dns-port=0",
							"--discovery.registration.drain=0s", "--server.port=0", "--spring.main.banner-mode=off" }));
		this.contexts.add((ConfigurableApplicationContext) child.getParent());
		this.contexts.add(child);
		return child;
	}

	private ConfigurableApplicationContext child(ConfigurableApplicationContext parent, Class<?> web,
			String... arguments) {
		ConfigurableApplicationContext child = new SpringApplicationBuilder(web).parent(parent)
			.web(WebApplicationType.SERVLET)
			.run(StringUtils.concatenateStringArrays(arguments,
					new String[] { "--server.port=0", "--spring.main.banner-mode=off" }));
		this.contexts.add(child);
		return child;
	}

	private static void awaitPhase(ConfigurableApplicationContext context, Phase phase) {
		await().atMost(LIMIT).until(() -> state(context).phase() == phase);
	}

	private static RegistrationState state(ConfigurableApplicationContext context) {
		return context.getBean(RegistrationReconciler.class).state();
	}

	private static int port(ConfigurableApplicationContext context) {
		return ((WebServerApplicationContext) context).getWebServer().getPort();
	}

	private static List<String> ids(ConfigurableApplicationContext context) {
		return context.getBean(Registry.class)
			.discover(new ServiceName(new Namespace("corp"), "worker"))
			.instances()
			.stream()
			.map((instance) -> instance.id())
			.toList();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Parent {

	}

	@Configuration(proxyBeanMethods = false)
	static class PlainWeb {

		private final List<String> events = new CopyOnWriteArrayList<>();

		@Bean
		ServletWebServerFactory webServerFactory() {
			return new TomcatServletWebServerFactory(0);
		}

		@Bean
		RegistrationCustomizer customizer() {
			return (attributes) -> attributes.put("customized", "by the child");
		}

		@EventListener
		void on(InstancePreRegisteredEvent event) {
			this.events.add("pre-registered");
			event.getRegistration().getMetadata().put("changed", "by a listener");
		}

		@EventListener
		void on(InstanceRegisteredEvent<?> event) {
			this.events.add("registered");
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class AutoConfiguredWeb {

	}

}
