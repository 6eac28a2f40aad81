package dev.cloudmap.discovery.catalog;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;

import dev.cloudmap.discovery.HealthStatus;
import dev.cloudmap.discovery.Instance;
import dev.cloudmap.discovery.InstanceSet;
import dev.cloudmap.discovery.InstanceSet.Detail;
import dev.cloudmap.discovery.RegistryUnavailableException;
import dev.cloudmap.discovery.lookup.FallbackInstanceSource;
import dev.cloudmap.discovery.lookup.SourcePreference;
import dev.cloudmap.discovery.thread.ManualTimer;

import static dev.cloudmap.discovery.catalog.ScriptedSource.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The attributes of instances when DNS replaces the API.
 */
class FallbackListTests {

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private static final Duration ONE_REFRESH = Duration.ofSeconds(6);

	private final ManualTimer timer = new ManualTimer();

	private CompletableFuture<InstanceSet> api = new CompletableFuture<>();

	private CompletableFuture<InstanceSet> dns = new CompletableFuture<>();

	private final InstanceCatalog catalog = TestCatalog.of(new FallbackInstanceSource((service) -> this.dns,
			(service) -> this.api, (service) -> SourcePreference.API, this.timer, PATIENCE, 8), this.timer);

	@Test
	void keepsAttributesWhenTheApiFails() {
		assertNothingIsLostWhen(failed());
	}

	@Test
	void keepsAttributesWhenTheApiIsSlow() {
		assertNothingIsLostWhen(new CompletableFuture<>());
	}

	private void assertNothingIsLostWhen(CompletableFuture<InstanceSet> answer) {
		this.api = found("api", instance("task-a", 1, Map.of("secure", "true", "zone", "a", "weight", "3")),
				instance("task-b", 2, Map.of("secure", "true")));
		List<ServiceInstance> before = known();
		this.api = answer;
		// A records with a configured port contain no ids
		this.dns = found("dns", instance("10.0.0.1:2", 2, Map.of()), instance("task-a", 1, Map.of()));
		this.timer.advance(ONE_REFRESH.plus(PATIENCE));
		assertThat(this.catalog.service("worker").entry().set().source()).isEqualTo("dns");
		assertThat(known()).isSameAs(before);
	}

	@Test
	void updatesMembersWithoutAttributes() {
		this.api = found("api", instance("a", 1, Map.of("secure", "true")), instance("b", 2, Map.of("slot", "blue")),
				instance("c", 3, Map.of("secure", "true")));
		known();
		this.api = failed();
		this.dns = found("dns", instance("a", 1, Map.of()), instance("b", 4, Map.of()), instance("c", 3, Map.of()));
		this.timer.advance(ONE_REFRESH);
		assertThat(known()).extracting(ServiceInstance::getUri)
			.containsExactly(URI.create("https://10.0.0.1:1"), URI.create("http://10.0.0.1:4"),
					URI.create("https://10.0.0.1:3"));
		assertThat(known().get(1).getMetadata()).isEmpty();
		this.api = found("api", instance("b", 4, Map.of("slot", "green")));
		this.timer.advance(ONE_REFRESH);
		assertThat(known()).singleElement()
			.satisfies((instance) -> assertThat(instance.getMetadata()).containsEntry("slot", "green"));
	}

	@Test
	void doesNotMixUpInstancesWithTheSameAddress() {
		this.api = found("api", instance("a", 1, Map.of("slot", "blue")), instance("b", 1, Map.of("slot", "green")));
		List<ServiceInstance> before = known();
		this.api = failed();
		this.dns = found("dns", instance("a", 1, Map.of()), instance("b", 1, Map.of()));
		this.timer.advance(ONE_REFRESH);
		assertThat(known()).isSameAs(before);
	}

	@Test
	void keepsAttributesOfAnIdleService() {
		this.api = found("api", instance("a", 1, Map.of("secure", "true")));
		known();
		this.timer.advance(Duration.ofMinutes(11));
		assertThat(this.catalog.watched()).isEmpty();
		this.api = failed();
		this.dns = found("dns", instance("a", 1, Map.of()), instance("b", 2, Map.of()));
		assertThat(known()).extracting(ServiceInstance::isSecure).containsExactly(true, false);
	}

	private List<ServiceInstance> known() {
		return this.catalog.service("worker").instances().join();
	}

	private static CompletableFuture<InstanceSet> found(String source, Instance... instances) {
		return CompletableFuture.completedFuture(new InstanceSet(WORKER, List.of(instances), source, null, Set.of(),
				source.equals("dns") ? Detail.ADDRESSES : Detail.ALL));
	}

	private static CompletableFuture<InstanceSet> failed() {
		return CompletableFuture.failedFuture(new RegistryUnavailableException("away", null));
	}

	private static Instance instance(String id, int port, Map<String, String> attributes) {
		return new Instance(WORKER, id, "10.0.0.1", port,
				attributes.isEmpty() ? HealthStatus.UNKNOWN : HealthStatus.HEALTHY, attributes);
	}

}
