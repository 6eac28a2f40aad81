package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cloudmap.discovery.registration.RegistrationActor;
import dev.cloudmap.discovery.registration.RegistrationSettings;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.InstanceRegistration;
import dev.cloudmap.discovery.registry.ServiceDefinition;
import dev.cloudmap.discovery.registry.ServiceDefinition.RecordType;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is held of a registry that came back empty is registered again before it is
 * believed to be gone.
 */
class LeaseAndDoubtTests {

	private static final ServiceDefinition DEFINITION = new ServiceDefinition(Set.of(RecordType.A, RecordType.SRV),
			Duration.ofSeconds(10));

	@ParameterizedTest
	@ValueSource(longs = { 1, 15, 31, 3600 })
	void whateverTheLeaseAnInstanceIsRegisteredAgainBeforeItIsBelievedToBeGone(long seconds) {
		ManualTimer timer = new ManualTimer();
		FakeRegistry registry = new FakeRegistry();
		RegistrationSettings settings = new RegistrationSettings(ScriptedSource.WORKER, null, Map.of(), DEFINITION,
				Duration.ofSeconds(seconds));
		assertThat(settings.leaseToRenew()).isLessThanOrEqualTo(settings.lease());
		RegistrationActor actor = new RegistrationActor(registry, Runnable::run, timer, settings.leaseToRenew(), () -> {
		});
		actor.register(() -> new InstanceRegistration(ScriptedSource.WORKER, "a", "127.0.0.1", 1, Map.of(), DEFINITION))
			.join();
		timer.advance(Duration.ofMinutes(1).plusMillis(1));
		registry.instances.clear();
		timer.advance(Doubt.CONFIRMATION.dividedBy(2));
		assertThat(registry.instances).containsOnlyKeys("a");
	}

}
