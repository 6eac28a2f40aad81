package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.DiscoveryException;
import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InvalidNameException;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.thread.ManualTimer;

import static dev.cloudmap.discovery.catalog.ScriptedSource.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The first lookup of a service.
 */
class FirstLookupTests {

	private static final int CALLERS = 1000;

	private final ScriptedSource source = new ScriptedSource();

	private final InstanceCatalog catalog = TestCatalog.of(this.source, new ManualTimer());

	@Test
	void concurrentCallersShareOneLookup() throws InterruptedException, ExecutionException, TimeoutException {
		CompletableFuture<InstanceSet> pending = new CompletableFuture<>();
		this.source.fallback = pending;
		CountDownLatch go = new CountDownLatch(1);
		CountDownLatch asked = new CountDownLatch(CALLERS);
		List<FutureTask<List<ServiceInstance>>> callers = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			String id = (i % 2 == 0) ? "worker" : "worker.corp";
			FutureTask<List<ServiceInstance>> caller = new FutureTask<>(() -> {
				go.await();
				CompletableFuture<List<ServiceInstance>> answer = this.catalog.service(id).instances();
				asked.countDown();
				return answer.join();
			});
			callers.add(caller);
			Thread thread = new Thread(null, caller, "caller-" + i, 1 << 16);
			thread.setDaemon(true);
			thread.start();
		}
		go.countDown();
		assertThat(asked.await(1, TimeUnit.MINUTES)).isTrue();
		assertThat(callers).noneMatch(FutureTask::isDone);
		pending.complete(set("a"));
		List<ServiceInstance> list = this.catalog.service("worker").known();
		for (FutureTask<List<ServiceInstance>> caller : callers) {
			assertThat(caller.get(1, TimeUnit.MINUTES)).isSameAs(list);
		}
		assertThat(this.source.lookups).isEqualTo(1);
	}

	@Test
	void cancellationDoesNotAffectOtherCallers() {
		CompletableFuture<InstanceSet> pending = new CompletableFuture<>();
		this.source.fallback = pending;
		CompletableFuture<List<ServiceInstance>> impatient = this.catalog.service("worker").instances();
		CompletableFuture<List<ServiceInstance>> patient = this.catalog.service("worker").instances();
		impatient.cancel(true);
		pending.complete(set("a"));
		assertThat(patient).isCompletedWithValueMatching((instances) -> instances.size() == 1);
	}

	@Test
	void callersOfAnUnresponsiveRegistryTimeOut() {
		CatalogSettings impatient = new CatalogSettings(Duration.ofMillis(50), Duration.ofSeconds(5),
				Duration.ofSeconds(30), Duration.ofMinutes(10), null);
		InstanceCatalog catalog = TestCatalog.of(this.source, new ManualTimer(), impatient);
		List<CompletableFuture<List<ServiceInstance>>> callers = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			callers.add(catalog.service("worker").instances());
		}
		for (CompletableFuture<List<ServiceInstance>> caller : callers) {
			assertThat(caller).failsWithin(Duration.ofMinutes(1))
				.withThrowableThat()
				.withCauseInstanceOf(RegistryUnavailableException.class)
				.withMessageContaining("worker.corp timed out after 50 ms (discovery.lookup.timeout)");
		}
		assertThat(this.source.lookups).isEqualTo(1);
	}

	@Test
	void anInvalidResultFailsTheFirstCallersAndIsRetried() {
		ManualTimer timer = new ManualTimer();
		InstanceCatalog catalog = TestCatalog.of(this.source, timer);
		this.source.answer(new InstanceSet(ScriptedSource.WORKER,
				List.of(new Instance(ScriptedSource.WORKER, "a", "no host", 1, HealthStatus.UNKNOWN, Map.of())),
				"test"));
		this.source.find("b");
		assertThat(catalog.service("worker").instances()).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(DiscoveryException.class)
			.withMessageContaining("no host");
		timer.advance(Duration.ofSeconds(2));
		assertThat(catalog.service("worker").known()).hasSize(1);
	}

	@Test
	void aFailedSubscriptionDoesNotPreventLookups() {
		InstanceCatalog catalog = TestCatalog.of(this.source, (service, changed) -> {
			throw new IllegalStateException("signal");
		}, new ManualTimer(), TestCatalog.SETTINGS, null);
		this.source.find("a");
		assertThat(catalog.service("worker").known()).hasSize(1);
	}

	@Test
	void doesNotStoreInvalidNames() {
		for (int i = 0; i < 1000; i++) {
			String id = "-" + i;
			assertThatExceptionOfType(InvalidNameException.class).isThrownBy(() -> this.catalog.service(id));
		}
		assertThat(this.catalog.watched()).isEmpty();
		assertThat(this.source.lookups).isZero();
	}

	@Test
	void limitsTheNumberOfServices() {
		this.source.find("a");
		for (int i = 0; i < InstanceCatalog.MAX_SERVICES; i++) {
			this.catalog.service("worker-" + i);
		}
		assertThatExceptionOfType(DiscoveryException.class).isThrownBy(() -> this.catalog.service("one-more"))
			.withMessageContaining("one-more.corp")
			.withMessageContaining("already has 10000 services");
		assertThat(this.catalog.watched()).hasSize(InstanceCatalog.MAX_SERVICES);
		assertThat(this.catalog.service("worker-7")).isSameAs(this.catalog.service("worker-7.corp"));
	}

	@Test
	void limitsTheNumberOfIds() {
		WatchedService worker = this.catalog.service("worker");
		for (int i = 0; i < InstanceCatalog.MAX_IDS + 10; i++) {
			StringBuilder id = new StringBuilder("worker.");
			String namespace = "abcdefghijklmnop";
			for (int bit = 0; bit < namespace.length(); bit++) {
				char letter = namespace.charAt(bit);
				id.append(((i >> bit) & 1) == 1 ? Character.toUpperCase(letter) : letter);
			}
			this.catalog.service(id.toString());
		}
		assertThat(this.catalog.watched()).hasSize(2);
		assertThat(this.catalog.service("worker")).isSameAs(worker);
		assertThat(this.catalog.ids(this.catalog.service("worker.abcdefghijklmnop").name()))
			.hasSizeLessThanOrEqualTo(InstanceCatalog.MAX_IDS);
	}

}
