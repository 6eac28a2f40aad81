package dev.cloudmap.discovery.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which services are kept for listeners that look services up at each heartbeat.
 */
class HeartbeatIdleTests {

	private final ManualTimer timer = new ManualTimer();

	private final InstanceCatalog catalog = TestCatalog.of((service) -> CompletableFuture.completedFuture(set(service)),
			this.timer);

	@Test
	void aServiceRequestedSinceTheLastHeartbeatIsKept() {
		this.catalog.expectHeartbeats();
		this.catalog.service("worker").known();
		this.timer.advance(Duration.ofHours(2));
		assertThat(this.catalog.watched()).hasSize(1);
		this.catalog.heartbeat();
		this.catalog.service("worker").known();
		this.timer.advance(Duration.ofHours(2));
		assertThat(this.catalog.watched()).hasSize(1);
	}

	@Test
	void aServiceNotRequestedSinceTheLastHeartbeatBecomesIdle() {
		this.catalog.expectHeartbeats();
		this.catalog.service("worker").known();
		this.timer.advance(Duration.ofHours(2));
		this.catalog.heartbeat();
		this.timer.advance(Duration.ofMinutes(9));
		assertThat(this.catalog.watched()).hasSize(1);
		this.timer.advance(Duration.ofMinutes(2));
		assertThat(this.catalog.watched()).isEmpty();
	}

	@Test
	void aServiceWithoutInstancesBecomesIdle() {
		InstanceCatalog empty = TestCatalog.of(
				(service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(), "test")),
				this.timer);
		empty.expectHeartbeats();
		empty.service("made-up").known();
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(empty.watched()).isEmpty();
	}

	@Test
	void withoutListenersEveryServiceBecomesIdle() {
		this.catalog.service("worker").known();
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
	}

	private static InstanceSet set(ServiceName service) {
		return new InstanceSet(service,
				List.of(new Instance(service, "a", "127.0.0.1", 8080, HealthStatus.UNKNOWN, Map.of())), "test");
	}

}
