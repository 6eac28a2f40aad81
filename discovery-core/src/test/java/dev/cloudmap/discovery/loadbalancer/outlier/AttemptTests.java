package dev.cloudmap.discovery.loadbalancer.outlier;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.ServiceName;
import dev.cloudmap.discovery.catalog.InstanceCatalog;
import dev.cloudmap.discovery.catalog.TestCatalog;
import dev.cloudmap.discovery.catalog.entry.CatalogServiceInstance;
import dev.cloudmap.discovery.thread.ManualTimer;

import static org.assertj.core.api.Assertions.assertThat;

class AttemptTests {

	private final ManualTimer timer = new ManualTimer();

	private int lookups;

	private final InstanceCatalog catalog = TestCatalog.of((service) -> {
		this.lookups++;
		return CompletableFuture.completedFuture(new InstanceSet(service, List.of(instance(service, "a", 1)), "test"));
	}, this.timer);

	private final TestStatistics balancing = new TestStatistics();

	private final List<String> events = Collections.synchronizedList(new ArrayList<>());

	private final ServiceStatistics worker = this.balancing.worker(new Events());

	static Stream<Arguments> endings() {
		return Stream.of(ending("ANSWERED 200", (attempt) -> attempt.close(CallOutcome.ofStatus(200), 200)),
				ending("SERVER_ERROR 503", (attempt) -> attempt.close(CallOutcome.ofStatus(503), 503)),
				ending("NOT_CONNECTED 0",
						(attempt) -> attempt.close(CallOutcome.ofFailure(new ConnectException()), Attempt.NONE)),
				ending("BROKEN 0",
						(attempt) -> attempt.close(CallOutcome.ofFailure(new IOException("reset")), Attempt.NONE)),
				ending("UNKNOWN 0", (attempt) -> attempt.close(CallOutcome.UNKNOWN, Attempt.NONE)));
	}

	private static Arguments ending(String reported, Consumer<Attempt> close) {
		return Arguments.of(reported, close);
	}

	@ParameterizedTest
	@MethodSource("endings")
	void firstCloseCounts(String reported, Consumer<Attempt> close) {
		Attempt attempt = attempt();
		attempt.begin();
		attempt.begin();
		assertThat(inFlight()).isOne();
		this.balancing.advance(Duration.ofMillis(70));
		close.accept(attempt);
		assertThat(inFlight()).isZero();
		attempt.close(CallOutcome.ofStatus(200), 200);
		attempt.close(CallOutcome.ofFailure(new ConnectException()), Attempt.NONE);
		attempt.close(CallOutcome.UNKNOWN, Attempt.NONE);
		attempt.begin();
		assertThat(inFlight()).isZero();
		assertThat(this.events).containsExactly("a began", "a ended " + reported + " after 70 ms");
	}

	@Test
	void onlyOneOfTwoThreadsClosesIt() throws Exception {
		Map<Integer, Long> ended = Race.outcomes(() -> {
			Attempt attempt = attempt();
			attempt.begin();
			this.events.clear();
			return attempt;
		}, (attempt) -> attempt.close(CallOutcome.UNKNOWN, Attempt.NONE),
				(attempt) -> attempt.close(CallOutcome.ofStatus(200), 200), (attempt) -> inFlight());
		assertThat(ended).containsOnlyKeys(0);
	}

	@Test
	void choiceWithoutRequestIsNotInFlight() {
		attempt();
		assertThat(inFlight()).isZero();
		assertThat(this.events).isEmpty();
	}

	@Test
	void connectFailureTriggersLookup() {
		Attempt attempt = attempt();
		attempt.begin();
		this.timer.advance(Duration.ofSeconds(1));
		int before = this.lookups;
		attempt.close(CallOutcome.ofFailure(new ConnectException()), Attempt.NONE);
		this.timer.advance(Duration.ofMillis(1));
		assertThat(this.lookups).isEqualTo(before + 1);
	}

	@Test
	void findsTheAttemptBehindAWrapper() {
		ServiceInstance chosen = chosen();
		assertThat(Attempt.of(new Wrapper(chosen))).isSameAs(Attempt.of(chosen)).isNotNull();
	}

	@Test
	void chosenInstanceEqualsTheCatalogInstance() {
		ServiceInstance known = known();
		ServiceInstance chosen = chosen();
		assertThat(chosen).isEqualTo(known).hasSameHashCodeAs(known);
		assertThat(known).isEqualTo(chosen);
		assertThat(chosen.getMetadata()).isEqualTo(known.getMetadata()).containsEntry("color", "blue");
		assertThat(Attempt.of(known)).isNull();
	}

	private int inFlight() {
		return Candidate.of(known(), this.worker).statistics().inFlight(this.balancing.now());
	}

	private Attempt attempt() {
		return Attempt.of(chosen());
	}

	private ServiceInstance chosen() {
		CatalogServiceInstance known = known();
		return new Attempt(known, this.catalog.service("worker"), this.worker, Candidate.of(known, this.worker));
	}

	private CatalogServiceInstance known() {
		return (CatalogServiceInstance) this.catalog.service("worker").instances().join().get(0);
	}

	private static Instance instance(ServiceName service, String id, int port) {
		return new Instance(service, id, "127.0.0.1", port, HealthStatus.UNKNOWN, Map.of("color", "blue"));
	}

	private final class Events implements CallListener {

		@Override
		public void began(ServiceName service, String instance, long now) {
			AttemptTests.this.events.add(instance + " began");
		}

		@Override
		public void ended(ServiceName service, String instance, Attempt.Ending ending) {
			AttemptTests.this.events.add(instance + " ended " + ending.outcome() + " " + ending.status() + " after "
					+ Duration.ofNanos(ending.ended() - ending.began()).toMillis() + " ms");
		}

	}

	/**
	 * A wrapper like that of Spring Cloud Gateway on Spring MVC.
	 */
	private record Wrapper(ServiceInstance delegate) implements ServiceInstance {

		@Override
		public String getServiceId() {
			return this.delegate.getServiceId();
		}

		@Override
		public String getHost() {
			return this.delegate.getHost();
		}

		@Override
		public int getPort() {
			return this.delegate.getPort();
		}

		@Override
		public boolean isSecure() {
			return this.delegate.isSecure();
		}

		@Override
		public URI getUri() {
			return this.delegate.getUri();
		}

		@Override
		public @Nullable Map<String, String> getMetadata() {
			return this.delegate.getMetadata();
		}

	}

}
