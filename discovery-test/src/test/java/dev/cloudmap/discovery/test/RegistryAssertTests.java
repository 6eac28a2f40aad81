package dev.cloudmap.discovery.test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests the assertions on registered instances and their failure messages.
 */
@ExtendWith(RegistryExtension.class)
class RegistryAssertTests {

	private final TestRegistry registry;

	RegistryAssertTests(TestRegistry registry) {
		this.registry = registry;
	}

	private ServiceAssert worker() {
		return assertThat(this.registry).within(Duration.ZERO).service("worker");
	}

	private static void assertFails(ThrowingCallable assertion, String message) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion).withMessageStartingWith(message);
	}

	@Test
	void passesForAnEmptyRegistry() {
		assertThat(this.registry).hasNoInstances().hasServices();
		worker().doesNotExist().hasNoInstances().hasInstances(0).hasHealthyInstances(0).hasUnhealthyInstances(0);
		assertFails(() -> worker().exists(), "Expected service 'worker', but it does not exist.");
		assertFails(() -> assertThat(this.registry).within(Duration.ZERO).hasServices("worker"),
				"Expected services [worker], but there are no [worker].");
	}

	@Test
	void passesForInstances() {
		this.registry.service("worker").instance("a").unhealthy();
		this.registry.service("worker").instance("b");
		assertThat(this.registry).hasServices("worker");
		worker().exists().hasInstances(2).hasHealthyInstances(1).hasUnhealthyInstances(1).hasInstance("a");
		assertFails(() -> worker().doesNotExist(), "Expected no service 'worker', but it exists.");
		assertFails(() -> worker().hasInstance("c"), "Expected instance 'c' of service 'worker', but");
		assertFails(() -> worker().hasInstanceWithAttribute("zone", "x"),
				"Expected an instance of service 'worker' with zone=x, but there is none.");
		assertFails(() -> assertThat(this.registry).within(Duration.ZERO).hasNoInstances(),
				"Expected no instances, but there are 2.");
	}

	@Test
	void failureMessageListsTheInstances() {
		StubInstance instance = this.registry.service("worker").instance("a").unhealthy();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> worker().as("the worker").hasHealthyInstances(1))
			.withMessageContaining("Expected 1 healthy instances of service 'worker', but there are 0.")
			.withMessageContaining("Namespace 'corp' has:")
			.withMessageContaining("  service 'worker' with instances")
			.withMessageContaining("    'a' UNHEALTHY at 127.0.0.1:" + instance.address().getPort());
	}

	@Test
	void waitsUntilTheAssertionPasses() {
		CompletableFuture<Void> later = CompletableFuture.runAsync(() -> this.registry.service("worker").instance(),
				CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS));
		assertThat(this.registry).service("worker").hasHealthyInstances(1);
		later.join();
	}

	@Test
	void waitsNoLongerThanTheTimeout() {
		assertFails(() -> assertThat(this.registry).within(Duration.ofMillis(50)).service("worker").exists(),
				"Expected service 'worker' within 50 ms, but it does not exist.");
	}

}
