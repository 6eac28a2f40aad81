package dev.cloudmap.discovery.registration.reconcile;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.registration.reconcile.RegistrationState.Phase;
import dev.cloudmap.discovery.registry.InstanceRegistration;

import static dev.cloudmap.discovery.registration.reconcile.ReconcilerFixture.SICK;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests an instance that an external registrar has registered for this application.
 */
class AdoptionTests {

	private String present = "task-1";

	private final ReconcilerFixture fixture = ReconcilerFixture.registeredBy(new ExternalRegistrar() {

		@Override
		public String instanceId(ServiceName service) {
			return AdoptionTests.this.present;
		}

		@Override
		public String name() {
			return "Amazon ECS";
		}

	}).withoutLeases();

	@Test
	void usesTheInstanceOfTheExternalRegistrar() {
		this.fixture.registry.instances.put("task-1", ReconcilerFixture.INSTANCE.withId("task-1"));
		this.fixture.registered();
		assertThat(this.fixture.calls()).isEmpty();
		assertThat(this.fixture.reconciler.state()).satisfies((state) -> {
			assertThat(state.phase()).isEqualTo(Phase.REGISTERED);
			assertThat(state.instance()).isEqualTo(ReconcilerFixture.INSTANCE.withId("task-1"));
			assertThat(state.reason()).isEqualTo("registered by Amazon ECS");
		});
		this.fixture.timer.advance(Duration.ofMinutes(3));
		assertThat(this.fixture.calls()).isNotEmpty().containsOnly("attributes task-1");
	}

	@Test
	void reportsItsHealthAndDeregistersItAtTheEnd() {
		this.fixture.registry.instances.put("task-1", ReconcilerFixture.INSTANCE.withId("task-1"));
		this.fixture.registered();
		this.fixture.reconciler.report(SICK);
		this.fixture.timer.advance(Duration.ofMinutes(10));
		assertThat(this.fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
		assertThat(this.fixture.calls()).contains("UNHEALTHY task-1").doesNotContain("deregister task-1");
		this.fixture.reconciler.deregister();
		assertThat(this.fixture.calls()).containsExactly("deregister task-1");
	}

	@Test
	void reportsAtOnceThatItIsUnhealthy() {
		this.fixture.registry.instances.put("task-1", ReconcilerFixture.INSTANCE.withId("task-1"));
		this.fixture.reconciler.report(SICK);
		this.fixture.registered();
		assertThat(this.fixture.calls()).containsExactly("UNHEALTHY task-1");
		assertThat(this.fixture.phase()).isEqualTo(Phase.OUT_OF_SERVICE);
	}

	@Test
	void usesItInPlaceOfAnEarlierInstance() {
		this.present = null;
		InstanceRegistration own = ReconcilerFixture.INSTANCE.withId("task-1");
		this.fixture.reconciler.register(() -> own);
		InstanceRegistration theirs = own.with(Map.of("ECS_CLUSTER_NAME", "prod"));
		this.fixture.registry.instances.put("task-1", theirs);
		this.present = "task-1";
		this.fixture.timer.advance(Duration.ofMinutes(3));
		assertThat(this.fixture.registry.instances).containsOnly(Map.entry("task-1", theirs));
		assertThat(this.fixture.reconciler.state().reason()).isEqualTo("registered by Amazon ECS");
	}

	@Test
	void deregistersAnEarlierInstanceWithAnotherId() {
		this.present = null;
		this.fixture.registered();
		this.fixture.registry.instances.put("task-1", ReconcilerFixture.INSTANCE.withId("task-1"));
		this.present = "task-1";
		this.fixture.registered();
		assertThat(this.fixture.registry.instances).containsOnlyKeys("task-1");
		assertThat(this.fixture.calls()).containsExactly("register i-1", "deregister i-1");
	}

	@Test
	void doesNotRegisterWhatTheExternalRegistrarHasDeregistered() {
		this.fixture.registry.instances.put("task-1", ReconcilerFixture.INSTANCE.withId("task-1"));
		this.fixture.registered();
		this.fixture.registry.instances.clear();
		this.present = null;
		this.fixture.timer.advance(Duration.ofMinutes(3));
		assertThat(this.fixture.registry.instances).isEmpty();
		assertThat(this.fixture.reconciler.state()).satisfies((state) -> {
			assertThat(state.phase()).isEqualTo(Phase.WAITING);
			assertThat(state.reason()).contains("Amazon ECS").contains("deregistered it");
		});
		this.fixture.registry.instances.put("task-1", ReconcilerFixture.INSTANCE.withId("task-1"));
		this.present = "task-1";
		this.fixture.timer.advance(Duration.ofMinutes(1));
		assertThat(this.fixture.phase()).isEqualTo(Phase.REGISTERED);
	}

	@Test
	void registersIfTheExternalRegistrarHasNot() {
		this.present = null;
		this.fixture.registered();
		assertThat(this.fixture.calls()).containsExactly("register i-1");
		assertThat(this.fixture.registry.instances.get("i-1").allAttributes())
			.containsAllEntriesOf(Map.of("AWS_INSTANCE_PORT", "8080"));
	}

}
