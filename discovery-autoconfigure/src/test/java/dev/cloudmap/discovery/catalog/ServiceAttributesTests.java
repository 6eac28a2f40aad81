package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ServiceAttributesTests {

	private static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	private static final Duration REFRESH = Duration.ofMinutes(15);

	private static final Duration IDLE = Duration.ofMinutes(10);

	private final ManualTimer timer = new ManualTimer();

	private final List<Runnable> waiting = new ArrayList<>();

	private Map<String, String> held = Map.of("discovery.timeout.request", "2s");

	private RuntimeException failure;

	private int lookups;

	private final ServiceAttributes attributes = attributes(REFRESH, Runnable::run);

	@Test
	void nobodyWaitsForThem() {
		ServiceAttributes later = attributes(REFRESH, this.waiting::add);
		assertThat(later.of(WORKER)).isEmpty();
		assertThat(later.of(WORKER)).isEmpty();
		assertThat(this.waiting).hasSize(1);
		this.waiting.get(0).run();
		assertThat(later.of(WORKER)).isEqualTo(this.held).isSameAs(later.of(WORKER));
	}

	@Test
	void theyAreAskedForAgainAfterAWhile() {
		this.attributes.of(WORKER);
		Map<String, String> known = this.attributes.of(WORKER);
		this.timer.advance(REFRESH.multipliedBy(9).dividedBy(10).minusMillis(1));
		assertThat(this.lookups).isOne();
		this.timer.advance(REFRESH.dividedBy(5).plusMillis(2));
		assertThat(this.lookups).isEqualTo(2);
		assertThat(this.attributes.of(WORKER)).isSameAs(known);
		this.held = Map.of();
		this.timer.advance(REFRESH.plus(REFRESH.dividedBy(5)));
		assertThat(this.attributes.of(WORKER)).isEmpty();
	}

	@Test
	void whatIsKnownStaysWhileTheRegistryIsAway(CapturedOutput output) {
		this.attributes.of(WORKER);
		this.failure = new RegistryUnavailableException("The registry is away", null);
		for (int i = 0; i < 30; i++) {
			assertThat(this.attributes.of(WORKER)).isEqualTo(this.held);
			this.timer.advance(Duration.ofMinutes(4));
		}
		assertThat(this.lookups).isGreaterThan(10);
		assertThat(output.getAll().split("and those that were known stay", -1)).hasSize(2);
		assertThat(output).contains("The service attributes of worker.corp can't be had")
			.contains("The registry is away");
	}

	@Test
	void aFailureIsFollowedByMorePatience() {
		this.failure = new RegistryUnavailableException("away", null);
		this.attributes.of(WORKER);
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.lookups).isBetween(2, 4);
		this.failure = null;
		this.timer.advance(Duration.ofMinutes(6));
		assertThat(this.attributes.of(WORKER)).isEqualTo(this.held);
	}

	@Test
	void aServiceThatNobodyCallsIsNotAskedForAnyMore() {
		this.attributes.of(WORKER);
		this.timer.advance(REFRESH.multipliedBy(5));
		int before = this.lookups;
		assertThat(before).isBetween(2, 3);
		this.timer.advance(Duration.ofHours(5));
		assertThat(this.lookups).isEqualTo(before);
		assertThat(this.timer.waiting()).isZero();
		this.attributes.of(WORKER);
		assertThat(this.lookups).isEqualTo(before + 1);
	}

	@Test
	void theyCanBeSwitchedOff() {
		assertThat(attributes(Duration.ZERO, Runnable::run).of(WORKER)).isEmpty();
		assertThat(this.lookups).isZero();
	}

	private ServiceAttributes attributes(Duration refresh, Executor executor) {
		return new ServiceAttributes((service) -> {
			this.lookups++;
			if (this.failure != null) {
				throw this.failure;
			}
			return this.held;
		}, executor, this.timer, refresh, IDLE);
	}

}
