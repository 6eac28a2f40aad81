package dev.cloudmap.discovery.change;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.change.ChangeSignal.Subscription;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class RevisionSignalTests {

	private static final Namespace CORP = new Namespace("corp");

	private static final Duration INTERVAL = Duration.ofSeconds(5);

	/** Longer than an interval with its jitter, but shorter than two. */
	private static final Duration ROUND = Duration.ofMillis(5501);

	private final FakeRegistry registry = new FakeRegistry();

	private final ManualTimer timer = new ManualTimer();

	private final RevisionSignal signal = new RevisionSignal(this.registry, Runnable::run, this.timer, INTERVAL);

	private final List<String> told = new ArrayList<>();

	@Test
	void changedRevisionIsAChange() {
		this.registry.revisions.put("worker", 1L);
		Subscription subscription = subscribe("worker");
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		assertThat(this.registry.calls).isEmpty();
		this.timer.advance(ROUND);
		// earlier changes are unknown
		assertThat(this.told).containsExactly("worker");
		assertThat(subscription.coverage()).isEqualTo(Coverage.MEMBERS);
		this.timer.advance(ROUND);
		assertThat(this.told).hasSize(1);
		this.registry.revisions.put("worker", 2L);
		this.timer.advance(ROUND);
		assertThat(this.told).hasSize(2);
		// a lower revision is a change too, as after a restart of a registry without
		// storage
		this.registry.revisions.put("worker", 1L);
		this.timer.advance(ROUND);
		assertThat(this.told).hasSize(3);
	}

	@Test
	void missingServiceIsNoFailure() {
		Subscription subscription = subscribe("worker");
		this.timer.advance(ROUND);
		this.timer.advance(ROUND);
		assertThat(this.told).hasSize(1);
		assertThat(subscription.coverage()).isEqualTo(Coverage.MEMBERS);
		this.registry.revisions.put("worker", 1L);
		this.timer.advance(ROUND);
		assertThat(this.told).hasSize(2);
		this.registry.revisions.clear();
		this.timer.advance(ROUND);
		assertThat(this.told).hasSize(3);
	}

	@Test
	void pollsEachServiceOncePerInterval() {
		Subscription subscription = subscribe("worker");
		subscribe("printer");
		this.timer.advance(Duration.ofSeconds(500));
		assertThat(this.registry.calls).filteredOn("revision worker.corp"::equals).hasSizeBetween(90, 111);
		assertThat(this.registry.calls).filteredOn("revision printer.corp"::equals).hasSizeBetween(90, 111);
		this.registry.revisions.put("worker", 1L);
		this.told.clear();
		this.timer.advance(ROUND);
		assertThat(this.told).containsExactly("worker");
		subscription.close();
		subscription.close();
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		this.timer.advance(ROUND);
		this.registry.calls.clear();
		this.timer.advance(Duration.ofMinutes(10));
		assertThat(this.registry.calls).isNotEmpty().doesNotContain("revision worker.corp");
		assertThat(this.timer.waiting()).isOne();
	}

	@Test
	void pollsOnlyWhileTheListenerWaits() {
		Told listener = new Told();
		this.registry.revisions.put("worker", 1L);
		Subscription subscription = this.signal.subscribe(new ServiceName(CORP, "worker"), listener);
		this.timer.advance(ROUND);
		assertThat(listener.times).isOne();
		listener.waiting = false;
		this.registry.calls.clear();
		this.registry.revisions.put("worker", 2L);
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(this.registry.calls).isEmpty();
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		listener.waiting = true;
		this.timer.advance(ROUND);
		// receives the change of the time between
		assertThat(listener.times).isEqualTo(2);
		assertThat(subscription.coverage()).isEqualTo(Coverage.MEMBERS);
	}

	@Test
	void reportsFailureOnceAndBacksOff() {
		this.registry.revisions.put("worker", 1L);
		Subscription subscription = subscribe("worker");
		this.timer.advance(ROUND);
		this.told.clear();
		fail(new RegistryUnavailableException("away", null));
		this.timer.advance(ROUND);
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		assertThat(this.told).hasSize(1);
		this.registry.calls.clear();
		this.timer.advance(Duration.ofMinutes(10));
		assertThat(this.told).hasSize(1);
		assertThat(this.registry.calls).hasSizeBetween(17, 26);
		fail(null);
		this.timer.advance(Duration.ofSeconds(34));
		assertThat(subscription.coverage()).isEqualTo(Coverage.MEMBERS);
		// the same revision proves that nothing changed
		assertThat(this.told).hasSize(1);
		this.registry.calls.clear();
		this.timer.advance(Duration.ofSeconds(50));
		assertThat(this.registry.calls).hasSizeBetween(8, 11);
	}

	@Test
	void logsMissingPermissionOnce(CapturedOutput output) {
		fail(new RegistryUnavailableException("away", null));
		subscribe("worker");
		this.timer.advance(ROUND);
		assertThat(output).isEmpty();
		fail(new DiscoveryException("add 'servicediscovery:DiscoverInstancesRevision'"));
		subscribe("printer");
		this.timer.advance(Duration.ofMinutes(5));
		assertThat(output.toString().split("add 'servicediscovery:DiscoverInstancesRevision'", -1)).hasSize(2);
	}

	@Test
	void oldAnswerCoversNothing() {
		this.registry.revisions.put("worker", 1L);
		Queue<Runnable> waiting = new ArrayDeque<>();
		RevisionSignal slow = new RevisionSignal(this.registry, waiting::add, this.timer, INTERVAL);
		Subscription subscription = slow.subscribe(new ServiceName(CORP, "worker"), () -> {
		});
		this.timer.advance(ROUND);
		waiting.remove().run();
		assertThat(subscription.coverage()).isEqualTo(Coverage.MEMBERS);
		this.timer.advance(Duration.ofSeconds(15));
		assertThat(subscription.coverage()).isEqualTo(Coverage.MEMBERS);
		this.timer.advance(Duration.ofSeconds(1));
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
	}

	@Test
	void limitsConcurrentCalls() {
		Queue<Runnable> underWay = new ArrayDeque<>();
		RevisionSignal slow = new RevisionSignal(this.registry, underWay::add, this.timer, INTERVAL);
		for (int i = 0; i < 10; i++) {
			slow.subscribe(new ServiceName(CORP, "worker-" + i), () -> {
			});
		}
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(underWay).hasSize(RevisionSignal.MAX_CONCURRENT);
		while (!underWay.isEmpty()) {
			underWay.remove().run();
			assertThat(underWay).hasSizeLessThanOrEqualTo(RevisionSignal.MAX_CONCURRENT);
		}
		assertThat(this.registry.calls).doesNotHaveDuplicates().hasSize(10);
	}

	@Test
	void rejectedTaskIsAFailure() {
		boolean[] full = { true };
		RevisionSignal refused = new RevisionSignal(this.registry, (task) -> {
			if (full[0]) {
				throw new RejectedExecutionException("full");
			}
			task.run();
		}, this.timer, INTERVAL);
		Subscription subscription = refused.subscribe(new ServiceName(CORP, "worker"), () -> {
		});
		this.timer.advance(ROUND);
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		full[0] = false;
		this.timer.advance(ROUND);
		assertThat(subscription.coverage()).isEqualTo(Coverage.MEMBERS);
	}

	@Test
	void rejectsTooShortInterval() {
		assertThatExceptionOfType(DiscoveryException.class)
			.isThrownBy(() -> new RevisionSignal(this.registry, Runnable::run, this.timer, Duration.ZERO))
			.withMessageContaining("discovery.lookup.refresh is 0ms");
	}

	private void fail(DiscoveryException failure) {
		this.registry.failure = failure;
	}

	private Subscription subscribe(String service) {
		return this.signal.subscribe(new ServiceName(CORP, service), () -> this.told.add(service));
	}

}
