package dev.cloudmap.discovery.change;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.change.ChangeSignal.Subscription;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.FakeRegistry.FakeWatch;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class AutoSignalTests {

	private static final ServiceName WORKER = new ServiceName(new Namespace("corp"), "worker");

	private static final Duration ROUND = Duration.ofMillis(5501);

	private final FakeRegistry registry = new FakeRegistry();

	private final ManualTimer timer = new ManualTimer();

	private final List<String> told = new ArrayList<>();

	private final AutoSignal signal = new AutoSignal(new WatchSignal(this.registry),
			new RevisionSignal(this.registry, Runnable::run, this.timer, Duration.ofSeconds(5)));

	private final Subscription subscription = this.signal.subscribe(WORKER, () -> this.told.add("changed"));

	@Test
	void doesNotPollAWatchedRegistry() {
		watch().open();
		assertThat(this.subscription.coverage()).isEqualTo(Coverage.FULL);
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.registry.calls).containsExactly("watch corp");
		watch().listener.onChange("worker");
		assertThat(this.told).hasSize(1);
	}

	@Test
	void pollsARegistryWithoutWatch() {
		this.timer.advance(ROUND);
		assertThat(this.subscription.coverage()).isEqualTo(Coverage.MEMBERS);
		this.told.clear();
		this.registry.revisions.put("worker", 1L);
		this.timer.advance(ROUND);
		assertThat(this.told).hasSize(1);
	}

	@Test
	void switchesBetweenWatchAndPolling() {
		watch().open();
		watch().lose();
		assertThat(this.told).hasSize(1);
		assertThat(this.subscription.coverage()).isEqualTo(Coverage.NONE);
		this.timer.advance(ROUND);
		assertThat(this.subscription.coverage()).isEqualTo(Coverage.MEMBERS);
		watch().open();
		assertThat(this.subscription.coverage()).isEqualTo(Coverage.FULL);
		this.registry.calls.clear();
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.registry.calls).isEmpty();
	}

	@Test
	void unavailableRegistryCoversNothing() {
		this.registry.failure = new RegistryUnavailableException("away", null);
		this.timer.advance(ROUND);
		assertThat(this.subscription.coverage()).isEqualTo(Coverage.NONE);
		assertThat(this.told).isEmpty();
	}

	@Test
	void dnsOnlyLookupPollsNothing() {
		this.subscription.close();
		this.registry.calls.clear();
		Subscription dnsOnly = new AutoSignal(new WatchSignal(this.registry), new NoSignal()).subscribe(WORKER,
				() -> this.told.add("changed"));
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.registry.calls).containsExactly("watch corp");
		assertThat(dnsOnly.coverage()).isEqualTo(Coverage.NONE);
		this.registry.watches.get(1).open();
		assertThat(dnsOnly.coverage()).isEqualTo(Coverage.FULL);
	}

	@Test
	void doesNotPollForListsFromDns() {
		Told listener = new Told();
		this.subscription.close();
		this.registry.calls.clear();
		Subscription subscription = this.signal.subscribe(WORKER, listener);
		listener.dated = true;
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.registry.calls).containsExactly("watch corp");
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		// DNS is no longer available
		listener.dated = false;
		this.registry.revisions.put("worker", 1L);
		this.timer.advance(ROUND);
		assertThat(subscription.coverage()).isEqualTo(Coverage.MEMBERS);
		assertThat(listener.times).isOne();
	}

	@Test
	void watchReportsChangesOfListsFromDns() {
		Told listener = new Told();
		listener.dated = true;
		listener.waiting = false;
		Subscription subscription = this.signal.subscribe(WORKER, listener);
		watch().open();
		watch().listener.onChange("worker");
		assertThat(subscription.coverage()).isEqualTo(Coverage.FULL);
		assertThat(listener.times).isOne();
	}

	@Test
	void closeEndsBoth() {
		this.subscription.close();
		this.subscription.close();
		assertThat(watch().closed).isTrue();
		this.registry.calls.clear();
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.registry.calls).isEmpty();
		assertThat(this.subscription.coverage()).isEqualTo(Coverage.NONE);
	}

	private FakeWatch watch() {
		return this.registry.watches.get(0);
	}

}
