package dev.cloudmap.discovery.test.docs;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import dev.cloudmap.discovery.test.RegistryExtension;
import dev.cloudmap.discovery.test.TestRegistry;
import dev.cloudmap.discovery.test.docs.BackendApplication.WorkerClient;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(RegistryExtension.class)
class ApplicationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@Test
	void registersWhenReadyAndDeregistersWhenStopped(TestRegistry registry) {
		registry.service("worker").instance().respondingWith(200, "hello");
		try (ConfigurableApplicationContext backend = new SpringApplicationBuilder(BackendApplication.class)
			.initializers(registry::connect)
			.run("--server.port=0")) {
			assertThat(registry).within(LIMIT).service("backend").hasHealthyInstances(1);
			assertThat(backend.getBean(WorkerClient.class).work()).isEqualTo("hello");
		}
		assertThat(registry).service("backend").hasNoInstances();
	}

}
