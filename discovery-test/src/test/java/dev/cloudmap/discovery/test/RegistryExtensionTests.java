package dev.cloudmap.discovery.test;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests the lifecycle of the registry of a test.
 */
class RegistryExtensionTests {

	private static void assertClosed(Set<TestRegistry> registries) {
		assertThat(registries).allSatisfy((registry) -> assertThatIllegalStateException().isThrownBy(registry::restart)
			.withMessageContaining("is closed"));
	}

	@Nested
	@ExtendWith(RegistryExtension.class)
	class OfEachTest {

		private static final Set<TestRegistry> SEEN = ConcurrentHashMap.newKeySet();

		private final TestRegistry ofConstructor;

		private TestRegistry ofBeforeEach;

		OfEachTest(TestRegistry registry) {
			this.ofConstructor = registry;
		}

		@BeforeEach
		void take(TestRegistry registry) {
			this.ofBeforeEach = registry;
		}

		@RepeatedTest(3)
		void isTheSameWithinATestAndClosedAfterIt(TestRegistry registry) {
			assertThat(registry).hasNoInstances();
			registry.service("worker").instance();
			assertThat(this.ofConstructor).isSameAs(registry);
			assertThat(this.ofBeforeEach).isSameAs(registry);
			assertClosed(SEEN);
			assertThat(SEEN.add(registry)).isTrue();
		}

		@Nested
		class InANestedClass {

			@Test
			void isTheSame(TestRegistry registry) {
				assertThat(registry).isSameAs(OfEachTest.this.ofBeforeEach);
				assertThat(SEEN).doesNotContain(registry);
			}

		}

		@AfterAll
		static void isClosed() {
			assertThat(SEEN).hasSize(3);
			assertClosed(SEEN);
		}

	}

	@Nested
	@ExtendWith(RegistryExtension.class)
	class OfAClassByBeforeAll {

		private static TestRegistry ofAll;

		@BeforeAll
		static void take(TestRegistry registry) {
			ofAll = registry;
		}

		@RepeatedTest(2)
		void isTheSameInAllTests(TestRegistry registry) {
			assertThat(registry).isSameAs(ofAll);
		}

		@Nested
		class InANestedClass {

			@Test
			void isTheSame(TestRegistry registry) {
				assertThat(registry).isSameAs(ofAll);
			}

		}

	}

	@Nested
	class OfAClassByStaticField {

		@RegisterExtension
		static final RegistryExtension extension = new RegistryExtension().withNamespace("test.example");

		private static final Set<TestRegistry> SEEN = ConcurrentHashMap.newKeySet();

		@RepeatedTest(2)
		void isTheSameInAllTests(TestRegistry registry) {
			SEEN.add(registry);
			assertThat(SEEN).hasSize(1);
			assertThat(registry.namespace()).isEqualTo("test.example");
		}

	}

	@Nested
	class OfEachTestByField {

		private static final Set<TestRegistry> SEEN = ConcurrentHashMap.newKeySet();

		@RegisterExtension
		final RegistryExtension extension = new RegistryExtension().withNamespace("test.example");

		@RepeatedTest(2)
		void differsInEachTest(TestRegistry registry) {
			assertThat(SEEN.add(registry)).isTrue();
			assertThat(registry.namespace()).isEqualTo("test.example");
		}

	}

	@Nested
	@ExtendWith(RegistryExtension.class)
	@Execution(ExecutionMode.CONCURRENT)
	class InParallel {

		private static final Exchanger<TestRegistry> EXCHANGER = new Exchanger<>();

		@Test
		void differsInEachTest(TestRegistry registry) throws Exception {
			meet(registry);
		}

		@Test
		void differsInConcurrentTests(TestRegistry registry) throws Exception {
			meet(registry);
		}

		private static void meet(TestRegistry registry) throws Exception {
			StubInstance worker = registry.service("worker").instance();
			TestRegistry other = EXCHANGER.exchange(registry, 30, TimeUnit.SECONDS);
			assertThat(other.httpEndpoint()).isNotEqualTo(registry.httpEndpoint());
			assertThat(other.dnsAddress()).isNotEqualTo(registry.dnsAddress());
			assertThat(registry).service("worker").hasInstances(1);
			assertThat(registry.client()
				.discoverInstances((request) -> request.namespaceName("corp").serviceName("worker"))
				.instances()).singleElement()
				.satisfies((found) -> assertThat(found.attributes()).containsEntry("AWS_INSTANCE_PORT",
						String.valueOf(worker.address().getPort())));
			// wait until both threads have read it
			EXCHANGER.exchange(registry, 30, TimeUnit.SECONDS);
		}

	}

}
