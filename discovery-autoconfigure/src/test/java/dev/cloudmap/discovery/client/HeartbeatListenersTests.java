package dev.cloudmap.discovery.client;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.devtools.restart.RestartApplicationListener;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ContextStoppedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.security.context.DelegatingApplicationListener;

import static org.assertj.core.api.Assertions.assertThat;

class HeartbeatListenersTests {

	@ParameterizedTest
	@ValueSource(classes = { OfHeartbeats.class, OfAllEvents.class, Annotated.class, Lambda.class, LazyBean.class })
	void findsEveryKindOfListener(Class<?> configuration) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(configuration)) {
			assertThat(HeartbeatListeners.exist(context)).isTrue();
		}
	}

	@Test
	void findsListenerOfParentContext() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext(Annotated.class);
				AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
			child.setParent(parent);
			child.refresh();
			assertThat(HeartbeatListeners.exist(child)).isTrue();
		}
	}

	@Test
	void ignoresListenersOfOtherEvents() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(OfOthers.class)) {
			assertThat(HeartbeatListeners.exist(context)).isFalse();
		}
	}

	@Test
	void ignoresSpringSecurityAndDevtools() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(DelegatingApplicationListener.class);
			context.addApplicationListener(new RestartApplicationListener());
			context.refresh();
			assertThat(HeartbeatListeners.exist(context)).isFalse();
		}
	}

	@Test
	void findsNoListenerByDefault() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Plain.class)
			.web(WebApplicationType.NONE)
			.run("--discovery.namespace=corp", "--discovery.embedded.http-port=0", "--discovery.embedded.dns-port=0",
					"--discovery.registration.enabled=false", "--spring.main.banner-mode=off")) {
			assertThat(HeartbeatListeners.exist(context)).isFalse();
		}
	}

	static class OfHeartbeats implements ApplicationListener<HeartbeatEvent> {

		@Override
		public void onApplicationEvent(HeartbeatEvent event) {
		}

	}

	static class OfAllEvents implements ApplicationListener<ApplicationEvent> {

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
		}

	}

	static class Annotated {

		@EventListener
		void on(HeartbeatEvent event) {
		}

	}

	static class Lambda {

		@Bean
		ApplicationListener<HeartbeatEvent> listener() {
			return (event) -> {
			};
		}

	}

	static class LazyBean {

		@Bean
		@Lazy
		ApplicationListener<HeartbeatEvent> listener() {
			throw new IllegalStateException("Not needed yet");
		}

	}

	static class OfOthers {

		@Bean
		ApplicationListener<ContextStoppedEvent> listener() {
			return (event) -> {
			};
		}

		@EventListener
		void on(ContextStoppedEvent event) {
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Plain {

	}

}
