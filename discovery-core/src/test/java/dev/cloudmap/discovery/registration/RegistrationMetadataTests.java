package dev.cloudmap.discovery.registration;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.NothingToRegisterException;
import dev.cloudmap.discovery.registration.host.HostChain;
import dev.cloudmap.discovery.registration.host.HostResolution;
import dev.cloudmap.discovery.registration.host.IpFamily;
import dev.cloudmap.discovery.registration.host.NetworkScope;
import dev.cloudmap.discovery.registration.instance.InstanceRegistrationFactory;
import dev.cloudmap.discovery.registration.instance.RegistrationSettings;
import dev.cloudmap.discovery.registration.instance.ServerPort;
import dev.cloudmap.discovery.registration.reconcile.ReconcilerFixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests listeners that change the metadata of the registration.
 */
class RegistrationMetadataTests {

	private final Map<String, String> configured = new HashMap<>(Map.of("color", "blue", "size", "small"));

	private final ServerPort port = ServerPort.of(null);

	private final AtomicInteger changes = new AtomicInteger();

	private final DiscoveryRegistration registration = new DiscoveryRegistration(new InstanceRegistrationFactory(
			new RegistrationSettings(ReconcilerFixture.INSTANCE::service, null, ReconcilerFixture.INSTANCE.definition(),
					Duration.ofSeconds(15)),
			this.port,
			new HostChain(List.of(() -> HostResolution.of("10.0.0.1", "test")), IpFamily.IPV4, NetworkScope.NETWORK),
			() -> List.of((attributes) -> attributes.putAll(this.configured)), null));

	RegistrationMetadataTests() {
		this.port.listening(8080);
		this.registration.onMetadataChange(this.changes::incrementAndGet);
	}

	@Test
	void registersChangesOfAListener() {
		listen((metadata) -> {
			metadata.put("k", "v");
			metadata.put("color", "green");
			metadata.remove("size");
		});
		assertThat(this.registration.instance().attributes()).containsEntry("k", "v")
			.containsEntry("color", "green")
			.doesNotContainKey("size");
		assertThat(this.registration.getMetadata()).isEqualTo(this.registration.instance().attributes());
		assertThat(this.changes).hasValue(3);
	}

	@Test
	void repeatedRegistrationKeepsChangesAndRereadsTheRest() {
		listen((metadata) -> metadata.put("k", "v"));
		assertThat(this.registration.instance().attributes()).containsEntry("color", "blue");
		this.configured.put("color", "red");
		assertThat(this.registration.instance().attributes()).containsEntry("color", "red").containsEntry("k", "v");
		this.registration.reset();
		this.port.listening(9090);
		assertThat(this.registration.instance().instanceId()).isEqualTo("10-0-0-1-9090");
		assertThat(this.registration.instance().attributes()).containsEntry("k", "v");
	}

	@Test
	void nextRegistrationContainsLaterChange() {
		assertThat(this.registration.instance().attributes()).doesNotContainKey("k");
		this.registration.getMetadata().put("k", "v");
		assertThat(this.registration.getMetadata()).containsEntry("k", "v");
		assertThat(this.registration.instance().attributes()).containsEntry("k", "v");
	}

	@Test
	void acceptsChangesBeforeThePortIsKnown() {
		this.port.closed();
		this.registration.getMetadata().put("k", "v");
		assertThatExceptionOfType(NothingToRegisterException.class)
			.isThrownBy(() -> this.registration.getMetadata().size());
		this.port.listening(8080);
		assertThat(this.registration.instance().attributes()).containsEntry("k", "v");
	}

	@ParameterizedTest
	@CsvSource({ "AWS_INSTANCE_PORT,1,Set discovery.registration.port", "color,grün,can't be registered",
			"a key,v,without blanks" })
	void rejectsInvalidEntryAtOnce(String key, String value, String message) {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> this.registration.getMetadata().put(key, value))
			.withMessageContaining("'" + key + "' of the registration's metadata")
			.withMessageContaining(message);
		assertThat(this.registration.instance().attributes()).containsEntry("color", "blue")
			.doesNotContainKey(key + " ");
		assertThat(this.changes).hasValue(0);
	}

	@Test
	void rejectsTooManyAttributesAtOnce() {
		Map<String, String> metadata = this.registration.getMetadata();
		IntStream.range(metadata.size(), 30).forEach((i) -> metadata.put("k" + i, "v"));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> metadata.put("k30", "v"))
			.withMessageContaining("31 attributes: expected 30 or fewer");
		metadata.remove("size");
		metadata.put("k30", "v");
		metadata.put("k30", "w");
		assertThat(this.registration.instance().attributes()).hasSize(30)
			.containsEntry("k30", "w")
			.doesNotContainKey("size");
	}

	@Test
	void rejectsTooManyCharactersAtOnce() {
		Map<String, String> metadata = this.registration.getMetadata();
		IntStream.range(0, 4).forEach((i) -> metadata.put("k" + i, "v".repeat(1024)));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> metadata.put("k4", "v".repeat(1024)))
			.withMessageContaining("expected 5000 or fewer");
		assertThat(this.registration.instance().attributes()).containsKeys("k0", "k3").doesNotContainKey("k4");
	}

	@Test
	void rejectsTooManyAttributesBeforeThePortIsKnown() {
		this.port.closed();
		Map<String, String> metadata = this.registration.getMetadata();
		IntStream.range(0, 30).forEach((i) -> metadata.put("k" + i, "v"));
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> metadata.put("k30", "v"));
	}

	@Test
	void registeredAttributesAreImmutable() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.registration.instance().attributes().put("k", "v"));
	}

	@Test
	void entriesCanBeChangedAndRemoved() {
		Iterator<Map.Entry<String, String>> entries = this.registration.getMetadata().entrySet().iterator();
		while (entries.hasNext()) {
			Map.Entry<String, String> entry = entries.next();
			if (entry.getKey().equals("color")) {
				entry.setValue("green");
			}
			else if (entry.getKey().equals("size")) {
				entries.remove();
			}
		}
		this.registration.getMetadata().merge("color", "!", String::concat);
		this.registration.getMetadata().putAll(Map.of("k", "v"));
		assertThat(this.registration.instance().attributes()).containsEntry("color", "green!")
			.containsEntry("k", "v")
			.doesNotContainKey("size");
	}

	@Test
	void sameValueIsNoChange() {
		this.registration.getMetadata().put("color", "blue");
		this.registration.getMetadata().remove("weather");
		assertThat(this.changes).hasValue(0);
	}

	private void listen(Consumer<Map<String, String>> listener) {
		RegistrationEvents events = new RegistrationEvents((event) -> {
			if (event instanceof InstancePreRegisteredEvent preRegistered) {
				listener.accept(preRegistered.getRegistration().getMetadata());
			}
		}, List::of, this.registration, Runnable::run);
		events.beforeRegistration();
	}

}
