package dev.cloudmap.discovery.loadbalancer.timeout;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.client.TestOtherClients;
import dev.cloudmap.discovery.loadbalancer.call.Call;
import dev.cloudmap.discovery.loadbalancer.call.CallSettings;
import dev.cloudmap.discovery.loadbalancer.call.CallTimeouts;
import dev.cloudmap.discovery.loadbalancer.call.Calls;
import dev.cloudmap.discovery.loadbalancer.call.RetryPolicy;
import dev.cloudmap.discovery.loadbalancer.outlier.CallListener;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class TimedClientsTests {

	private static final String UNTIMED = "untimed";

	private final InstanceCatalog catalog = TestCatalog.of(
			(service) -> CompletableFuture.completedFuture(new InstanceSet(service, List.of(), "test")),
			new ManualTimer());

	@Test
	void unusedTimeoutsDoNotSeparateClients() {
		TimedClients<String> clients = clients(ConnectionTimeouts::withoutRead);
		assertThat(clients.of(call(10, 20))).isEqualTo(clients.of(call(10, 30))).isEqualTo("10 null");
		assertThat(clients.all()).containsExactly(UNTIMED, "10 null");
	}

	@Test
	void plainRequestsHaveNoTimeouts() {
		assertThat(clients(UnaryOperator.identity()).of(null)).isEqualTo(UNTIMED);
	}

	@Test
	void pastTheLimitTimeoutsAreNeverShorter() {
		TimedClients<String> clients = clients(UnaryOperator.identity());
		for (int i = 1; i <= TimedClients.MAX_CLIENTS; i++) {
			clients.of(call(i * 10, 100));
		}
		assertThat(clients.of(call(35, 50))).isEqualTo("40 100");
		assertThat(clients.of(call(40, 100))).isEqualTo("40 100");
		assertThat(clients.of(call(35, 101))).isEqualTo(UNTIMED);
		assertThat(clients.of(call(null, 100))).isEqualTo(UNTIMED);
		assertThat(clients.all()).hasSize(TimedClients.MAX_CLIENTS + 1);
	}

	private static TimedClients<String> clients(UnaryOperator<ConnectionTimeouts> used) {
		return new TimedClients<>(UNTIMED, used,
				(timeouts) -> millis(timeouts.connect()) + " " + millis(timeouts.read()));
	}

	private static @Nullable Long millis(@Nullable Duration timeout) {
		return (timeout != null) ? timeout.toMillis() : null;
	}

	private Call call(@Nullable Integer connect, int request) {
		CallTimeouts timeouts = new CallTimeouts((connect != null) ? Duration.ofMillis(connect) : null,
				Duration.ofMillis(request), null);
		RetryPolicy policy = new RetryPolicy(0, Set.of(), Set.of(), new RetryPolicy.Budget(0, 0));
		return new Calls(this.catalog, TestOtherClients.NONE, (service) -> new CallSettings(timeouts, policy),
				CallListener.NONE, System::nanoTime, null)
			.begin("worker", "GET");
	}

}
