package dev.cloudmap.discovery.registry.cloudmap.call;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.CallCounts.Count;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CallBudgetTests {

	private final AtomicLong ticker = new AtomicLong(-5);

	private final CallBudget budget = new CallBudget(0.5, 5, this.ticker::get);

	@Test
	void allowsABurstAndThenTheRate() {
		assertThat(taken()).isEqualTo(5);
		advance(Duration.ofSeconds(4));
		assertThat(taken()).isEqualTo(2);
		advance(Duration.ofHours(1));
		assertThat(taken()).isEqualTo(5);
	}

	@Test
	void unconditionalChargesReduceTheBudget() {
		this.budget.charge(7);
		advance(Duration.ofMillis(5900));
		assertThat(taken()).isZero();
		advance(Duration.ofMillis(200));
		assertThat(taken()).isEqualTo(1);
		this.budget.charge(1_000_000);
		advance(Duration.ofSeconds(14));
		assertThat(taken()).isEqualTo(2);
	}

	@Test
	void failureNamesTheOperationAndTheLimit() {
		CallMeter meter = new CallMeter(() -> true, this.budget);
		for (int i = 0; i < 5; i++) {
			meter.begin(CloudMapOperation.LIST_NAMESPACES, false);
		}
		meter.failed(CloudMapOperation.LIST_NAMESPACES, 3);
		assertThatExceptionOfType(CallBudgetExceededException.class)
			.isThrownBy(() -> meter.begin(CloudMapOperation.LIST_SERVICES, false))
			.isInstanceOf(RegistryUnavailableException.class)
			.withMessageContaining(
					"ListServices was not called: expected no more than 200 calls a second and 1000 at once");
		assertThat(meter.counts().of("ListNamespaces")).isEqualTo(new Count(7, 3, 0));
		assertThat(meter.counts().of("ListServices")).isEqualTo(new Count(0, 0, 1));
		assertThat(meter.counts().byOperation()).hasSize(CloudMapOperation.values().length);
	}

	@Test
	void defaultBudgetAllowsABurstOfThousand() {
		CallMeter meter = new CallMeter(() -> true);
		for (int i = 0; i < 1000; i++) {
			meter.begin(CloudMapOperation.DISCOVER_INSTANCES, false);
		}
		assertThat(meter.counts().of("DiscoverInstances")).isEqualTo(new Count(1000, 0, 0));
	}

	@Test
	void disabledBudgetRefusesNothing() {
		CallMeter meter = new CallMeter(() -> false, this.budget);
		for (int i = 0; i < 10; i++) {
			meter.begin(CloudMapOperation.LIST_NAMESPACES, false);
		}
		assertThat(meter.counts().of("ListNamespaces")).isEqualTo(new Count(10, 0, 0));
	}

	@Test
	void limitsCallsOnceTheRegistryIsLikeAws() {
		AtomicBoolean likeAws = new AtomicBoolean();
		CallMeter meter = new CallMeter(likeAws::get, this.budget);
		for (int i = 0; i < 10; i++) {
			meter.begin(CloudMapOperation.LIST_NAMESPACES, false);
		}
		likeAws.set(true);
		assertThatExceptionOfType(CallBudgetExceededException.class).isThrownBy(() -> {
			for (int i = 0; i < 10; i++) {
				meter.begin(CloudMapOperation.LIST_NAMESPACES, false);
			}
		});
	}

	private int taken() {
		int taken = 0;
		while (this.budget.take()) {
			taken++;
		}
		return taken;
	}

	private void advance(Duration duration) {
		this.ticker.addAndGet(duration.toNanos());
	}

}
