package dev.cloudmap.discovery.loadbalancer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogSupplierTests {

	private static final Duration ONE_REFRESH = Duration.ofSeconds(6);

	private static final ServiceName WORKER = new ServiceName(TestCatalog.CORP, "worker");

	private final ManualTimer timer = new ManualTimer();

	private CompletableFuture<InstanceSet> answer = CompletableFuture.completedFuture(set("a"));

	private final InstanceCatalog catalog = TestCatalog.of((service) -> this.answer, this.timer);

	private final CatalogServiceInstanceListSupplier supplier = supplier(this.catalog);

	private final List<String> told = new ArrayList<>();

	@Test
	void subscriberReceivesEachChangeOnce() {
		Disposable staying = this.supplier.get().subscribe(this::note);
		this.timer.advance(ONE_REFRESH);
		this.answer = CompletableFuture.completedFuture(set("a", "b"));
		this.timer.advance(ONE_REFRESH);
		this.timer.advance(ONE_REFRESH);
		this.answer = CompletableFuture.completedFuture(set("b"));
		this.timer.advance(ONE_REFRESH);
		assertThat(this.told).containsExactly("a", "ab", "b");
		staying.dispose();
		this.answer = CompletableFuture.completedFuture(set("c"));
		this.timer.advance(ONE_REFRESH);
		assertThat(this.told).hasSize(3);
	}

	@Test
	void subscriberReceivesEmptyListOnceInstancesExpire() {
		InstanceCatalog catalog = TestCatalog.of((service) -> this.answer, this.timer,
				TestCatalog.settings(Duration.ofMinutes(1)));
		Disposable staying = supplier(catalog).get().subscribe(this::note);
		this.answer = CompletableFuture.failedFuture(new RegistryUnavailableException("away", null));
		this.timer.advance(Duration.ofMinutes(2));
		assertThat(this.told).containsExactly("a", "");
		this.answer = CompletableFuture.completedFuture(set("a"));
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.told).containsExactly("a", "", "a");
		staying.dispose();
	}

	@Test
	void singleReadsDoNotKeepTheServiceWatched() {
		for (int i = 0; i < 1000; i++) {
			assertThat(this.supplier.get().next().block()).hasSize(1);
		}
		// an unused service is evicted
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
	}

	@Test
	void subscriptionKeepsTheServiceWatched() {
		Disposable staying = this.supplier.get().subscribe(this::note);
		this.timer.advance(Duration.ofHours(1));
		assertThat(this.catalog.watched()).hasSize(1);
		staying.dispose();
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
	}

	@Test
	void waitsForTheFirstListWithoutBlocking() {
		this.answer = new CompletableFuture<>();
		Disposable staying = this.supplier.get().subscribe(this::note);
		assertThat(this.told).isEmpty();
		this.answer.complete(set("a"));
		assertThat(this.told).containsExactly("a");
		staying.dispose();
	}

	@Test
	void subscriberReceivesFailureOfFirstLookup() {
		this.answer = CompletableFuture.failedFuture(new RegistryUnavailableException("away", null));
		List<Throwable> failures = new ArrayList<>();
		this.supplier.get().subscribe(this::note, failures::add);
		assertThat(failures).singleElement().isInstanceOf(RegistryUnavailableException.class);
	}

	@Test
	void subscriptionDuringChangeEndsWithTheLatestList() throws Exception {
		for (int round = 0; round < 500; round++) {
			AtomicReference<InstanceSet> found = new AtomicReference<>(set("a"));
			AtomicReference<List<ServiceInstance>> last = new AtomicReference<>();
			ManualTimer timer = new ManualTimer();
			InstanceCatalog catalog = TestCatalog.of((service) -> CompletableFuture.completedFuture(found.get()),
					timer);
			CatalogServiceInstanceListSupplier supplier = supplier(catalog);
			catalog.service("worker");
			found.set(set("b"));
			CyclicBarrier together = new CyclicBarrier(2);
			FutureTask<Disposable> subscription = new FutureTask<>(() -> {
				together.await();
				return supplier.get().subscribe(last::set);
			});
			Thread thread = new Thread(subscription);
			thread.start();
			together.await();
			timer.advance(ONE_REFRESH);
			Disposable staying = subscription.get(1, TimeUnit.MINUTES);
			assertThat(last.get()).extracting(ServiceInstance::getInstanceId).containsExactly("b");
			staying.dispose();
		}
	}

	private static CatalogServiceInstanceListSupplier supplier(InstanceCatalog catalog) {
		return new CatalogServiceInstanceListSupplier("worker", catalog, TestOtherClients.NONE, Schedulers.immediate());
	}

	private void note(List<ServiceInstance> instances) {
		this.told.add(String.join("", instances.stream().map(ServiceInstance::getInstanceId).toList()));
	}

	private static InstanceSet set(String... ids) {
		List<Instance> instances = new ArrayList<>();
		for (String id : ids) {
			instances.add(new Instance(WORKER, id, "127.0.0.1", 8080, HealthStatus.UNKNOWN, Map.of()));
		}
		return new InstanceSet(WORKER, instances, "test");
	}

}
