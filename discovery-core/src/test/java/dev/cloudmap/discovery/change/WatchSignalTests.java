package dev.cloudmap.discovery.change;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.Namespace;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.change.ChangeSignal.Coverage;
import dev.cloudmap.discovery.change.ChangeSignal.NamespaceListener;
import dev.cloudmap.discovery.change.ChangeSignal.Subscription;
import dev.cloudmap.discovery.registry.FakeRegistry;
import dev.cloudmap.discovery.registry.FakeRegistry.FakeWatch;
import dev.cloudmap.discovery.registry.Registry;
import dev.cloudmap.discovery.registry.Watch;
import dev.cloudmap.discovery.registry.WatchListener;

import static org.assertj.core.api.Assertions.assertThat;

class WatchSignalTests {

	private static final Namespace CORP = new Namespace("corp");

	private static final Namespace LAB = new Namespace("lab");

	private final FakeRegistry registry = new FakeRegistry();

	private final WatchSignal signal = new WatchSignal(this.registry);

	private final List<String> told = new ArrayList<>();

	@Test
	void oneWatchServesAllServicesOfANamespace() {
		subscribe(CORP, "worker");
		subscribe(CORP, "printer");
		subscribe(LAB, "mouse");
		assertThat(this.registry.calls).containsExactly("watch corp", "watch lab");
		watch(0).open();
		watch(0).listener.onChange("worker");
		watch(0).listener.onChange("unknown");
		watch(1).listener.onChange("worker");
		assertThat(this.told).containsExactly("worker");
		watch(0).listener.onReset();
		assertThat(this.told).containsExactlyInAnyOrder("worker", "worker", "printer");
	}

	@Test
	void namespaceSubscriberReceivesAllServices() {
		Subscription subscription = this.signal.subscribe(CORP, (NamespaceListener) this.told::add);
		watch(0).open();
		assertThat(subscription.coverage()).isEqualTo(Coverage.FULL);
		watch(0).listener.onChange("worker");
		watch(0).listener.onChange("unknown");
		watch(0).listener.onReset();
		assertThat(this.told).containsExactly("worker", "unknown", null);
		subscription.close();
		assertThat(watch(0).closed).isTrue();
	}

	@Test
	void ignoresCaseOfNames() {
		subscribe(CORP, "Worker");
		subscribe(CORP, "worker");
		watch(0).listener.onChange("WORKER");
		assertThat(this.told).containsExactlyInAnyOrder("Worker", "worker");
	}

	@Test
	void coversChangesWhileTheWatchIsOpen() {
		Subscription subscription = subscribe(CORP, "worker");
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		watch(0).open();
		assertThat(subscription.coverage()).isEqualTo(Coverage.FULL);
		assertThat(this.told).isEmpty();
		watch(0).lose();
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		assertThat(this.told).containsExactly("worker");
		watch(0).open();
		assertThat(subscription.coverage()).isEqualTo(Coverage.FULL);
	}

	@Test
	void countsReconnects() {
		subscribe(CORP, "worker");
		watch(0).open();
		assertThat(this.signal.reconnects()).isZero();
		watch(0).lose();
		watch(0).open();
		watch(0).lose();
		assertThat(this.signal.reconnects()).isOne();
		assertThat(new AutoSignal(this.signal, new NoSignal()).reconnects()).isOne();
	}

	@Test
	void closesTheWatchWithItsLastSubscriber() {
		Subscription worker = subscribe(CORP, "worker");
		Subscription printer = subscribe(CORP, "printer");
		watch(0).open();
		worker.close();
		worker.close();
		assertThat(watch(0).closed).isFalse();
		assertThat(worker.coverage()).isEqualTo(Coverage.NONE);
		watch(0).listener.onChange("worker");
		assertThat(this.told).isEmpty();
		printer.close();
		assertThat(watch(0).closed).isTrue();
		subscribe(CORP, "worker");
		assertThat(this.registry.watches).hasSize(2);
	}

	@Test
	void followsEachServiceOnce() {
		Subscription worker = subscribe(CORP, "worker");
		Subscription again = subscribe(CORP, "worker");
		Subscription list = this.signal.subscribe(CORP, (NamespaceListener) this.told::add);
		assertThat(watch(0).followed).containsExactly("worker", null);
		worker.close();
		list.close();
		assertThat(watch(0).followed).containsExactly("worker");
		again.close();
		assertThat(watch(0).followed).isEmpty();
		assertThat(watch(0).closed).isTrue();
	}

	@Test
	void acceptsAWatchThatOpensDuringItsCreation() {
		Registry eager = new FakeRegistry() {

			@Override
			public Watch watch(Namespace namespace, WatchListener listener) {
				FakeWatch watch = (FakeWatch) super.watch(namespace, listener);
				watch.open();
				listener.onReset();
				return watch;
			}

		};
		Subscription subscription = new WatchSignal(eager).subscribe(new ServiceName(CORP, "worker"),
				() -> this.told.add("worker"));
		assertThat(this.told).containsExactly("worker");
		assertThat(subscription.coverage()).isEqualTo(Coverage.FULL);
	}

	@Test
	void registryWithoutWatchCoversNothing() {
		Registry silent = new FakeRegistry() {

			@Override
			public Watch watch(Namespace namespace, WatchListener listener) {
				return Watch.NEVER;
			}

		};
		Subscription subscription = new WatchSignal(silent).subscribe(new ServiceName(CORP, "worker"), () -> {
		});
		assertThat(subscription.coverage()).isEqualTo(Coverage.NONE);
		subscription.close();
	}

	@Test
	void failingListenerDoesNotAffectOthers() {
		this.signal.subscribe(new ServiceName(CORP, "worker"), () -> {
			throw new IllegalStateException("sorry");
		});
		subscribe(CORP, "worker");
		watch(0).listener.onChange("worker");
		assertThat(this.told).containsExactly("worker");
	}

	private Subscription subscribe(Namespace namespace, String service) {
		return this.signal.subscribe(new ServiceName(namespace, service), () -> this.told.add(service));
	}

	private FakeWatch watch(int index) {
		return this.registry.watches.get(index);
	}

}
