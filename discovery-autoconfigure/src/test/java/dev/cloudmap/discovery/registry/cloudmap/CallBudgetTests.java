package dev.cloudmap.discovery.registry.cloudmap;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.registry.CallCounts.Count;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CallBudgetTests {

	private final AtomicLong ticker = new AtomicLong(-5);

	private final CallBudget budget = new CallBudget(this.ticker::get);

	@ParameterizedTest
	@EnumSource(CloudMapOperation.class)
	void allowsABurstAndThenTheRate(CloudMapOperation operation) {
		assertThat(taken(operation)).isEqualTo(operation.burst());
		advance(Duration.ofSeconds(2));
		assertThat(taken(operation)).isEqualTo((int) Math.min(2 * operation.perSecond(), operation.burst()));
		advance(Duration.ofHours(1));
		assertThat(taken(operation)).isEqualTo(operation.burst());
	}

	@Test
	void operationsHaveABudgetEach() {
		assertThat(taken(CloudMapOperation.LIST_NAMESPACES)).isEqualTo(5);
		assertThat(taken(CloudMapOperation.LIST_SERVICES)).isEqualTo(10);
	}

	@Test
	void whatWasSpentWithoutAskingIsMissedLater() {
		this.budget.charge(CloudMapOperation.LIST_SERVICES, 14);
		advance(Duration.ofMillis(2400));
		assertThat(taken(CloudMapOperation.LIST_SERVICES)).isZero();
		advance(Duration.ofMillis(200));
		assertThat(taken(CloudMapOperation.LIST_SERVICES)).isEqualTo(1);
		this.budget.charge(CloudMapOperation.LIST_SERVICES, 1_000_000);
		advance(Duration.ofSeconds(6));
		assertThat(taken(CloudMapOperation.LIST_SERVICES)).isEqualTo(2);
	}

	@Test
	void theMeterNamesTheOperationAndItsRate() {
		CallMeter meter = CallMeter.withBudget(this.ticker::get);
		for (int i = 0; i < 5; i++) {
			meter.begin(CloudMapOperation.LIST_NAMESPACES);
		}
		meter.failed(CloudMapOperation.LIST_NAMESPACES, 3);
		assertThatExceptionOfType(CallBudgetExceededException.class)
			.isThrownBy(() -> meter.begin(CloudMapOperation.LIST_NAMESPACES))
			.isInstanceOf(RegistryUnavailableException.class)
			.withMessageContaining("ListNamespaces: expected no more than 0.5 calls a second and 5 at once")
			.satisfies((ex) -> assertThat(ex.getOperation()).isEqualTo("ListNamespaces"));
		assertThat(meter.counts().of("ListNamespaces")).isEqualTo(new Count(7, 3, 1));
		assertThat(meter.counts().of("ListServices")).isEqualTo(new Count(0, 0, 0));
		assertThat(meter.counts().byOperation()).hasSize(CloudMapOperation.values().length);
	}

	@Test
	void whereNothingIsToBeSavedNothingIsRefused() {
		CallMeter meter = CallMeter.withBudgetWhere(() -> false);
		for (int i = 0; i < 10_000; i++) {
			meter.begin(CloudMapOperation.LIST_NAMESPACES);
		}
		assertThat(meter.counts().of("ListNamespaces")).isEqualTo(new Count(10_000, 0, 0));
	}

	@Test
	void countsAsSoonAsTheRegistryTurnsOutToBeLikeAws() {
		AtomicBoolean likeAws = new AtomicBoolean();
		CallMeter meter = CallMeter.withBudgetWhere(likeAws::get);
		for (int i = 0; i < 100; i++) {
			meter.begin(CloudMapOperation.LIST_NAMESPACES);
		}
		likeAws.set(true);
		assertThatExceptionOfType(CallBudgetExceededException.class).isThrownBy(() -> {
			for (int i = 0; i < 100; i++) {
				meter.begin(CloudMapOperation.LIST_NAMESPACES);
			}
		});
	}

	private int taken(CloudMapOperation operation) {
		int taken = 0;
		while (this.budget.take(operation)) {
			taken++;
		}
		return taken;
	}

	private void advance(Duration duration) {
		this.ticker.addAndGet(duration.toNanos());
	}

}
