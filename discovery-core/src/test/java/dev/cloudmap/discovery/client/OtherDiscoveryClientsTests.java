package dev.cloudmap.discovery.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import dev.cloudmap.discovery.Namespaces;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class OtherDiscoveryClientsTests {

	private final ManualTimer timer = new ManualTimer();

	private final Fake eureka = new Fake("eureka", 0);

	private final Fake consul = new Fake("consul", 0);

	private final OtherDiscoveryClients clients = TestOtherClients.of(this.timer, this.eureka, this.consul);

	@Test
	void returnsCachedInstances() {
		this.eureka.ports = List.of(1, 2);
		for (int i = 0; i < 1000; i++) {
			assertThat(this.clients.instances("legacy").join().others()).hasSize(2);
		}
		assertThat(this.eureka.asked).containsExactly("legacy");
		assertThat(this.consul.asked).isEmpty();
	}

	@Test
	void refreshesUsedServicesInTheBackground() {
		this.clients.instances("legacy");
		assertThat(this.clients.known("legacy")).isEqualTo(OtherInstances.NONE);
		this.consul.ports = List.of(1);
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(this.clients.known("legacy").others()).hasSize(1);
		this.consul.ports = List.of();
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(this.clients.known("legacy")).isEqualTo(OtherInstances.NONE);
	}

	@Test
	void looksUpANameWithoutInstancesOncePerRefresh() {
		for (int i = 0; i < 60; i++) {
			this.clients.instances("made-up");
			this.timer.advance(Duration.ofSeconds(1));
		}
		assertThat(this.eureka.asked).hasSizeBetween(8, 16);
		this.timer.advance(Duration.ofSeconds(12));
		int asked = this.eureka.asked.size();
		assertThat(this.clients.known("made-up")).isNull();
		this.timer.advance(Duration.ofMinutes(1));
		assertThat(this.eureka.asked).hasSize(asked);
		this.eureka.ports = List.of(1);
		assertThat(this.clients.instances("made-up").join().others()).hasSize(1);
	}

	@Test
	void evictsNamesWithoutInstancesAtTheLimit() {
		this.eureka.ports = List.of(1);
		this.clients.instances("legacy");
		this.eureka.ports = List.of();
		for (int i = 0; i < OtherDiscoveryClients.MAX_SERVICES; i++) {
			this.clients.instances("made-up-" + i);
		}
		this.eureka.ports = List.of(1);
		assertThat(this.clients.instances("another").join().others()).hasSize(1);
		assertThat(this.clients.known("legacy").others()).hasSize(1);
		this.timer.advance(Duration.ofSeconds(12));
		// evicted names are not refreshed
		assertThat(this.timer.waiting()).isLessThanOrEqualTo(3);
	}

	@Test
	void evictsIdleServices() {
		this.clients.instances("legacy");
		this.timer.advance(Duration.ofMinutes(11));
		int asked = this.eureka.asked.size();
		this.timer.advance(Duration.ofHours(1));
		assertThat(this.eureka.asked).hasSize(asked);
		assertThat(this.clients.known("legacy")).isNull();
	}

	@Test
	void aFailedClientKeepsItsLastResult() {
		this.eureka.failure = new IllegalStateException("away");
		this.consul.ports = List.of(1);
		assertThat(this.clients.instances("legacy").join().others()).hasSize(1);
		this.consul.failure = new NoClassDefFoundError("gone");
		this.timer.advance(Duration.ofSeconds(6));
		assertThat(this.clients.instances("legacy").join().others()).hasSize(1);
	}

	@Test
	void waitsOnceForAnUnresponsiveClient() {
		List<Runnable> hanging = new ArrayList<>();
		OtherDiscoveryClients slow = new OtherDiscoveryClients(() -> List.of(this.eureka),
				Namespaces.of(TestCatalog.CORP), hanging::add, this.timer, TestCatalog.settings(null));
		CompletableFuture<OtherInstances> first = slow.instances("legacy");
		assertThat(first).isNotDone().succeedsWithin(Duration.ofSeconds(5)).isEqualTo(OtherInstances.NONE);
		assertThat(slow.instances("legacy")).isCompletedWithValue(OtherInstances.NONE);
		this.eureka.ports = List.of(1);
		hanging.forEach(Runnable::run);
		assertThat(slow.instances("legacy").join().others()).hasSize(1);
	}

	@Test
	void triesTheNameWithoutNamespace() {
		this.clients.instances("legacy.corp");
		this.clients.instances("legacy.partner");
		this.clients.instances("-no name-");
		assertThat(this.eureka.asked).containsExactly("legacy.corp", "legacy", "legacy.partner", "-no name-");
	}

	@Test
	void prefersAClientByItsOrder() {
		Fake first = new Fake("first", -1);
		OtherDiscoveryClients preferring = TestOtherClients.of(this.timer, first, this.eureka);
		assertThat(preferring.arePreferred()).isTrue();
		assertThat(this.clients.arePreferred()).isFalse();
		first.ports = List.of(1);
		assertThat(preferring.instances("legacy").join().preferred()).hasSize(1);
		assertThat(this.clients.instances("legacy").join().preferred()).isEmpty();
	}

	@Test
	void prefersAClientThatIsCreatedLater() {
		List<DiscoveryClient> available = new ArrayList<>();
		OtherDiscoveryClients later = new OtherDiscoveryClients(() -> available, Namespaces.of(TestCatalog.CORP),
				Runnable::run, this.timer, TestCatalog.SETTINGS);
		assertThat(later.arePreferred()).isFalse();
		available.add(new Fake("first", -1));
		assertThat(later.arePreferred()).isTrue();
	}

	@Test
	void doesNothingWithoutOtherClients() {
		assertThat(TestOtherClients.NONE.exist()).isFalse();
		assertThat(TestOtherClients.NONE.instances("legacy")).isCompletedWithValue(OtherInstances.NONE);
		assertThat(TestOtherClients.NONE.known("legacy")).isNull();
	}

	private static final class Fake implements DiscoveryClient {

		private final String name;

		private final int order;

		private final List<String> asked = new ArrayList<>();

		private List<Integer> ports = List.of();

		private Throwable failure;

		private Fake(String name, int order) {
			this.name = name;
			this.order = order;
		}

		@Override
		public String description() {
			return this.name;
		}

		@Override
		public List<ServiceInstance> getInstances(String serviceId) {
			this.asked.add(serviceId);
			if (this.failure instanceof Error error) {
				throw error;
			}
			if (this.failure instanceof RuntimeException exception) {
				throw exception;
			}
			return this.ports.stream()
				.<ServiceInstance>map((port) -> new DefaultServiceInstance(null, serviceId, "127.0.0.1", port, false))
				.toList();
		}

		@Override
		public List<String> getServices() {
			return List.of();
		}

		@Override
		public int getOrder() {
			return this.order;
		}

	}

}
