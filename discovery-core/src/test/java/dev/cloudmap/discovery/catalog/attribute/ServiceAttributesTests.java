package dev.cloudmap.discovery.catalog.attribute;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class ServiceAttributesTests {

	private static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	private static final Duration REFRESH = Duration.ofMinutes(15);

	private final ManualTimer timer = new ManualTimer();

	private final List<Runnable> waiting = new ArrayList<>();

	private Map<String, String> held = Map.of("discovery.timeout.request", "2s");

	private Throwable failure;

	private boolean exists = true;

	private int lookups;

	private final ServiceAttributes attributes = attributes(REFRESH, Runnable::run);

	@Test
	void areLookedUpInTheBackground() {
		ServiceAttributes later = attributes(REFRESH, this.waiting::add);
		assertThat(later.of(WORKER)).isEmpty();
		assertThat(later.of(WORKER)).isEmpty();
		assertThat(this.waiting).hasSize(1);
		this.waiting.get(0).run();
		assertThat(later.of(WORKER)).isEqualTo(this.held).isSameAs(later.of(WORKER));
	}

	@Test
	void areRefreshed() {
		this.attributes.of(WORKER);
		Map<String, String> known = this.attributes.of(WORKER);
		this.timer.advance(REFRESH.multipliedBy(9).dividedBy(10).minusMillis(1));
		assertThat(this.attributes.of(WORKER)).isSameAs(known);
		assertThat(this.lookups).isOne();
		this.timer.advance(REFRESH.dividedBy(5).plusMillis(2));
		assertThat(this.attributes.of(WORKER)).isSameAs(known);
		assertThat(this.lookups).isEqualTo(2);
		this.held = Map.of();
		this.timer.advance(REFRESH.plus(REFRESH.dividedBy(5)));
		assertThat(this.attributes.of(WORKER)).isEmpty();
	}

	@Test
	void areKeptWhileTheRegistryIsUnavailable(CapturedOutput output) {
		this.attributes.of(WORKER);
		this.failure = new RegistryUnavailableException("The registry is away", null);
		for (int i = 0; i < 30; i++) {
			assertThat(this.attributes.of(WORKER)).isEqualTo(this.held);
			this.timer.advance(Duration.ofMinutes(4));
		}
		assertThat(this.lookups).isGreaterThan(10);
		assertThat(output.getAll().split("Known attributes are kept", -1)).hasSize(2);
		assertThat(output).contains("The service attributes of worker.corp could not be looked up")
			.contains("The registry is away");
	}

	@Test
	void retriesSlowlyAfterAFailure() {
		this.failure = new RegistryUnavailableException("away", null);
		for (int i = 0; i < 60; i++) {
			this.attributes.of(WORKER);
			this.timer.advance(Duration.ofSeconds(1));
		}
		assertThat(this.lookups).isBetween(2, 4);
		this.failure = null;
		this.timer.advance(Duration.ofMinutes(6));
		assertThat(this.attributes.of(WORKER)).isEqualTo(this.held);
	}

	@Test
	void anIdleServiceIsNotLookedUp() {
		this.attributes.of(WORKER);
		this.timer.advance(Duration.ofHours(5));
		assertThat(this.lookups).isOne();
		assertThat(this.timer.waiting()).isZero();
		this.attributes.of(WORKER);
		assertThat(this.lookups).isEqualTo(2);
	}

	@Test
	void attributesOfAnIdleServiceAreKept() {
		this.attributes.of(WORKER);
		this.timer.advance(Duration.ofHours(5));
		assertThat(this.timer.waiting()).isZero();
		this.failure = new RegistryUnavailableException("away", null);
		assertThat(this.attributes.of(WORKER)).isEqualTo(Map.of("discovery.timeout.request", "2s"));
		this.failure = null;
		this.held = Map.of("discovery.timeout.request", "3s");
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.attributes.of(WORKER)).isEqualTo(this.held);
	}

	@Test
	void aServiceUsedAgainIsLookedUpOnce() {
		ServiceAttributes later = attributes(REFRESH, this.waiting::add);
		later.of(WORKER);
		this.waiting.remove(0).run();
		while (this.timer.waiting() > 0) {
			this.timer.advance(REFRESH);
			this.waiting.forEach(Runnable::run);
			this.waiting.clear();
		}
		later.of(WORKER);
		later.of(WORKER);
		assertThat(this.waiting).hasSize(1);
	}

	@Test
	void logsAMissingPermissionOnce(CapturedOutput output) {
		this.failure = new DiscoveryException("GetServiceAttributes was answered with AccessDeniedException");
		for (int i = 0; i < 30; i++) {
			assertThat(this.attributes.of(WORKER)).isEmpty();
			this.timer.advance(Duration.ofMinutes(4));
		}
		assertThat(output.getAll().split("AccessDeniedException", -1)).hasSize(2);
	}

	@Test
	void continuesAfterAnError() {
		this.failure = new NoClassDefFoundError("of a user's registry");
		assertThat(this.attributes.of(WORKER)).isEmpty();
		this.failure = null;
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.attributes.of(WORKER)).isEqualTo(this.held);
	}

	@Test
	void logsAChangeOnceInOneLine(CapturedOutput output) {
		this.held = Map.of("motto", "first\nsecond");
		for (int i = 0; i < 5; i++) {
			this.attributes.of(WORKER);
			this.timer.advance(REFRESH.plus(REFRESH.dividedBy(5)));
		}
		assertThat(this.lookups).isGreaterThan(3);
		assertThat(output.getAll().split("worker.corp has the service attributes", -1)).hasSize(2);
		assertThat(output).contains("has the service attributes {motto=first second}");
		assertThat(this.attributes.of(WORKER)).containsEntry("motto", "first\nsecond");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-PT1S", "PT0.001S" })
	void rejectsAShortRefreshInterval(Duration refresh) {
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> attributes(refresh, Runnable::run))
			.withMessageContaining("discovery.lookup.service-attributes");
	}

	@Test
	void doesNotLookUpServicesWithoutInstances() {
		this.exists = false;
		ServiceAttributes attributes = attributes(Duration.ofMinutes(1), Runnable::run);
		assertThat(attributes.of(WORKER)).isEmpty();
		assertThat(this.lookups).isZero();
		this.exists = true;
		attributes.of(WORKER);
		assertThat(this.lookups).isOne();
	}

	@Test
	void canBeDisabled() {
		assertThat(attributes(Duration.ZERO, Runnable::run).of(WORKER)).isEmpty();
		assertThat(this.lookups).isZero();
	}

	private ServiceAttributes attributes(Duration refresh, Executor executor) {
		return new ServiceAttributes((service) -> {
			this.lookups++;
			if (this.failure instanceof Error error) {
				throw error;
			}
			if (this.failure instanceof RuntimeException exception) {
				throw exception;
			}
			return this.held;
		}, (service) -> this.exists, executor, this.timer, refresh);
	}

}
