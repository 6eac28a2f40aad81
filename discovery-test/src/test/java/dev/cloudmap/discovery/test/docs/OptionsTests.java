package dev.cloudmap.discovery.test.docs;

import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.cloudmap.discovery.test.RegistryExtension;
import dev.cloudmap.discovery.test.TestRegistry;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of options and failures without an application.
 */
class OptionsTests {

	@RegisterExtension
	static final RegistryExtension extension = new RegistryExtension().withNamespace("test.example").withLikeAws();

	@BeforeAll
	static void begin(TestRegistry registry) {
		registry.delayOperations(Duration.ZERO);
	}

	@Test
	void hasTheNamespace(TestRegistry registry) {
		assertThat(registry.namespace()).isEqualTo("test.example");
		registry.service("worker").instance();
		registry.service("worker").instance();
		assertThat(registry).service("worker").hasHealthyInstances(2);
	}

	@AfterAll
	static void isTheSame(TestRegistry registry) {
		assertThat(registry).service("worker").hasInstances(2);
	}

}
