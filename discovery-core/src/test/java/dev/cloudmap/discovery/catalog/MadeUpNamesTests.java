package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.thread.LogLimit;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests for services that do not exist.
 */
@ExtendWith(OutputCaptureExtension.class)
class MadeUpNamesTests {

	private static final Duration REFRESH = TestCatalog.SETTINGS.refresh();

	private final ManualTimer timer = new ManualTimer();

	private final ScriptedSource source = new ScriptedSource();

	private final InstanceCatalog catalog = TestCatalog.of(this.source, this.timer);

	@Test
	void aNameRequestedOnceIsRemoved() {
		this.source.find();
		assertThat(this.catalog.service("made-up").instances()).isCompletedWithValue(List.of());
		advance(REFRESH.multipliedBy(3));
		assertThat(this.source.lookups).isBetween(1, 2);
		assertThat(this.catalog.watched()).isEmpty();
		assertThat(this.timer.waiting()).isZero();
	}

	@Test
	void aNewServiceIsFoundAfterItsNameWasRemoved() {
		this.source.find();
		this.catalog.service("late").instances();
		advance(Duration.ofMinutes(1));
		this.source.find("a");
		assertThat(this.catalog.service("late").known()).hasSize(1);
	}

	@Test
	void aNewServiceIsFoundWhileItIsRequested() {
		this.source.find();
		callEachSecond(60);
		assertThat(this.source.lookups).isGreaterThanOrEqualTo(8);
		this.source.find("a");
		callEachSecond(10);
		assertThat(this.catalog.service("late").known()).hasSize(1);
	}

	@Test
	void aNewServiceIsFoundAfterAPause() {
		this.source.find();
		this.catalog.service("late").instances();
		advance(Duration.ofSeconds(20));
		this.source.find("a");
		assertThat(this.catalog.service("late").known()).hasSize(1);
	}

	@Test
	void aNameRequestedInALoopIsLookedUpOncePerRefresh() {
		this.source.find();
		for (int i = 0; i < 600; i++) {
			this.catalog.service("made-up").instances();
			this.timer.advance(Duration.ofMillis(100));
		}
		assertThat(this.source.lookups).isBetween(8, 16);
	}

	@Test
	void aServiceThatLostAllInstancesIsRemoved() {
		this.source.find("a");
		this.catalog.service("late").instances();
		this.source.find();
		advance(Duration.ofMinutes(2));
		assertThat(this.catalog.watched()).isEmpty();
	}

	@Test
	void requestsDoNotShortenTheBackOff() {
		this.source.fail();
		for (int i = 0; i < 12; i++) {
			this.catalog.service("made-up").instances();
			advance(REFRESH);
		}
		int inTheFirstMinute = this.source.lookups;
		WatchedService service = this.catalog.service("made-up");
		advance(REFRESH.multipliedBy(3));
		assertThat(this.catalog.service("made-up")).isSameAs(service);
		assertThat(this.source.lookups).isLessThanOrEqualTo(inTheFirstMinute + 2);
	}

	@Test
	void aSweepKeepsServicesWithFailedLookups() {
		this.source.fail();
		WatchedService worker = this.catalog.service("worker");
		this.source.find();
		for (int i = 0; i < 2 * InstanceCatalog.SWEEP; i++) {
			this.catalog.service("made-up-" + i).instances();
		}
		assertThat(this.catalog.watched()).hasSizeLessThanOrEqualTo(InstanceCatalog.SWEEP + 1);
		assertThat(this.catalog.service("worker")).isSameAs(worker);
	}

	@Test
	void namesWithFailedLookupsAreRemovedAtTheLimit() {
		this.source.fail();
		for (int i = 0; i < InstanceCatalog.MAX_SERVICES; i++) {
			this.catalog.service("made-up-" + i);
		}
		this.source.find("a");
		assertThat(this.catalog.service("worker").known()).hasSize(1);
	}

	@Test
	void aNameWithFailedLookupsIsRemovedWhenIdle() {
		this.source.fail();
		assertThat(this.catalog.service("made-up").instances()).isCompletedExceptionally();
		advance(Duration.ofMinutes(2));
		assertThat(this.catalog.watched()).isEmpty();
	}

	@Test
	void aServiceThatIsFollowedIsKept() {
		this.source.find();
		List<List<ServiceInstance>> told = new ArrayList<>();
		this.catalog.follow("late", told::add);
		advance(Duration.ofMinutes(5));
		this.source.find("a");
		advance(Duration.ofMinutes(1));
		assertThat(told).last().satisfies((instances) -> assertThat(instances).hasSize(1));
	}

	@Test
	void aServiceWithInstancesIsKeptWithoutCalls() {
		this.source.find("a");
		WatchedService worker = this.catalog.service("worker");
		advance(Duration.ofMinutes(5));
		assertThat(this.catalog.service("worker")).isSameAs(worker);
	}

	@Test
	void manyNamesDoNotFillMemoryOrLog(CapturedOutput output) {
		this.source.find("a");
		WatchedService worker = this.catalog.service("worker");
		this.source.find();
		for (int i = 0; i < 3 * InstanceCatalog.MAX_SERVICES; i++) {
			this.catalog.service("made-up-" + i).instances();
		}
		assertThat(this.catalog.watched()).hasSizeLessThanOrEqualTo(InstanceCatalog.SWEEP + 1);
		assertThat(this.catalog.service("worker")).isSameAs(worker);
		assertThat(output.getOut().lines().filter((line) -> line.contains("made-up-")))
			.hasSizeLessThanOrEqualTo(LogLimit.MAX_LINES);
	}

	private void callEachSecond(int seconds) {
		for (int i = 0; i < seconds; i++) {
			this.catalog.service("late").known();
			this.timer.advance(Duration.ofSeconds(1));
		}
	}

	private void advance(Duration duration) {
		for (Duration passed = Duration.ZERO; passed.compareTo(duration) < 0; passed = passed.plusSeconds(1)) {
			this.timer.advance(Duration.ofSeconds(1));
		}
	}

}
